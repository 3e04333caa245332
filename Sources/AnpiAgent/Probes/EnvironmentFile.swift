import AnpiClient

/// Variables for a program that a probe starts: lines `NAME=value`, as systemd's `EnvironmentFile=` reads them.
///
/// A file of its own, because keys of a storage provider stand in it: the configuration holds only its path, so no
/// command of the agent can print them. It is read at every look, so that keys can be changed without a restart.
enum EnvironmentFile {
    /// Bytes of such a file that are read.
    static let bytesMax = 64 * 1_024

    /// The variables, or a sentence about the first mistake that shows nothing of the file but a line's number.
    static func read(_ path: String) throws(AgentError) -> [String: String] {
        switch LocalFiles.read(path, bytesMax: bytesMax) {
        case .failure(let error): throw AgentError(.configuration, "\(path) cannot be read: \(error.words)")
        case .success(let bytes): return try parse(bytes, path: path)
        }
    }

    static func parse(_ bytes: [UInt8], path: String) throws(AgentError) -> [String: String] {
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw AgentError(.configuration, "\(path) is not text in UTF-8")
        }
        var values: [String: String] = [:]
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let trimmed = line.drop { $0 == " " || $0 == "\t" }
            guard let first = trimmed.first, first != "#", first != ";" else { continue }
            guard let equals = trimmed.firstIndex(of: "="), isName(trimmed[..<equals]) else {
                throw AgentError(.configuration, "\(path):\(index + 1) is not NAME=value")
            }
            values[String(trimmed[..<equals])] = value(trimmed[trimmed.index(after: equals)...])
        }
        return values
    }

    private static func isName(_ name: Substring) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
            default: false
            }
        }
    }

    /// What stands after the sign, without spaces around it and without one pair of quotes.
    private static func value(_ text: Substring) -> String {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        if text.count >= 2, let first = text.first, first == text.last, first == "\"" || first == "'" {
            text = text.dropFirst().dropLast()
        }
        return String(text)
    }
}

/// What programs that the agent starts find in their environment: nothing of the agent's own, which may hold secrets.
enum ProbeEnvironment {
    static let values = [
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8",
        "HOME": "/nonexistent",
    ]

    /// The same with what `file` adds or replaces.
    static func values(with file: String?) throws(AgentError) -> [String: String] {
        guard let file else { return values }
        return values.merging(try EnvironmentFile.read(file)) { _, added in added }
    }
}
