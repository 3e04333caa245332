import AnpiModel

/// `anpi-agent explain`: the configuration in sentences.
package enum Explanation {
    package static func sentences(of configuration: AgentConfiguration) -> [String] {
        let first = """
            Agent \(configuration.agent) beats every \(configuration.intervalSeconds) s until a collector asks for \
            another interval.
            """
        let collectors =
            "It reports to \(configuration.collectors.joined(separator: ", then to ")), and keeps at most "
            + "\(configuration.beatsMax) beats in \(configuration.stateDirectory) while none of them answers."
        return [first, collectors] + configuration.copies.map { sentence(of: $0) }
            + sentences(of: configuration.directives)
    }

    private static func sentences(of directives: AgentConfiguration.Directives) -> [String] {
        let faster = directives.shortestIntervalSeconds.map {
            "While a collector asks for faster reports it beats as often as it is asked, at most every \($0) s."
        }
        let backup = directives.backupOffsite.map {
            "When a collector asks for the off-site backup it runs \($0.command[0]), once, for at most \($0.timeoutSeconds) s."
        }
        guard faster != nil || backup != nil else { return ["It does nothing that a collector asks of it."] }
        return [faster, backup].compactMap(\.self)
    }

    private static func sentence(of copy: CopyConfiguration) -> String {
        let start = "Every \(copy.everySeconds) s it looks at the copy \"\(copy.tier.rawValue)\""
        switch copy.probe {
        case .folder(let folder):
            let which = folder.pattern.map { "the newest file like \($0)" } ?? "the newest file"
            return "\(start): \(which) in \(folder.path) is good up to \(folder.maxAgeHours) h of age."
        case .restic(let restic):
            return "\(start): the newest snapshot of a restic repository is good up to \(restic.maxAgeHours) h of age; "
                + "once a day \(restic.readDataSubset) of the data is read back."
        case .command(let command):
            return "\(start): it runs \(command.command[0]), whose exit status decides."
        }
    }
}
