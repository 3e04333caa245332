import AnpiCollector
import AnpiModel
import ArgumentParser
import Logging

/// The collector: hears the fleet, decides, tells.
@main
struct AnpiCollectorProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anpi-collector",
        abstract: "Hears the agents of a fleet of clinics, decides what happened, and tells whoever has to know.",
        version: ProgramVersion.text,
        subcommands: [
            Serve.self, Migrate.self, Backup.self, Restore.self, Copy.self, Erase.self, Doctor.self,
        ])
}

extension ListenAddress: ExpressibleByArgument {
    /// `HOST:PORT`.
    public init?(argument: String) { self.init(argument) }
}

/// Lines of the log on standard error, one event a line.
func makeLogger(level: Logger.Level) -> Logger {
    var logger = Logger(label: "anpi", factory: { StreamLogHandler.standardError(label: $0) })
    logger.logLevel = level
    return logger
}
