import AnpiCollector
import ArgumentParser
import Foundation
import Logging

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve both doors until SIGTERM.",
        discussion: """
            People (pages, API, command line) come in at --listen, agents at --agents-listen; the people's door takes \
            heartbeats too, so one port is enough for a small fleet. On the first start the file named by \
            --admin-token-file is made and holds the administrator's token and nothing else.
            """)

    @OptionGroup var store: DatabaseOption
    @Option(help: "Address of the people's door, HOST:PORT.")
    var listen = ListenAddress("127.0.0.1:8080").unsafelyKnown
    @Option(help: "Address of the agents' door, HOST:PORT; without it the people's door takes the beats.")
    var agentsListen: ListenAddress?
    @Option(help: "Holds the first administrator's token; made on the first start, mode 0600.")
    var adminTokenFile: String
    @Option(help: "Where to tell what was decided: a TOML file, see docs/hooks.md.")
    var hooks: String?
    @Option(
        help: ArgumentHelp(
            "Folder for rows of the log that the database no longer needs.",
            discussion: "By default PATH-archive for sqlite:PATH, else anpi-archive beside the admin token file.",
            valueName: "folder"))
    var archive: String?
    @Option(help: "Also note the heads of the journal's chains in this file, a line every 10 minutes.")
    var anchor: String?
    @Option(
        help: ArgumentHelp(
            "Atom feed of official warnings, as https://www.data.jma.go.jp/developer/xml/feed/extra.xml; repeatable.",
            valueName: "url"))
    var hazardFeed: [String] = []
    @Option(help: "Seconds between two looks at the feeds.")
    var hazardPollSeconds = 60
    @Option(help: "Folder of drills, a folder each, see docs/drills.md; without it there are none.")
    var drills: String?
    @Option(help: "PEM file with this server's certificate and its chain.")
    var tlsCertificate: String?
    @Option(help: "PEM file with the certificate's private key.")
    var tlsKey: String?
    @Option(help: "Address of the proxy in front that ends TLS; only its X-Forwarded-* are believed.")
    var behindProxy: String?
    @Option(help: "debug, info, notice, warning, error or critical.", transform: logLevel(of:))
    var logLevel = Logger.Level.notice

    func validate() throws {
        for feed in hazardFeed where !feed.hasPrefix("https://") && !feed.hasPrefix("http://") {
            throw ValidationError("--hazard-feed is \(feed): use an http or https address.")
        }
        if drills != nil, case .postgres = store.database {
            throw ValidationError("--drills needs the embedded store: play drills on a collector of their own.")
        }
        guard (1...3_600).contains(hazardPollSeconds) else {
            throw ValidationError("--hazard-poll-seconds is \(hazardPollSeconds): use 1 to 3600.")
        }
    }

    func run() async throws {
        let logger = makeLogger(level: logLevel)
        var settings = Collector.Settings(
            people: listen, agents: agentsListen, adminTokenFile: adminTokenFile, archiveFolder: archiveFolder)
        settings.hooksFile = hooks
        settings.anchorFile = anchor
        settings.drillsFolder = drills
        settings.hazardFeeds = hazardFeed
        settings.hazardPollEvery = .seconds(hazardPollSeconds)
        settings.tlsCertificate = tlsCertificate
        settings.tlsKey = tlsKey
        settings.behindProxy = behindProxy
        if case .postgres = store.database { settings.sharesDatabase = true }
        let opened = try OpenDatabase(serving: store.database)
        try await Collector(settings: settings, database: opened.database, logger: logger).run()
        try opened.close()
    }

    private var archiveFolder: String {
        if let archive { return archive }
        switch store.database {
        case .sqlite(let path): return path + "-archive"
        case .postgres:
            return URL(fileURLWithPath: adminTokenFile).deletingLastPathComponent()
                .appendingPathComponent("anpi-archive").path
        }
    }
}

private func logLevel(of word: String) throws -> Logger.Level {
    guard let level = Logger.Level(rawValue: word) else {
        throw ValidationError("--log-level is \(word): use debug, info, notice, warning, error or critical.")
    }
    return level
}

extension Optional where Wrapped == ListenAddress {
    /// The address of a literal in this file.
    fileprivate var unsafelyKnown: ListenAddress {
        guard let self else { preconditionFailure("the default address cannot be read") }
        return self
    }
}
