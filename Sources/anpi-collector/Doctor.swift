import AnpiModel
import AnpiStore
import AnpiStorePostgres
import AnpiStoreSQLite
import ArgumentParser

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say whether the database is whole, how large it is, and what waits in it.")

    @OptionGroup var store: DatabaseOption

    func run() async throws {
        var isWell = true
        let database: any SQLDatabase
        switch store.database {
        case .sqlite(let path): database = try SQLiteDatabase.openReadOnly(path)
        case .postgres(let address):
            let server = try PostgresDatabase.open(address, options: .patient)
            let health = try server.health()
            for line in health.lines { print(line) }
            isWell = health.isDurable
            database = server
        }
        let schema = try Migrations().version(of: database)?.version ?? 0
        print("schema      \(schema) (this release \(Migrations().newest))")
        var isIntact = true
        for chain in try Journal.verifyAll(database) {
            let verdict = chain.verdict
            let state = verdict.firstBad.map { "BROKEN at line \($0)" } ?? "intact"
            print("journal     \(chain.chain): \(verdict.entries) lines, \(verdict.erased) erased, \(state)")
            isIntact = isIntact && verdict.isIntact
        }
        for writer in try InputLog(database).writers() {
            print(
                "writer      \(writer.id.prefix(8)) row \(writer.seq), heard up to \(writer.watermark)\(writer.closed ? ", closed" : "")"
            )
        }
        if let position = try Decided(database).position() { print("decided     up to \(position.engineTime)") }
        for place in try Attempts(database).quarantined() {
            print("quarantined \(place.writer.prefix(8)) row \(place.seq) input \(place.index)")
        }
        for count in try Outbox(database).counts() {
            print("outbox      \(count.hook): \(count.waiting) waiting, \(count.dead) dead")
        }
        if !isIntact { print("The journal is broken: keep this database, restore the newest copy that verifies.") }
        guard isIntact, isWell else { throw ExitCode.failure }
        print("All is well.")
    }
}
