import AnpiModel

/// Who may decide for a lane: one process at a time, for a time that the database counts (ENGINE §6).
///
/// A process takes the lane when the time of the one before is over, and holds it by renewing. Each taking raises the
/// fence; whatever an owner writes begins with a look at it (`FencedDatabase`), so that one that was asleep while
/// another took its place writes nothing any more.
package struct LaneLease: Sendable {
    /// How long a lease holds unless it is renewed.
    package static let lasts: Duration = .seconds(6)
    /// How often its owner renews it.
    package static let renewedEvery: Duration = .seconds(2)
    /// An owner stops so long before the end by its own steady clock.
    package static let stopsBefore: Duration = .seconds(1)
    /// How long who wants a free lane waits for a session that sits on its row.
    package static let waitsFor: Duration = .seconds(2)

    private let database: any SQLDatabase
    private let lane: Int64
    private let release: Int

    /// - Parameter release: of this program.
    package init(_ database: any SQLDatabase, lane: Int = 0, release: Int = Migrations().newest) {
        self.database = database
        self.lane = Int64(lane)
        self.release = release
    }

    /// Takes the lane where nobody holds it, and gives the new fence; nil where somebody does, or a newer release has.
    ///
    /// Throws `.busy` where it is free, but for two seconds a session sat in a transaction that has changed its row: of an
    /// owner that sleeps, or was cut off (`endHolder`). While the lease holds, that is not waited for.
    package func take(as owner: String) throws -> Int64? {
        try database.transaction { session in
            if let holder = database.dialect.rowHolder {
                try session.execute(holder.waitAtMost(Self.waitsFor), [])
            }
            let clock = database.dialect.clock
            let lasts = Self.lasts.wholeMilliseconds
            let taken = try session.execute(
                """
                UPDATE lane SET fence = fence + 1, owner = ?, until = \(clock) + ?, release = ? \
                WHERE id = ? AND until < \(clock) AND release <= ?
                """,
                [.text(owner), .integer(lasts), .integer(release), .integer(lane), .integer(release)])
            if taken == 1 {
                return try session.first("SELECT fence FROM lane WHERE id = ?", [.integer(lane)]) { try $0.integer(0) }
            }
            let isThere = try session.first("SELECT 1 FROM lane WHERE id = ?", [.integer(lane)]) { _ in true }
            guard isThere == nil else { return nil }
            // The first of all; of two who meet here the key lets one through.
            try session.execute(
                "INSERT INTO lane (id, fence, owner, until, release) VALUES (?, 1, ?, \(clock) + ?, ?)",
                [.integer(lane), .text(owner), .integer(lasts), .integer(release)])
            return 1
        }
    }

    /// Holds the lane for another while; false where it is another's, whose fence is higher.
    package func renew(fence: Int64) throws -> Bool {
        try database.transaction { session in
            try session.execute(
                "UPDATE lane SET until = \(database.dialect.clock) + ? WHERE id = ? AND fence = ?",
                [.integer(Self.lasts.wholeMilliseconds), .integer(lane), .integer(fence)]) == 1
        }
    }

    /// Gives the lane up at once, as who ends in order does: the next need not wait.
    package func release(fence: Int64) throws {
        try database.transaction { session in
            try session.execute(
                "UPDATE lane SET until = 0 WHERE id = ? AND fence = ?", [.integer(lane), .integer(fence)])
        }
    }

    /// A session of the database server that sits on the lane's row.
    package struct Session: Hashable, Sendable {
        /// The server's process.
        package var number: Int64
        package var user: String
        package var application: String
    }

    /// Ends the session that sits on the row of a lane whose lease is over, and says which; nil where none does any more.
    ///
    /// It may be any of an old owner's, or a person's: whatever it was about to write, its time is over. Throws
    /// `.unavailable`, with the session, where this user may not end it.
    package func endHolder() throws -> Session? {
        guard let holder = database.dialect.rowHolder, try self.holder()?.isHolding == false else { return nil }
        let found = try database.read { reader in
            try reader.first(holder.find("lane"), [.integer(lane)]) {
                Session(number: try $0.integer(0), user: try $0.text(1), application: try $0.text(2))
            }
        }
        guard let found else { return nil }
        do {
            let ended = try database.read { reader in
                try reader.first(holder.end("lane"), [.integer(lane), .integer(found.number)]) { try $0.flag(0) }
            }
            return ended == true ? found : nil
        } catch {
            throw StoreError(
                .unavailable, "a session sits on the lane's row and may not be ended by this user",
                detail: "server process \(found.number) of user \(found.user): end it by hand", underlying: error)
        }
    }

    /// Who holds the lane, or held it last.
    package struct Holder: Hashable, Sendable {
        package var owner: String
        package var fence: Int64
        /// False once its time is over.
        package var isHolding: Bool
        /// Of its program.
        package var release: Int
        /// The newest that has ever decided for the lane.
        package var newestRelease: Int
    }

    /// Nil before anybody took it.
    package func holder() throws -> Holder? {
        try database.read { reader in
            try reader.first(
                """
                SELECT lane.owner, lane.fence, CASE WHEN lane.until >= \(database.dialect.clock) THEN 1 ELSE 0 END, \
                COALESCE(writer.release, lane.release), lane.release \
                FROM lane LEFT JOIN writer ON writer.lane = lane.id AND writer.id = lane.owner WHERE lane.id = ?
                """,
                [.integer(lane)]
            ) { row in
                // A release that does not know this column leaves in it what another has written: its writer says more.
                Holder(
                    owner: try row.text(0), fence: try row.integer(1), isHolding: try row.flag(2),
                    release: try row.int(3), newestRelease: try row.int(4))
            }
        }
    }
}
