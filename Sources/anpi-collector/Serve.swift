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
    @Option(help: "How long history is kept as it was, before it is folded into months: 400d.")
    var historyKept = Interval(argument: "400d").unsafelyKnown
    @Option(
        help: ArgumentHelp(
            "How long lines of the journal stay in the database, before they go to the archive: 400d.",
            discussion: "Over PostgreSQL they stay for good unless --archive names a folder that all collectors share.")
    )
    var journalKept = Interval(argument: "400d").unsafelyKnown
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
        for (name, kept) in [("--history-kept", historyKept), ("--journal-kept", journalKept)]
        where kept.duration < RetentionSettings.least {
            throw ValidationError("\(name) is \(kept.text): pages still show the last 60 days, so use 60d or more.")
        }
        guard (1...3_600).contains(hazardPollSeconds) else {
            throw ValidationError("--hazard-poll-seconds is \(hazardPollSeconds): use 1 to 3600.")
        }
    }

    func run() async throws {
        let logger = makeLogger(level: logLevel)
        var settings = Collector.Settings(
            people: listen, agents: agentsListen, adminTokenFile: adminTokenFile, archiveFolder: archiveFolder)
        // A folder of this machine alone is no place for what the database no longer has, where several machines take turns.
        var isShared = true
        if case .postgres = store.database { isShared = archive != nil }
        settings.retention = RetentionSettings(
            history: historyKept.duration, journal: isShared ? journalKept.duration : nil)
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

    private var archiveFolder: String { archive ?? store.database.archiveFolder(tokenFile: adminTokenFile) }
}

private func logLevel(of word: String) throws -> Logger.Level {
    guard let level = Logger.Level(rawValue: word) else {
        throw ValidationError("--log-level is \(word): use debug, info, notice, warning, error or critical.")
    }
    return level
}

extension Optional {
    /// What a literal in this file says.
    fileprivate var unsafelyKnown: Wrapped {
        guard let self else { preconditionFailure("a default cannot be read") }
        return self
    }
}
