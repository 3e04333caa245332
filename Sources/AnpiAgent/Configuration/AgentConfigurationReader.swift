import AnpiClient
import AnpiModel
import Glibc

extension AgentConfiguration {
    /// Reads `agent.toml`. Throws one sentence for each mistake, with its line.
    ///
    /// The token may also come from `ANPI_TOKEN` or the file named by `ANPI_TOKEN_FILE`, where the file names none.
    package static func read(
        file: String, environment: [String: String]
    ) throws -> AgentConfiguration {
        switch LocalFiles.read(file) {
        case .failure(let error): throw AgentError(.configuration, "\(file) cannot be read: \(error.words)")
        case .success(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw AgentError(.configuration, "\(file) is not UTF-8")
            }
            return try read(text: text, file: file, environment: environment)
        }
    }

    /// The same from text; files that it names are read.
    package static func read(
        text: String, file: String, environment: [String: String] = [:]
    ) throws -> AgentConfiguration {
        let reader = TOMLReader(try TOMLDocument.parse(text, file: file))
        let agent = agentID(reader)
        let token = token(reader, environment: environment)
        let collectors = collectors(reader)
        let interval = integer(reader, "interval", default: 60, in: SenderMachine.intervalSeconds)
        let state = path(reader, "state", default: "/var/lib/anpi-agent")
        let caFile = readableFile(reader, "ca_file")
        let proxy = reader.optional("proxy", String.self)
        if let proxy, url(proxy) == nil { reader.mistake("proxy", "must be an address like http://192.0.2.1:3128") }
        let bootIDFile = readableFile(reader, "boot_id_file") ?? "/proc/sys/kernel/random/boot_id"
        let beatsMax =
            reader.table("spool").map { integer($0, "max_beats", default: 10_080, in: 100...1_000_000) } ?? 10_080
        let copies = reader.tables("copy").compactMap { CopyConfiguration.read($0) }
        let directives = reader.table("directives").map { Directives.read($0) } ?? Directives()
        try reader.finish()
        try checkTiers(copies, reader)
        guard let agent, let token else { preconditionFailure("a missing key is a mistake of the reader") }
        return AgentConfiguration(
            agent: agent, token: token, collectors: collectors, intervalSeconds: interval, stateDirectory: state,
            caFile: caFile, proxy: proxy, bootIDFile: bootIDFile, beatsMax: beatsMax, copies: copies.map(\.value),
            directives: directives)
    }

    private static func agentID(_ reader: TOMLReader) -> AgentID? {
        guard let text = reader.required("agent", String.self) else { return nil }
        guard let agent = AgentID(text) else {
            reader.mistake("agent", "must be the id of agents.csv: letters, digits and '-', at most 40")
            return nil
        }
        return agent
    }

    private static func token(_ reader: TOMLReader, environment: [String: String]) -> String? {
        let inline = reader.optional("token", String.self)
        let file = reader.optional("token_file", String.self)
        if inline != nil, file != nil {
            reader.mistake("token", "and token_file say the same thing: keep one of them")
            return nil
        }
        if let inline { return checked(inline, reader, "token") }
        if let file { return secret(in: file, reader, "token_file") }
        if let token = environment["ANPI_TOKEN"], !token.isEmpty { return checked(token, reader, "token") }
        if let file = environment["ANPI_TOKEN_FILE"], !file.isEmpty { return secret(in: file, reader, "token_file") }
        reader.mistake("token", "is missing: write token_file = \"/etc/anpi/agent.token\", or set ANPI_TOKEN_FILE")
        return nil
    }

    private static func secret(in file: String, _ reader: TOMLReader, _ key: String) -> String? {
        switch LocalFiles.read(file, bytesMax: 4_096) {
        case .failure(let error):
            reader.mistake(key, "names \(file), which cannot be read: \(error.words)")
            return nil
        case .success(let bytes):
            let text = String(decoding: bytes, as: UTF8.self)
            return checked(String(text.prefix { !$0.isNewline }), reader, key)
        }
    }

    private static func checked(_ token: String, _ reader: TOMLReader, _ key: String) -> String? {
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            reader.mistake(key, "must give a token: one line without spaces, as `anpi token create` prints it")
            return nil
        }
        return token
    }

    private static func collectors(_ reader: TOMLReader) -> [String] {
        guard let list = reader.required("collectors", [String].self) else { return [] }
        if list.isEmpty { reader.mistake("collectors", "must name at least one address") }
        if list.count > 8 { reader.mistake("collectors", "may name at most 8 addresses") }
        return list.compactMap { text in
            guard let address = url(text) else {
                reader.mistake("collectors", "has \"\(text)\", which is not an address like https://anpi.example:8443")
                return nil
            }
            return address
        }
    }

    /// The address without slashes at its end; nil where it is none, or holds a name and password, which a log would
    /// show.
    private static func url(_ text: String) -> String? {
        guard text.hasPrefix("http://") || text.hasPrefix("https://"),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }), !text.contains("@"),
            !text.contains("?"), !text.contains("#")
        else { return nil }
        var address = text[...]
        while address.last == "/" { address.removeLast() }
        let host = address.drop { $0 != ":" }.dropFirst(3)
        return host.first.map { $0 != "/" && $0 != ":" } == true ? String(address) : nil
    }

    private static func readableFile(_ reader: TOMLReader, _ key: String) -> String? {
        guard let file = reader.optional(key, String.self) else { return nil }
        if access(file, R_OK) != 0 {
            reader.mistake(key, "names \(file), which cannot be read: \(SystemError.last.words)")
        }
        return file
    }

    private static func path(_ reader: TOMLReader, _ key: String, default: String) -> String {
        let path = reader.value(key, default: `default`)
        if !path.hasPrefix("/") { reader.mistake(key, "must be a whole path that begins with \"/\"") }
        return path
    }

    fileprivate static func integer(_ reader: TOMLReader, _ key: String, default: Int, in range: ClosedRange<Int>)
        -> Int
    {
        let value = reader.value(key, default: `default`)
        if !range.contains(value) {
            reader.mistake(key, "must lie between \(range.lowerBound) and \(range.upperBound)")
        }
        return value
    }

    fileprivate static func environmentFile(_ reader: TOMLReader) -> String? {
        guard let file = reader.optional("environment_file", String.self) else { return nil }
        do {
            _ = try EnvironmentFile.read(file)
        } catch {
            reader.mistake("environment_file", "cannot be used: \(error.message)")
        }
        return file
    }

    fileprivate static func check(command: [String], _ reader: TOMLReader, _ key: String) {
        if command.first.map(\.isEmpty) ?? true || command.contains(where: { $0.utf8.contains(0) }) {
            reader.mistake(key, "must be a list: the program, then its arguments")
        }
    }

    /// A tier is reported once: two probes of it would contradict each other.
    private static func checkTiers(_ copies: [Located<CopyConfiguration>], _ reader: TOMLReader) throws {
        var lines: [CopyTier: Int] = [:]
        for copy in copies {
            if let earlier = lines[copy.value.tier] {
                throw TOMLMistakes([
                    TOMLError(
                        file: reader.file, line: copy.line,
                        message: "tier \"\(copy.value.tier.rawValue)\" is already on line \(earlier)")
                ])
            }
            lines[copy.value.tier] = copy.line
        }
    }
}

extension AgentConfiguration.Directives {
    fileprivate static func read(_ reader: TOMLReader) -> Self {
        var directives = Self()
        if let seconds = reader.optional("min_interval", Int.self) {
            if !SenderMachine.intervalSeconds.contains(seconds) {
                reader.mistake("min_interval", "must lie between 1 and 3600")
            }
            directives.shortestIntervalSeconds = seconds
        }
        // Without a program its other keys are unknown, and said to be.
        guard let command = reader.optional("backup_offsite", [String].self) else { return directives }
        AgentConfiguration.check(command: command, reader, "backup_offsite")
        if let program = command.first, !program.hasPrefix("/") {
            reader.mistake("backup_offsite", "must begin with the program's whole path, not \"\(program)\"")
        }
        directives.backupOffsite = AgentConfiguration.Backup(
            command: command,
            timeoutSeconds: AgentConfiguration.integer(reader, "timeout_seconds", default: 3_600, in: 1...86_400),
            environmentFile: AgentConfiguration.environmentFile(reader))
        return directives
    }
}

/// A value with the line that it was read from.
struct Located<Value> {
    var value: Value
    var line: Int
}

extension CopyConfiguration {
    fileprivate static func read(_ reader: TOMLReader) -> Located<CopyConfiguration>? {
        let tier = word(reader, "tier", CopyTier.allCases)
        guard let kind = word(reader, "probe", ProbeKind.allCases) else { return nil }
        let probe: Probe?
        switch kind {
        case .folder: probe = folder(reader)
        case .restic: probe = restic(reader)
        case .command: probe = command(reader)
        }
        let every = AgentConfiguration.integer(reader, "every_seconds", default: kind.everySeconds, in: 1...86_400)
        let timeout = AgentConfiguration.integer(reader, "timeout_seconds", default: kind.timeoutSeconds, in: 1...3_600)
        guard let tier, let probe else { return nil }
        return Located(
            value: CopyConfiguration(tier: tier, everySeconds: every, timeoutSeconds: timeout, probe: probe),
            line: reader.line(of: "tier"))
    }

    private enum ProbeKind: String, CaseIterable {
        case folder, restic, command

        /// Asking a repository costs more than looking into a folder.
        var everySeconds: Int {
            switch self {
            case .folder: 60
            case .restic: 900
            case .command: 300
            }
        }

        var timeoutSeconds: Int {
            switch self {
            case .folder, .command: 60
            case .restic: 300
            }
        }
    }

    private static func folder(_ reader: TOMLReader) -> Probe? {
        let path = reader.required("path", String.self)
        if let path, !path.hasPrefix("/") { reader.mistake("path", "must be a whole path that begins with \"/\"") }
        let pattern = reader.optional("pattern", String.self)
        let age = hours(reader)
        let minBytes = AgentConfiguration.integer(reader, "min_bytes", default: 1, in: 0...(1 << 50))
        guard let path, let age else { return nil }
        return .folder(Folder(path: path, pattern: pattern, maxAgeHours: age, minBytes: Int64(minBytes)))
    }

    private static func restic(_ reader: TOMLReader) -> Probe? {
        let repository = reader.required("repository", String.self)
        let passwordFile = reader.required("password_file", String.self)
        if let passwordFile, access(passwordFile, R_OK) != 0 {
            reader.mistake("password_file", "names \(passwordFile), which cannot be read: \(SystemError.last.words)")
        }
        let age = hours(reader)
        let subset = reader.value("read_data_subset", default: "1%")
        if !subset.utf8.allSatisfy({ (0x30...0x39).contains($0) || "%/.KMGT".utf8.contains($0) }) || subset.isEmpty {
            reader.mistake(
                "read_data_subset", "must be a share or a size as restic reads it: \"1%\", \"500M\"; \"0\": none")
        }
        let host = reader.optional("host", String.self)
        let path = reader.optional("path", String.self)
        let tag = reader.optional("tag", String.self)
        let program = reader.value("program", default: "restic")
        let environmentFile = AgentConfiguration.environmentFile(reader)
        guard let repository, let passwordFile, let age else { return nil }
        return .restic(
            Restic(
                repository: repository, passwordFile: passwordFile, maxAgeHours: age, host: host, path: path, tag: tag,
                readDataSubset: subset, environmentFile: environmentFile, program: program))
    }

    private static func command(_ reader: TOMLReader) -> Probe? {
        let environmentFile = AgentConfiguration.environmentFile(reader)
        guard let command = reader.required("command", [String].self) else { return nil }
        AgentConfiguration.check(command: command, reader, "command")
        return .command(Command(command: command, environmentFile: environmentFile))
    }

    private static func hours(_ reader: TOMLReader) -> Double? {
        guard let hours = reader.required("max_age_hours", Double.self) else { return nil }
        guard hours > 0, hours <= 24 * 366 else {
            reader.mistake("max_age_hours", "must be more than 0 and at most a year")
            return nil
        }
        return hours
    }

    private static func word<Word: RawRepresentable<String>>(
        _ reader: TOMLReader, _ key: String, _ words: [Word]
    ) -> Word? {
        guard let text = reader.required(key, String.self) else { return nil }
        guard let word = Word(rawValue: text) else {
            let known = words.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            reader.mistake(key, "must be one of \(known), not \"\(text)\"")
            return nil
        }
        return word
    }
}
