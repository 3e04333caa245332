import AnpiStore
import AnpiStorePostgres
import AnpiStoreSQLite
import ArgumentParser
import Foundation

/// Where a collector's data lies, as it stands after `--database`.
enum DatabaseAddress: ExpressibleByArgument {
    /// The file of the embedded store.
    case sqlite(path: String)
    /// A PostgreSQL server, in any form that libpq reads.
    case postgres(String)

    init?(argument: String) {
        if argument.hasPrefix("sqlite:"), argument.count > "sqlite:".count {
            self = .sqlite(path: String(argument.dropFirst("sqlite:".count)))
        } else if argument.hasPrefix("postgres://") || argument.hasPrefix("postgresql://") {
            self = .postgres(argument)
        } else if argument.hasPrefix("postgres:") {
            // What follows is `host=… dbname=…`, or nothing: then libpq's environment says it all.
            self = .postgres(String(argument.dropFirst("postgres:".count)))
        } else {
            return nil
        }
    }

    /// The file of the embedded store; for what PostgreSQL has means of its own.
    func file(orElse sentence: String) throws -> String {
        switch self {
        case .sqlite(let path): return path
        case .postgres: throw ValidationError(sentence)
        }
    }
}

extension DatabaseAddress {
    /// Where the archive lies that nobody put elsewhere; a server's lies beside `tokenFile`.
    func archiveFolder(tokenFile: String) -> String {
        switch self {
        case .sqlite(let path): path + "-archive"
        case .postgres:
            URL(fileURLWithPath: tokenFile).deletingLastPathComponent().appendingPathComponent("anpi-archive").path
        }
    }
}

/// Where what has left the database lies.
struct ArchiveOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Folder with what has left the database, as serve was given it.",
            discussion: "By default PATH-archive for sqlite:PATH; over PostgreSQL none is looked at without it.",
            valueName: "folder"))
    var archive: String?

    /// Nil where none is known.
    func folder(of database: DatabaseAddress) -> String? {
        if let archive { return archive }
        if case .sqlite = database { return database.archiveFolder(tokenFile: "") }
        return nil
    }
}

/// What the subcommands share.
struct DatabaseOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where the data lies: sqlite:PATH or postgres://USER@HOST[,HOST]/DATABASE.", valueName: "address"))
    var database: DatabaseAddress

    /// The open database with its schema as this release needs it; for upkeep, beside nobody.
    func open() throws -> OpenDatabase {
        let opened = try openAsItIs()
        _ = try Migrations().migrate(opened.database)
        return opened
    }

    /// The open database, whatever its schema.
    func openAsItIs() throws -> OpenDatabase { try OpenDatabase(database) }
}

/// A database that a subcommand works on, and how it is let go.
struct OpenDatabase {
    let database: any SQLDatabase
    let close: () throws -> Void

    /// Opens it alone where it is a file, with time where it is a server.
    init(_ address: DatabaseAddress) throws {
        switch address {
        case .sqlite(let path):
            let file = try SQLiteDatabase.open(path)
            (database, close) = (file, { try file.close() })
        case .postgres(let address):
            let server = try PostgresDatabase.open(address, options: .patient)
            (database, close) = (server, { server.close() })
        }
    }

    /// Opens it to serve: brought up to this release's schema; a file for this collector alone, a server beside others.
    init(serving address: DatabaseAddress) throws {
        switch address {
        case .sqlite:
            self = try OpenDatabase(address)
            _ = try Migrations().migrate(database)
        case .postgres(let text):
            // A change of the schema may take longer than a page may.
            let patient = try PostgresDatabase.open(text, options: .patient)
            _ = try Migrations().migrate(patient)
            patient.close()
            let server = try PostgresDatabase.open(text)
            try server.claim(alone: false)
            (database, close) = (server, { server.close() })
        }
    }
}

extension WriterRow {
    /// The release of its program, as operators are told it.
    var releaseText: String { release > 0 ? "release \(release)" : "a release before 9" }
}
