import AnpiCollector
import AnpiModel
import AnpiStore
import AnpiStoreSQLite
import ArgumentParser
import Logging

/// The collector: hears the fleet, decides, tells.
@main
struct AnpiCollectorProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anpi-collector",
        abstract: "Hears the agents of a fleet of clinics, decides what happened, and tells whoever has to know.",
        version: ProgramVersion.text,
        subcommands: [Serve.self, Migrate.self, Backup.self, Restore.self, Erase.self, Doctor.self])
}

/// What all subcommands share.
struct DatabaseOption: ParsableArguments {
    @Option(help: "Where the data lies: sqlite:PATH.")
    var database: String

    /// The file of an embedded store.
    func path() throws -> String {
        if database.hasPrefix("sqlite:") {
            let path = String(database.dropFirst("sqlite:".count))
            guard !path.isEmpty else {
                throw ValidationError("--database sqlite: needs a path: sqlite:var/anpi.sqlite")
            }
            return path
        }
        if database.hasPrefix("postgres:") || database.hasPrefix("postgresql:") {
            throw ValidationError("PostgreSQL is not served by this release: use --database sqlite:PATH.")
        }
        throw ValidationError("--database is \(database): use sqlite:PATH.")
    }

    /// The open database with its schema as this release needs it.
    func open() throws -> SQLiteDatabase {
        let database = try SQLiteDatabase.open(try path())
        _ = try Migrations().migrate(database)
        return database
    }
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
