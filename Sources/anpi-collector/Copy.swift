import AnpiDigest
import AnpiStore
import AnpiStorePostgres
import AnpiStoreSQLite
import ArgumentParser
import Foundation

struct Copy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Move an office that has outgrown its machine: from the embedded store to PostgreSQL.",
        discussion: """
            Stop the collector first. Every row is copied as it is, in one transaction: either all of it stands in the \
            target, read back and compared with the source, or nothing does, and the command can be given again. The \
            source is not changed. The archive of the log beside it goes on with serve --archive.
            """)

    @Option(help: "The embedded store: sqlite:PATH.")
    var from: DatabaseAddress
    @Option(help: "An empty database: postgres://USER@HOST/DATABASE.")
    var to: DatabaseAddress

    func run() async throws {
        guard case .sqlite(let path) = from, case .postgres(let address) = to else {
            throw ValidationError("copy goes from sqlite:PATH to postgres://USER@HOST/DATABASE.")
        }
        guard FileManager.default.fileExists(atPath: path) else {
            throw ValidationError("There is no database at \(path).")
        }
        // Whoever serves from one of the two has it for itself.
        let source = try SQLiteDatabase.open(path)
        let target = try PostgresDatabase.open(address, options: .patient)
        try target.claim(alone: true)
        let copied = try StoreCopy(from: source, tables: try source.tables(), to: target).run { table, rows in
            if rows % 100_000 < 1_000, rows >= 100_000 { StandardError.print("\(table): \(rows) rows so far") }
        }
        for table in copied where table.rows > 0 {
            let digest = Hexadecimal.encode(table.digest.prefix(8))
            print("\(table.table): \(table.rows) rows, digest \(digest) in both")
        }
        print("The journal verifies. Serve from the copy now, and no more from \(path).")
        target.close()
        try source.close()
    }
}
