import AnpiModel
import AnpiStore
import AnpiStorePostgres
import Foundation
import Synchronization
import Testing

/// What happens when the server, the way to it or another session misbehaves.
@Suite struct PostgresFaultTests {
    @Test func aTransactionWhoseSessionIsEndedRunsAgainAndCountsOnce() throws {
        try StoreFactory.postgres.run { store in
            let cluster = try PostgresCluster.shared.get()
            let runs = Atomic<Int>(0)
            try store.database.transaction { session in
                try session.execute("INSERT INTO blind (lane, from_at, to_at) VALUES (0, 1, 2)", [])
                if runs.add(1, ordering: .relaxed).newValue == 1 {
                    let backend = try session.first("SELECT pg_backend_pid()") { try $0.integer(0) } ?? 0
                    try cluster.administer("SELECT pg_terminate_backend(\(backend), 5000)")
                }
                try session.execute("INSERT INTO blind (lane, from_at, to_at) VALUES (0, 2, 3)", [])
            }
            #expect(runs.load(ordering: .relaxed) == 2)
            #expect(try History(store.database).blindTimes().count == 2)
        }
    }

    @Test func aReaderThatHasSeenRowsIsToldThatItsSnapshotIsGone() throws {
        try StoreFactory.postgres.run { store in
            let cluster = try PostgresCluster.shared.get()
            let code = store.code {
                try store.database.read { reader in
                    let backend = try reader.first("SELECT pg_backend_pid()") { try $0.integer(0) } ?? 0
                    try cluster.administer("SELECT pg_terminate_backend(\(backend), 5000)")
                    _ = try reader.first("SELECT 1") { try $0.integer(0) }
                }
            }
            #expect(code == .unavailable)
            #expect(try Tokens(store.database).revision() == 0, "the next one goes well")
        }
    }

    @Test func aLockThatAnotherSessionHoldsIsWaitedForNoLongerThanAllowed() throws {
        try StoreFactory.postgres.run { store in
            var options = PostgresOptions()
            options.lockTimeout = .milliseconds(100)
            let hurried = try PostgresDatabase.open(store.path, options: options)
            try Tokens(store.database).add([])
            try store.database.transaction { session in
                try session.execute("UPDATE access_revision SET revision = revision + 1 WHERE id = 1", [])
                let said = message { try Tokens(hurried).add([]) }
                #expect(
                    said == "busy: a lock did not come free in time: another session holds it (SQLSTATE 55P03)")
            }
            try Tokens(hurried).add([])
            #expect(try Tokens(hurried).revision() == 3)
        }
    }

    @Test func aStatementThatTakesTooLongIsEndedByTheServer() throws {
        try StoreFactory.postgres.run { store in
            var options = PostgresOptions()
            options.statementTimeout = .milliseconds(100)
            let hurried = try PostgresDatabase.open(store.path, options: options)
            let said = message { try hurried.read { try $0.query("SELECT 1 FROM pg_sleep(20)", []) { _ in } } }
            #expect(said == "busy: a statement took longer than it may (SQLSTATE 57014)")
        }
    }

    @Test func aTransactionThatPausesTooLongLosesItsSessionAndItsLocks() throws {
        try StoreFactory.postgres.run { store in
            var options = PostgresOptions()
            options.pauseTimeout = .milliseconds(50)
            let paused = try PostgresDatabase.open(store.path, options: options)
            let code = store.code {
                try paused.transaction { session in
                    try session.execute("INSERT INTO blind (lane, from_at, to_at) VALUES (0, 1, 2)", [])
                    usleep(300_000)
                    try session.execute("INSERT INTO blind (lane, from_at, to_at) VALUES (0, 2, 2)", [])
                }
            }
            #expect(code == .unavailable)
            #expect(try History(store.database).blindTimes().isEmpty)
        }
    }

    @Test func aWarningDuringCommitMeansThatItIsNotAcknowledged() throws {
        try StoreFactory.postgres.run { store in
            try PostgresCluster.shared.get().administer(
                """
                CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS \
                $$ BEGIN RAISE WARNING 'not confirmed' USING ERRCODE = '01000'; RETURN NULL; END $$; \
                CREATE CONSTRAINT TRIGGER late AFTER INSERT ON blind DEFERRABLE INITIALLY DEFERRED \
                FOR EACH ROW EXECUTE FUNCTION warn()
                """, in: store.database.name())
            let said = message {
                try store.database.transaction { session -> Void in
                    try session.execute("INSERT INTO blind (lane, from_at, to_at) VALUES (0, 1, 2)", [])
                }
            }
            #expect(
                said == "unconfirmed: the commit is not confirmed by the servers that have to (SQLSTATE 01000)")
            try Tokens(store.database).add([])
        }
    }

    @Test func whatCannotBeReachedOrReadIsSaidWithoutThePassword() throws {
        let cluster = try PostgresCluster.shared.get()
        let secret = "s3cret"
        let missing = message { _ = try PostgresDatabase.open(cluster.address("none", "password=\(secret)")) }
        #expect(missing == "unavailable: there is no such database on this server (SQLSTATE 3D000)")
        let refused = message {
            _ = try PostgresDatabase.open("postgres://anpi:\(secret)@127.0.0.1:1/anpi?connect_timeout=2")
        }
        #expect(refused.hasPrefix("unavailable: the database cannot be reached (connection to server at"))
        let unreadable = ["postgres://anpi:\(secret)@[::1/anpi", "postgres://anpi:\(secret)@host/anpi?nothing=1"].map {
            text in message { _ = try PostgresDatabase.open(text) }
        }
        #expect(unreadable.allSatisfy { $0.hasPrefix("misuse: the database's address cannot be read") })
        #expect(([missing, refused] + unreadable).allSatisfy { !$0.contains(secret) })
    }

    @Test func ofSeveralHostsTheOneThatTakesWritesIsUsed() throws {
        let cluster = try PostgresCluster.shared.get()
        let name = try cluster.makeDatabase()
        let hosts = "host=/nowhere,\(cluster.folder) user=postgres dbname=\(name)"
        #expect(try Tokens(try PostgresDatabase.open(hosts)).revision() == 0)
        // A server that takes no writes is refused at once, unless it was asked for.
        try cluster.administer("ALTER DATABASE \(name) SET default_transaction_read_only = on")
        #expect(message { _ = try PostgresDatabase.open(hosts) }.contains("session is read-only"))
        let asked = try PostgresDatabase.open(hosts + " target_session_attrs=any")
        #expect(message { try Tokens(asked).add([]) }.contains("takes no writes"))
    }

    @Test func beatsFindAConnectionWhileEverythingElseWaits() throws {
        try StoreFactory.postgres.run { store in
            var options = PostgresOptions()
            options.connectionsMax = 2
            options.turnTimeout = .milliseconds(100)
            let small = try PostgresDatabase.open(store.path, options: options)
            try InputLog(small).openWriter(id: "w", at: .at(0))
            try small.read { reader in
                _ = try reader.first("SELECT 1") { try $0.integer(0) }
                #expect(
                    message { try Tokens(small).add([]) }
                        == "busy: no connection to the database came free in time")
                try InputLog(small).state(writer: "w", watermark: .at(5))
            }
            try Tokens(small).add([])
        }
    }

    @Test func aStatementLearnsTheTypesOfItsNulls() throws {
        try StoreFactory.postgres.run { store in
            try store.database.transaction { session in
                for value in [SQLValue.null, .integer(5), .null, .integer(Int64.max)] {
                    try session.execute("DELETE FROM outcome WHERE version = ? AND at > ?", [value, .integer(0)])
                }
                // The same text with another type is another statement.
                let texts = try [SQLValue.integer(7), .text("x"), .real(0.5)].map { value in
                    try session.first("SELECT ?", [value]) { row in
                        try (try? row.text(0)) ?? (try? String(row.integer(0))) ?? String(row.real(0))
                    }
                }
                #expect(texts == ["7", "x", "0.5"])
                for number in 0..<300 { _ = try session.first("SELECT \(number) + ?", [.integer(1)]) { _ in } }
            }
        }
    }

    @Test func aTextWithTheOneCharacterThatTheServerLacksIsStoredWithoutIt() throws {
        try StoreFactory.postgres.run { store in
            let texts = ["a\u{0}b", "\u{0}", "診療所 🏥", ""]
            let stored = try store.database.transaction { session in
                try session.execute("CREATE TABLE fleet_text (id BIGINT PRIMARY KEY, body TEXT NOT NULL)", [])
                for (index, text) in texts.enumerated() {
                    try session.upsert(
                        "fleet_text", key: ["id"], columns: ["id", "body"], rows: [[.integer(index), .text(text)]])
                }
                return try session.all("SELECT body FROM fleet_text ORDER BY id") { try $0.text(0) }
            }
            #expect(stored == ["a\u{FFFD}b", "\u{FFFD}", "診療所 🏥", ""])
        }
    }

    /// The error that `body` throws, as a person would read it, behind its code.
    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "nothing"
        } catch let error as StoreError {
            return "\(error.code): \(error)"
        } catch {
            return "\(error)"
        }
    }
}

/// Faults of a whole server, on one of their own.
@Suite struct PostgresServerFaultTests {
    @Test func aServerThatCrashesLosesNothingThatWasAcknowledgedAndIsFoundAgain() throws {
        let cluster = try PostgresCluster()
        let database = try PostgresDatabase.open(cluster.address(try cluster.makeDatabase()))
        let log = InputLog(database)
        try log.openWriter(id: "w", at: .at(0))
        for seq in Int64(1)...5 {
            try log.append(writer: "w", rows: [LogRow("w", seq, seq)], watermark: .at(seq))
        }
        cluster.stop("immediate")
        let down = storeErrorCode { try log.append(writer: "w", rows: [LogRow("w", 6, 6)], watermark: .at(6)) }
        #expect(down == .unavailable)
        #expect(storeErrorCode { _ = try log.writers() } == .unavailable, "not tried again at once")
        try cluster.start()
        let deadline = ContinuousClock.now + .seconds(10)
        while storeErrorCode({ _ = try log.writers() }) != nil, ContinuousClock.now < deadline { usleep(10_000) }
        #expect(try log.read(after: Cursors()).rows.map(\.seq) == [1, 2, 3, 4, 5])
        try log.append(writer: "w", rows: [LogRow("w", 6, 6)], watermark: .at(6))
        // A restart in good order is not even noticed: the connections that lie idle are seen to be closed.
        cluster.stop("fast")
        try cluster.start()
        #expect(try log.writers().map(\.seq) == [6])
    }

    @Test func aCommitThatNoStandbyConfirmsIsNotAcknowledged() throws {
        let cluster = try PostgresCluster()
        let address = cluster.address(try cluster.makeDatabase())
        try cluster.administer("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        try cluster.administer("SELECT pg_reload_conf()")
        var options = PostgresOptions()
        // Shorter than the wait: it must not cut the commit off.
        options.statementTimeout = .milliseconds(100)
        options.commitTimeout = .milliseconds(500)
        let hurried = try PostgresDatabase.open(address, options: options)
        #expect(storeErrorCode { try Self.write(1, hurried) } == .unconfirmed)
        // Somebody cancels the wait: the commit is there, with a warning.
        options.commitTimeout = .seconds(20)
        let patient = try PostgresDatabase.open(address, options: options)
        let code = Mutex<StoreError.Code?>(nil)
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            let found = storeErrorCode { try Self.write(2, patient) }
            code.withLock { $0 = found }
            ended.signal()
        }
        let cancel =
            """
            SELECT count(*) FROM (SELECT pg_cancel_backend(pid) FROM pg_stat_activity \
            WHERE wait_event = 'SyncRep' AND backend_type = 'client backend') AS c
            """
        let deadline = ContinuousClock.now + .seconds(10)
        while ended.wait(timeout: .now() + .milliseconds(20)) == .timedOut, ContinuousClock.now < deadline {
            try cluster.administer(cancel)
        }
        #expect(code.withLock { $0 } == .unconfirmed)
        // Neither was acknowledged, and both are there: who goes on has to look.
        #expect(try History(hurried).blindTimes().map(\.from) == [.at(2), .at(1)])
    }

    private static func write(_ number: Int64, _ database: any SQLDatabase) throws {
        try database.transaction { session -> Void in
            try session.execute(
                "INSERT INTO blind (lane, from_at, to_at) VALUES (0, ?, ?)", [.time(.at(number)), .time(.at(number))])
        }
    }

    @Test func aServerWithoutAConnectionLeftSaysSo() throws {
        let cluster = try PostgresCluster(settings: ["max_connections=5", "superuser_reserved_connections=0"])
        let address = cluster.address("postgres")
        let holders = try (0..<5).map { _ in try PostgresDatabase.open(address) }
        do {
            _ = try PostgresDatabase.open(address)
            Issue.record("a sixth connection was made")
        } catch let error as StoreError {
            #expect(error.code == .busy)
            #expect(
                "\(error)" == """
                    the database server has no connection left: raise max_connections (SQLSTATE 53300)
                    """)
        }
        holders[0].close()
        let deadline = ContinuousClock.now + .seconds(5)
        while storeErrorCode({ _ = try PostgresDatabase.open(address) }) != nil, ContinuousClock.now < deadline {
            usleep(10_000)
        }
        _ = try PostgresDatabase.open(address)
    }
}

extension SQLDatabase {
    /// The database's name on its server.
    func name() throws -> String {
        try read { reader in try reader.first("SELECT current_database()::text") { try $0.text(0) } } ?? ""
    }
}
