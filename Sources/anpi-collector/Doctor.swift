import AnpiCollector
import AnpiModel
import AnpiStore
import AnpiStorePostgres
import AnpiStoreSQLite
import ArgumentParser
import Foundation

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say whether the database is whole, how large it is, what waits in it, and what could take it.",
        discussion: """
            Ends with an error where the journal is broken, where a power cut could take what was acknowledged, or where \
            every copy of the data stands in a place that can be flooded. Where it stands is said by --site: the depth \
            on the flood map and the backups are those that the fleet files give that site (docs/store.md).
            """)

    @OptionGroup var store: DatabaseOption
    @Option(
        help: "Site of the fleet at which the machine with this database stands; repeatable for several machines.",
        transform: { text in
            guard let site = SiteID(text) else { throw ValidationError("\(text) is not the id of a site.") }
            return site
        })
    var site: [SiteID] = []

    func run() async throws {
        var isWell = true
        var survivesServer = true
        let database: any SQLDatabase
        switch store.database {
        case .sqlite(let path): database = try SQLiteDatabase.openReadOnly(path)
        case .postgres(let address):
            let server = try PostgresDatabase.open(address, options: .patient)
            let health = try server.health()
            for line in health.lines { print(line) }
            isWell = health.isDurable
            survivesServer = health.survivesServer
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
        isWell = try judgePlace(in: database) && isWell
        if !isIntact { print("The journal is broken: keep this database, restore the newest copy that verifies.") }
        guard isIntact, isWell else { throw ExitCode.failure }
        print(survivesServer ? "All is well." : "All is well as long as this server stands.")
    }

    /// Says whether a copy stays dry where the database stands; true where nobody said where that is.
    private func judgePlace(in database: any SQLDatabase) throws -> Bool {
        guard !site.isEmpty else {
            print("place       not said: --site names the site of the fleet at which this database stands")
            return true
        }
        let stored = try FleetVersions(database).newest()?.body
        let fleet = try stored.map { try JSONDecoder().decode(Fleet.self, from: Data($0)) } ?? Fleet()
        let copies = OwnCopies(of: fleet, at: site)
        if let unknown = copies.unknownSites.first { throw ValidationError("The fleet has no site \(unknown).") }
        for line in copies.lines { print(line) }
        return copies.oneStaysDry
    }
}
