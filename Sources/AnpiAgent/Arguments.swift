/// What the command line asks of the agent.
///
/// Read by hand: four commands with one option are not worth the megabyte that an argument parser adds to a program
/// that is to stay within 16 (docs/agent.md, "Size").
package struct Arguments: Hashable, Sendable {
    package enum Command: String, CaseIterable, Sendable {
        case run, once, doctor, explain

        var abstract: String {
            switch self {
            case .run: "Beats until it is told to stop; what the service runs."
            case .once: "Looks at every copy, sends one beat, prints the answer."
            case .doctor: "Checks the configuration, every copy and every collector; says what to do."
            case .explain: "Says in sentences what the configuration makes the agent do."
            }
        }
    }

    package enum Request: Hashable, Sendable {
        case command(Arguments)
        /// Text for standard output, and a good end.
        case show(String)
        /// One sentence on what cannot be understood; the program ends with 64 (EX_USAGE).
        case mistake(String)
    }

    package static let usageStatus: Int32 = 64

    package var command: Command
    /// The configuration file.
    package var configurationFile = "/etc/anpi/agent.toml"

    /// Reads the arguments without the program's name.
    package static func read(_ texts: [String]) -> Request {
        var command: Command?
        var file: String?
        var rest = texts[...]
        while let text = rest.popFirst() {
            switch text {
            case "--help", "-h", "help": return .show(help)
            case "--version": return .show(AgentVersion.text)
            case "--config":
                guard let value = rest.popFirst() else { return .mistake("--config needs the path of a file") }
                file = value
            case _ where text.hasPrefix("--config="): file = String(text.dropFirst("--config=".utf8.count))
            case _ where text.hasPrefix("-"): return .mistake("\"\(text)\" is not an option; there is --config FILE")
            default:
                guard command == nil else { return .mistake("\"\(text)\" is one argument too many") }
                guard let known = Command(rawValue: text) else {
                    return .mistake("\"\(text)\" is not a command; there are \(commandNames)")
                }
                command = known
            }
        }
        guard let command else { return texts.isEmpty ? .show(help) : .mistake("no command: one of \(commandNames)") }
        var arguments = Arguments(command: command)
        if let file {
            guard !file.isEmpty else { return .mistake("--config needs the path of a file") }
            arguments.configurationFile = file
        }
        return .command(arguments)
    }

    private static var commandNames: String {
        Command.allCases.map(\.rawValue).joined(separator: ", ")
    }

    private static var help: String {
        let commands = Command.allCases.map { command in
            "  \(command.rawValue)\(String(repeating: " ", count: 9 - command.rawValue.utf8.count))\(command.abstract)"
        }
        return """
            Watches the copies of a site's data and tells the collector that this device is alive.

            Usage: anpi-agent COMMAND [--config FILE]

            \(commands.joined(separator: "\n"))

              --config FILE  The configuration (default \(Arguments(command: .run).configurationFile); docs/agent.md).
              --version      Prints the version.
              --help         Prints this.
            """
    }
}
