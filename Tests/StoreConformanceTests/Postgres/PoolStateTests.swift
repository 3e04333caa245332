import AnpiStore
import Testing

@testable import AnpiStorePostgres

@Suite struct PoolStateTests {
    @Test func oneConnectionIsKeptForBeats() {
        var pool = PoolState(connectionsMax: 3)
        let asked = [.normal, .normal, .normal, .beats, .beats].map { pool.asked($0) }
        #expect(asked == [.granted, .granted, .wait(1), .granted, .wait(2)])
        #expect(pool.waiting == 2)
        // Three are in use. One that comes back goes to the beats, who wait for any.
        let ended = [.beats, .beats, .normal].map { pool.turnEnded($0) }
        #expect(ended == [2, nil, 1])
        #expect(pool.waiting == 0)
    }

    @Test func waitingBeatsGoFirstButNotForEver() {
        var pool = PoolState(connectionsMax: 2)
        let granted = [TransactionPriority.beats, .beats].map { pool.asked($0) }
        #expect(granted == [.granted, .granted])
        let other = pool.asked(.normal)
        for _ in 0..<40 { _ = pool.asked(.beats) }
        let turns = (0..<20).compactMap { _ in pool.turnEnded(.beats) }
        #expect(turns.firstIndex { .wait($0) == other } == PoolState.beatsInARow)
    }

    @Test func tooManyAreRefusedAndOneThatGivesUpWaitsNoMore() {
        var pool = PoolState(connectionsMax: 2)
        _ = pool.asked(.normal)
        for _ in 1...PoolState.waitingLimit { _ = pool.asked(.normal) }
        let refused = pool.asked(.normal)
        #expect(refused == .refused)
        let gaveUp = (pool.gaveUp(1), pool.gaveUp(1))
        #expect(gaveUp == (true, false), "the second time it waits no longer")
        let next = pool.turnEnded(.normal)
        #expect(next == 2)
    }

    @Test func connectingIsTriedLessAndLessOftenUntilItWorks() {
        var pool = PoolState(connectionsMax: 2)
        let start = ContinuousClock.now
        #expect(pool.pause(at: start) == nil)
        var pauses: [Duration?] = []
        for _ in 0..<7 {
            pool.connectingFailed(at: start, jitter: 1)
            pauses.append(pool.pause(at: start))
        }
        #expect(pauses == [100, 200, 400, 800, 1_600, 2_000, 2_000].map { .milliseconds($0) })
        #expect(pool.pause(at: start + .seconds(2)) == nil)
        pool.connectingFailed(at: start, jitter: 0)
        #expect(pool.pause(at: start) == .seconds(1))
        pool.connected()
        #expect(pool.pause(at: start) == nil)
    }
}

@Suite struct PortableStatementTests {
    @Test(arguments: [
        ("SELECT 1", "SELECT 1", 0),
        ("SELECT a FROM t WHERE b = ? AND (c, d) < (?, ?)", "SELECT a FROM t WHERE b = $1 AND (c, d) < ($2, $3)", 3),
        (
            "SELECT '?', \"?\" FROM t WHERE a = 'it''s ?' AND b = ?",
            "SELECT '?', \"?\" FROM t WHERE a = 'it''s ?' AND b = $1", 1
        ),
        ("SELECT '診療所?' || ?", "SELECT '診療所?' || $1", 1),
    ])
    func placeholdersAreNumberedOutsideQuotes(_ portable: String, _ text: String, _ count: Int) {
        let statement = PortableStatement(portable)
        #expect(statement.text == text)
        #expect(statement.placeholderCount == count)
        #expect(statement.isKept)
    }

    @Test func definitionsAreNotKept() {
        #expect(!PortableStatement("CREATE TABLE t (a BIGINT)").isKept)
    }
}
