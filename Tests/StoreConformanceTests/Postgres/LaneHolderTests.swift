import AnpiModel
import AnpiStore
import Dispatch
import Foundation
import Synchronization
import Testing

@testable import AnpiStorePostgres

/// A session that sits in a transaction on the lane's row, as an owner's that sleeps, and who wants the lane meanwhile.
@Suite struct LaneHolderTests {
    /// Runs `body` while a session of `address` has changed the row of the lane, whose lease is over, and goes on sitting
    /// there; says how that session's transaction ended.
    private func whileHeld(_ address: String, _ body: () throws -> Void) throws -> StoreError.Code? {
        // As if nothing would end it: neither the server nor the session itself.
        var options = PostgresOptions()
        options.pauseTimeout = .seconds(600)
        options.applicationName = "sleeper"
        let sleeper = try PostgresDatabase.open(address, options: options)
        let code = Mutex<StoreError.Code?>(nil)
        let sits = DispatchSemaphore(value: 0)
        let mayGoOn = DispatchSemaphore(value: 0)
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            let found = storeErrorCode {
                try sleeper.transaction { session in
                    try session.execute("UPDATE lane SET fence = fence WHERE id = 0", [])
                    sits.signal()
                    mayGoOn.wait()
                    // Once: the next attempt finds another owner's fence.
                    guard try session.execute("UPDATE lane SET until = 0 WHERE id = 0 AND fence = 1", []) == 1 else {
                        throw StoreError(.notOwner, "another one has the lane")
                    }
                }
            }
            code.withLock { $0 = found }
            ended.signal()
        }
        sits.wait()
        do {
            // The transaction is no longer one that has just begun.
            usleep(1_100_000)
            try body()
        } catch {
            Issue.record(error)
        }
        // Where the session was ended, the transaction begins once more.
        for _ in 0..<2 { mayGoOn.signal() }
        ended.wait()
        sleeper.close()
        return code.withLock { $0 }
    }

    private func freed(_ store: TestStore) throws -> LaneLease {
        let lease = LaneLease(store.database)
        _ = try lease.take(as: "old")
        try store.database.transaction { try $0.execute("UPDATE lane SET until = 0 WHERE id = 0", []) }
        return lease
    }

    @Test func aSessionThatSitsOnAFreeLaneIsEndedAndTheNextTakesIt() throws {
        try StoreFactory.postgres.run { store in
            let lease = try freed(store)
            let end = try whileHeld(store.path) {
                let began = ContinuousClock.now
                #expect(store.code { _ = try lease.take(as: "new") } == .busy)
                #expect(ContinuousClock.now - began < .seconds(3))
                let ended = try #require(try lease.endHolder())
                #expect(ended.application == "sleeper" && ended.user == "postgres" && ended.number > 0)
                #expect(try lease.take(as: "new") == 2)
                #expect(try lease.endHolder() == nil, "whose lease holds is left alone")
            }
            #expect(end == .notOwner, "what it was about to write is not there")
            #expect(try lease.holder()?.owner == "new")
        }
    }

    @Test func whileTheLeaseHoldsNobodyWaitsOrIsEnded() throws {
        try StoreFactory.postgres.run { store in
            let lease = LaneLease(store.database)
            #expect(try lease.take(as: "old") == 1)
            let end = try whileHeld(store.path) { () throws in
                #expect(try lease.take(as: "new") == nil)
                #expect(try lease.endHolder() == nil)
            }
            #expect(end == nil)
        }
    }

    @Test func aCommitThatWaitsForAStandbyIsLeftAlone() throws {
        let cluster = try PostgresCluster()
        let address = cluster.address(try cluster.makeDatabase())
        let database = try PostgresDatabase.open(address)
        let lease = LaneLease(database)
        #expect(try lease.take(as: "old") == 1)
        try database.transaction { try $0.execute("UPDATE lane SET until = 0 WHERE id = 0", []) }
        try cluster.administer("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        try cluster.administer("SELECT pg_reload_conf()")
        var options = PostgresOptions()
        options.commitTimeout = .seconds(20)
        let waiting = try PostgresDatabase.open(address, options: options)
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            let code = storeErrorCode {
                try waiting.transaction { session -> Void in
                    try session.execute("UPDATE lane SET fence = fence WHERE id = 0", [])
                }
            }
            #expect(code == nil, "it was confirmed in the end")
            ended.signal()
        }
        let isWaiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        let deadline = ContinuousClock.now + .seconds(10)
        while try cluster.administer(isWaiting) != "1", ContinuousClock.now < deadline { usleep(20_000) }
        #expect(storeErrorCode { _ = try lease.take(as: "new") } == .busy)
        #expect(try lease.endHolder() == nil)
        try cluster.administer("ALTER SYSTEM RESET synchronous_standby_names")
        try cluster.administer("SELECT pg_reload_conf()")
        ended.wait()
        #expect(try lease.take(as: "new") == 2)
    }

    @Test func whoMayNotEndItIsToldWhoseItIs() throws {
        try StoreFactory.postgres.run { store in
            _ = try freed(store)
            let cluster = try PostgresCluster.shared.get()
            let name = try store.database.name()
            try cluster.administer("CREATE ROLE small LOGIN")
            try cluster.administer("GRANT SELECT, UPDATE, INSERT ON lane, writer TO small", in: name)
            let small = try PostgresDatabase.open("host=\(cluster.folder) user=small dbname=\(name)")
            let lease = LaneLease(small)
            let end = try whileHeld(store.path) {
                #expect(store.code { _ = try lease.take(as: "new") } == .busy)
                do {
                    _ = try lease.endHolder()
                    Issue.record("a superuser's session was ended by somebody else")
                } catch let error as StoreError {
                    #expect(error.code == .unavailable)
                    #expect(error.description.contains("of user postgres: end it by hand"), "\(error)")
                }
            }
            small.close()
            #expect(end == nil)
        }
    }
}

/// The limits by which a connection that nobody is behind lets go of its locks, as the server and libpq have them.
@Suite struct SessionLimitsTests {
    @Test(arguments: [
        ("idle_in_transaction_session_timeout", "3s"), ("lock_timeout", "3s"), ("statement_timeout", "10s"),
        ("default_transaction_isolation", "repeatable read"), ("synchronous_commit", "on"),
        ("tcp_keepalives_idle", "5"), ("tcp_keepalives_interval", "2"), ("tcp_keepalives_count", "3"),
        ("tcp_user_timeout", "8000"), ("client_connection_check_interval", "1s"),
    ])
    func theServerKeepsToOurLimits(_ setting: String, _ value: String) throws {
        let database = try Self.overTheNetwork.get()
        let found = try database.read { reader in
            try reader.first("SELECT current_setting(?)", [.text(setting)]) { try $0.text(0) }
        }
        #expect(found == value)
    }

    @Test func libpqNoticesAServerThatIsGoneUnlessToldOtherwise() throws {
        let ours = [
            "connect_timeout": "3", "keepalives": "1", "keepalives_idle": "5", "keepalives_interval": "2",
            "keepalives_count": "3", "tcp_user_timeout": "8000",
        ]
        let plain = try ConnectionString("host=db1,db2 dbname=anpi", options: PostgresOptions()).settings
        for (keyword, value) in ours {
            #expect(plain.filter { $0.keyword == keyword }.map(\.value) == [value], "\(keyword)")
        }
        let given = try ConnectionString("host=db1 tcp_user_timeout=20000", options: PostgresOptions()).settings
        #expect(given.filter { $0.keyword == "tcp_user_timeout" }.map(\.value) == ["20000"])
    }

    /// Through a socket the system counts no keepalives, and the server says 0.
    private static let overTheNetwork = Result {
        // Beside the ports that the system gives to others.
        let port = Int.random(in: 20_000..<30_000)
        let cluster = try PostgresCluster(settings: ["listen_addresses=127.0.0.1", "port=\(port)"])
        server.withLock { $0 = cluster }
        return try PostgresDatabase.open("host=127.0.0.1 port=\(port) user=postgres dbname=postgres")
    }

    /// Keeps the server alive as long as the tests run.
    private static let server = Mutex<PostgresCluster?>(nil)
}
