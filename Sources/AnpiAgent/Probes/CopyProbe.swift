import AnpiClient
import AnpiModel

/// Looks at one copy of the data; lives on a thread of its own and may block for as long as its time limit says.
protocol CopyProbe {
    /// What the copy is like now. Never throws: what cannot be found out is `unknown`, with the reason as message.
    ///
    /// Messages must not change while nothing changes (no ages): equal reports merge into runs.
    mutating func look(at now: Timestamp) -> CopyReport
}

extension CopyReport {
    /// Characters of a message that the contract allows.
    static let messageCharactersMax = 200

    /// A message of one line within the contract's length.
    static func message(_ text: some StringProtocol) -> String {
        let clean = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
        return String(clean.prefix(messageCharactersMax))
    }
}

extension CopyConfiguration {
    /// The probe that this configuration asks for; its memory lies in `stateDirectory`.
    func makeProbe(stateDirectory: String) -> any CopyProbe {
        let memory = ProbeMemory(path: "\(stateDirectory)/copies/\(tier.rawValue)")
        switch probe {
        case .folder(let folder):
            return FolderProbe(tier: tier, folder: folder, timeout: .seconds(timeoutSeconds), memory: memory)
        case .restic(let restic):
            return ResticProbe(
                tier: tier, restic: restic, timeout: .seconds(timeoutSeconds), memory: memory,
                cacheDirectory: "\(stateDirectory)/restic-cache")
        case .command(let command):
            return CommandProbe(
                tier: tier, command: command.command, environmentFile: command.environmentFile,
                timeout: .seconds(timeoutSeconds))
        }
    }
}

/// What a probe must know after a restart: above all when it last did something costly.
struct ProbeMemory {
    let path: String

    func load() -> [String: String] {
        guard case .success(let bytes) = LocalFiles.read(path, bytesMax: 16_384) else { return [:] }
        var values: [String: String] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            values[String(line[..<equals])] = String(line[line.index(after: equals)...])
        }
        return values
    }

    /// Losing this only means to do the costly thing once more. Whether it was kept.
    @discardableResult
    func save(_ values: [String: String]) -> Bool {
        guard case .success = LocalFiles.makeDirectory(LocalFiles.parent(of: path)) else { return false }
        let lines = values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()
        guard case .success = LocalFiles.replace(path, with: Array(lines.utf8)) else { return false }
        return true
    }
}
