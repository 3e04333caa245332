import AnpiModel

/// Where the collector is and who asks.
struct Settings: Hashable, Sendable {
    var collector: String
    var token: String?
    /// Certificates to trust instead of the system's.
    var caFile: String?
    /// How long one exchange may take; nil is the client's own limit.
    var timeout: Duration?
    /// The longest answer that is read; nil is the client's own limit.
    var answerBytesMax: Int?

    /// The collector of a machine that runs its own.
    static let usualCollector = "http://127.0.0.1:8080"

    /// The command line wins over the environment, and that over `config.toml`.
    static func load(
        collector: String?, environment: [String: String], files: Files, words: Words
    ) throws(Complaint) -> Settings {
        let configuration = try Configuration.load(environment: environment, files: files, words: words)
        var settings = Settings(
            collector: collector ?? environment.present("ANPI_COLLECTOR") ?? configuration.collector ?? usualCollector)
        guard settings.collector.hasPrefix("http://") || settings.collector.hasPrefix("https://") else {
            throw Complaint(.usage, [words("cli.error.collector", ["collector": settings.collector])])
        }
        settings.caFile = environment.present("ANPI_CA_FILE") ?? configuration.caFile
        if let token = environment.present("ANPI_TOKEN") {
            settings.token = token
        } else if let file = environment.present("ANPI_TOKEN_FILE") {
            settings.token = try readToken(file, files, words)
        } else if let token = configuration.token {
            settings.token = token
        } else if let file = configuration.tokenFile {
            settings.token = try readToken(file, files, words)
        }
        return settings
    }

    private static func readToken(_ path: String, _ files: Files, _ words: Words) throws(Complaint) -> String {
        let bytes: [UInt8]?
        do { bytes = try files.read(path) } catch { bytes = nil }
        guard let bytes else { throw Complaint(.usage, [words("cli.error.tokenFile", ["file": path])]) }
        let text = String(decoding: bytes, as: UTF8.self)
        let lines = text.split(whereSeparator: \.isWhitespace)
        guard lines.count == 1 else { throw Complaint(.usage, [words("cli.error.tokenInFile", ["file": path])]) }
        return String(lines[0])
    }
}

/// `~/.config/anpi/config.toml`.
private struct Configuration {
    var collector: String?
    var token: String?
    var tokenFile: String?
    var caFile: String?

    static func load(environment: [String: String], files: Files, words: Words) throws(Complaint) -> Configuration {
        let home = environment.present("HOME") ?? "."
        let folder = environment.present("XDG_CONFIG_HOME") ?? home + "/.config"
        let path = folder + "/anpi/config.toml"
        let bytes: [UInt8]?
        do {
            bytes = try files.read(path)
        } catch {
            throw Complaint(.usage, [words("cli.error.configuration", ["file": path])])
        }
        guard let bytes else { return Configuration() }
        do {
            let reader = TOMLReader(try TOMLDocument.parse(String(decoding: bytes, as: UTF8.self), file: path))
            var configuration = Configuration()
            configuration.collector = reader.optional("collector")
            configuration.token = reader.optional("token")
            configuration.tokenFile = reader.optional("token_file", String.self).map { expanded($0, home) }
            configuration.caFile = reader.optional("ca_file", String.self).map { expanded($0, home) }
            try reader.finish()
            return configuration
        } catch let error as TOMLError {
            throw Complaint(.usage, [error.description])
        } catch let error as TOMLMistakes {
            throw Complaint(.usage, error.mistakes.map(\.description))
        } catch {
            throw Complaint(.usage, [words("cli.error.configuration", ["file": path])])
        }
    }

    private static func expanded(_ path: String, _ home: String) -> String {
        path.hasPrefix("~/") ? home + path.dropFirst() : path
    }
}

extension [String: String] {
    /// The value, where it is set and not empty.
    func present(_ name: String) -> String? {
        guard let value = self[name], !value.isEmpty else { return nil }
        return value
    }
}
