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
    @OptionGroup var archive: ArchiveOption
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
        case .sqlite(let path):
            let file = try SQLiteDatabase.openReadOnly(path)
            print("size        \(try file.space().text)")
            database = file
        case .postgres(let address):
            let server = try PostgresDatabase.open(address, options: .patient)
            let health = try server.health()
            for line in health.lines { print(line) }
            isWell = health.isDurable
            survivesServer = health.survivesServer
            database = server
        }
        try checkSchema(of: database)
        if try !JournalArchiving(database).isAllowed() {
            print("archive     old lines of the journal stay until migrate --finalize, when no older release is left")
        }
        var isIntact = true
        for chain in try Journal.verifyAll(database) {
            let verdict = chain.verdict
            let state = verdict.firstBad.map { "BROKEN at line \($0)" } ?? "intact"
            print("journal     \(chain.chain): \(verdict.entries) lines, \(verdict.erased) erased, \(state)")
            isIntact = isIntact && verdict.isIntact
            if verdict.archived > 0 {
                isIntact = try checkArchive(of: chain.chain, lane: chain.lane, in: database) && isIntact
            }
        }
        let log = InputLog(database)
        let holder = try LaneLease(database).holder()
        let heard = try log.writers().filter { !$0.closed }.map(\.watermark).max()
        for writer in try log.writers() {
            var state = "\(writer.releaseText), row \(writer.seq), heard up to \(writer.watermark)"
            if writer.closed { state += ", closed" }
            if let holder, holder.isHolding, holder.owner == writer.id { state += ", decides" }
            print("writer      \(writer.id.prefix(8)) \(state)")
        }
        if let position = try Decided(database).position() {
            let behind = heard.map { max(.zero, $0 - position.engineTime) } ?? .zero
            print("decided     up to \(position.engineTime), \(behind.components.seconds) s behind what was heard")
        }
        let waiting = try log.waiting()
        if let oldest = waiting.oldest {
            print("log         \(waiting.rows) rows not archived yet, the oldest of \(oldest)")
        }
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

    /// What is asked below, a database has that was brought up to this release.
    private func checkSchema(of database: any SQLDatabase) throws {
        let newest = Migrations().newest
        guard let schema = try Migrations().version(of: database), schema.version > 0 else {
            print(
                """
                schema      none: no collector has used this database yet. Is the address right? serve prepares a new \
                database by itself, and so does anpi-collector migrate.
                """)
            throw ExitCode.failure
        }
        print("schema      \(schema.version) (this release \(newest))")
        if schema.finalized < schema.version {
            print("schema      releases from \(schema.minReader) on use it: migrate --finalize when none older is left")
        }
        guard schema.version < newest else { return }
        print(
            """
            schema      older than this release: use the doctor of the release that serves from it, or run \
            anpi-collector migrate, with which that release goes on.
            """)
        throw ExitCode.failure
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

    /// False where a line in the archive was changed.
    private func checkArchive(of chain: String, lane: Int, in database: any SQLDatabase) throws -> Bool {
        let archived = try JournalArchiving(database, lane: lane).archived(of: chain)
        guard let folder = archive.folder(of: store.database) else {
            print("archive     \(chain): lines 1 to \(archived.seq) have left; give --archive to check them")
            return true
        }
        let verdict = try JournalArchive(folder: folder, lane: lane).verify(chain, upTo: archived)
        var state = verdict.firstBad.map { "BROKEN at line \($0)" } ?? "intact"
        if verdict.missing > 0 { state += ", \(verdict.missing) more are not in \(folder)" }
        print("archive     \(chain): \(verdict.entries) lines, \(verdict.erased) erased, \(state)")
        return verdict.firstBad == nil
    }
}
