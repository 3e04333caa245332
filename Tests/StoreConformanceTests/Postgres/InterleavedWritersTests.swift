import AnpiModel
import AnpiStore
import AnpiStorePostgres
import Foundation
import Synchronization
import Testing

/// Each write path while another connection writes the same rows: the first is stopped before each of its statements in
/// turn, the second then runs until it has ended or waits for a lock of the first.
@Suite struct InterleavedWritersTests {
    /// Two writes that meet, each given the number of the round, and what must hold afterwards.
    struct Meeting: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var prepare: @Sendable (any SQLDatabase, Int) throws -> Void = { _, _ in }
        var first: @Sendable (any SQLDatabase, Int) throws -> Void
        var second: @Sendable (any SQLDatabase, Int) throws -> Void
        /// Errors are those of the first and the second, nil where it went well.
        var check: @Sendable (any SQLDatabase, Int, StoreError.Code?, StoreError.Code?) throws -> Void
    }

    @Test(arguments: Meeting.all)
    func whoeverComesFirstTheRulesHold(_ meeting: Meeting) throws {
        try StoreFactory.postgres.run { store in
            let second = try store.second()
            var round = 0
            var wasReached = true
            while wasReached {
                round += 1
                let number = round
                try meeting.prepare(store.database, number)
                let met = try Self.meet(
                    point: number - 1, on: store.database, { try meeting.first($0, number) },
                    { try meeting.second(second, number) })
                try meeting.check(store.database, number, met.errors.0, met.errors.1)
                wasReached = met.wasReached
                try #require(round < 60)
            }
            #expect(round > 2, "the first was stopped at several points")
        }
    }

    @Test func aWriterThatNeverPausesCanBeJoinedAndShutOut() throws {
        try StoreFactory.postgres.run { store in
            let log = InputLog(store.database)
            try log.openWriter(id: "busy", at: .at(0))
            let busy = Outcome {
                for seq in Int64(1)... {
                    try log.append(writer: "busy", rows: [LogRow("busy", seq, seq)], watermark: .at(seq))
                }
            }
            let beside = InputLog(try store.second())
            for number in 1...20 { try beside.openWriter(id: "w\(number)", at: .at(0)) }
            let far = Timestamp.at(1_000_000)
            let last = try beside.closeWriter("busy", by: "w1", watermark: far) { row in
                [LogRow(writer: "w1", seq: 1, at: far, batch: [])]
            }
            #expect(busy.wait() == .shutOut)
            #expect(try log.writer("busy")?.watermark == last)
        }
    }

    @Test(arguments: [0, 1, 2, 3, 20, 48])
    func ofSeveralThatMigrateAtOnceEachChangeIsMadeByOne(_ point: Int) throws {
        try StoreFactory.postgres.run(migrated: false) { store in
            let second = try store.second()
            let (errors, wasReached) = try Self.meet(
                point: point, on: store.database, { try _ = Migrations().finalize($0) },
                { try _ = Migrations().finalize(second) })
            #expect(wasReached && errors.0 == nil && errors.1 == nil)
            #expect(
                try Migrations().version(of: second)
                    == .init(version: 9, minReader: 9, finalized: 9))
        }
    }

    /// Runs `first` with a stop before statement `point`, and `second` while it stands there.
    private static func meet(
        point: Int, on database: any SQLDatabase, _ first: @escaping @Sendable (any SQLDatabase) throws -> Void,
        _ second: @escaping @Sendable () throws -> Void
    ) throws -> (errors: (StoreError.Code?, StoreError.Code?), wasReached: Bool) {
        let brake = PausingDatabase.Brake(point: point)
        let one = Outcome {
            defer { brake.ended() }
            try first(PausingDatabase(base: database, brake: brake))
        }
        brake.waitUntilStoppedOrEnded()
        let two = Outcome(second)
        let deadline = ContinuousClock.now + .seconds(20)
        while !two.hasEnded, try !isWaitingForLock(in: database) {
            guard ContinuousClock.now < deadline else { break }
            usleep(2_000)
        }
        brake.release()
        return ((one.wait(), two.wait()), brake.wasReached)
    }

    private static func isWaitingForLock(in database: any SQLDatabase) throws -> Bool {
        try database.read { reader in
            try reader.first(
                """
                SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
                """
            ) { try $0.int(0) } ?? 0
        } > 0
    }

    /// Something that runs on a thread of its own.
    private final class Outcome: Sendable {
        private let code = Mutex<StoreError.Code?>(nil)
        private let ended = Atomic<Bool>(false)
        private let bell = DispatchSemaphore(value: 0)

        init(_ body: @escaping @Sendable () throws -> Void) {
            Thread.detachNewThread { [self] in
                let found = storeErrorCode(body)
                code.withLock { $0 = found }
                ended.store(true, ordering: .releasing)
                bell.signal()
            }
        }

        var hasEnded: Bool { ended.load(ordering: .acquiring) }

        func wait() -> StoreError.Code? {
            bell.wait()
            return code.withLock { $0 }
        }
    }
}

extension InterleavedWritersTests.Meeting {
    static let all = [
        appends, appendAndClose, openAndState, steps, sameStep, doorLines, upserts, tokens, outcomes, drills,
        deliveryAndStep,
    ]

    /// Two rows of the same writer under the same number, as after a commit of which nobody knows whether it counts.
    static let appends = Self(
        testDescription: "append and append",
        prepare: { try InputLog($0, lane: $1).openWriter(id: "w", at: .at(0)) },
        first: { try InputLog($0, lane: $1).append(writer: "w", rows: [LogRow("w", 1, 5)], watermark: .at(5)) },
        second: { try InputLog($0, lane: $1).append(writer: "w", rows: [LogRow("w", 1, 6)], watermark: .at(6)) },
        check: { database, lane, first, second in
            #expect([first, second].filter { $0 == nil }.count == 1)
            #expect([first, second].contains(.misuse))
            let page = try InputLog(database, lane: lane).read(after: Cursors())
            #expect(page.rows.map(\.at) == [first == nil ? .at(5) : .at(6)])
        })

    /// A writer that is shut out has either appended before, which its last watermark tells, or not at all.
    static let appendAndClose = Self(
        testDescription: "append and closeWriter",
        prepare: { database, lane in
            for id in ["old", "new"] { try InputLog(database, lane: lane).openWriter(id: id, at: .at(0)) }
        },
        first: { try InputLog($0, lane: $1).append(writer: "old", rows: [LogRow("old", 1, 5)], watermark: .at(5)) },
        second: { database, lane in
            let log = InputLog(database, lane: lane)
            let last = try log.closeWriter("old", by: "new", watermark: .at(9)) { _ in [LogRow("new", 1, 9)] }
            // What the row in the log says and what the writer's row says is the same, whoever came first.
            #expect(try log.writers().first { $0.id == "old" }?.watermark == last)
        },
        check: { database, lane, first, second in
            #expect(second == nil && (first == nil || first == .shutOut))
            let log = InputLog(database, lane: lane)
            let old = try log.writers().first { $0.id == "old" }
            #expect(old?.closed == true && old?.watermark == (first == nil ? .at(5) : .at(0)))
            #expect(try log.read(after: Cursors()).rows.map(\.writer) == (first == nil ? ["old", "new"] : ["new"]))
        })

    /// Engine time, the least watermark of the open writers, never goes back because a writer enters.
    static let openAndState = Self(
        testDescription: "openWriter and state",
        prepare: { try InputLog($0, lane: $1).openWriter(id: "a", at: .at(0)) },
        first: { try InputLog($0, lane: $1).openWriter(id: "b", at: .at(3)) },
        second: { database, lane in
            let log = InputLog(database, lane: lane)
            try log.state(writer: "a", watermark: .at(50))
            let reached = try #require(try log.read(after: Cursors()).openWatermark)
            try Outcomes(database, lane: lane).keep(
                OutcomeRow(operation: "reached", bodyDigest: [], status: 0, body: "", at: reached))
        },
        check: { database, lane, first, second in
            #expect(first == nil && second == nil)
            let reached = try #require(try Outcomes(database, lane: lane).find("reached")).at
            let stands = try #require(try InputLog(database, lane: lane).read(after: Cursors()).openWatermark)
            #expect(stands >= reached)
        })

    static let steps = Self(
        testDescription: "two steps from one position",
        prepare: { database, lane in
            // Every other round begins with the lane's very first row.
            if lane % 2 == 0 { _ = try Decided(database, lane: lane).commit(.full()) }
        },
        first: { database, lane in
            _ = try Decided(database, lane: lane).commit(lane % 2 == 0 ? .full(after: 2, number: 2) : .full())
        },
        second: { database, lane in
            var step = DecidedStep.full(after: lane % 2 == 0 ? 2 : 0, number: 3)
            step.history = []
            _ = try Decided(database, lane: lane).commit(step)
        },
        check: { database, lane, first, second in
            #expect([first, second].filter { $0 == nil }.count == 1)
            #expect([first, second].contains(.conflict))
            let verdict = try Journal(database, lane: lane).verify()
            #expect(verdict.isIntact && verdict.entries == (lane % 2 == 0 ? 4 : 2))
        })

    static let sameStep = Self(
        testDescription: "the same step twice",
        first: { _ = try Decided($0, lane: $1).commit(.full()) },
        second: { _ = try Decided($0, lane: $1).commit(.full()) },
        check: { database, lane, first, second in
            #expect(first == nil && second == nil)
            let lines = try Journal(database, lane: lane).verify().entries
            let waiting = try Outbox(database, lane: lane).list(.waiting).count
            #expect(lines == 2 && waiting == 1)
        })

    static let doorLines = Self(
        testDescription: "lines of one door's chain",
        first: { try Journal($0, lane: $1).append(door: "w", [JournalDraft(at: .at(1), kind: "a", body: "{}")]) },
        second: { try Journal($0, lane: $1).append(door: "w", [JournalDraft(at: .at(2), kind: "b", body: "{}")]) },
        check: { database, lane, first, second in
            #expect(first == nil && second == nil)
            let verdict = try Journal(database, lane: lane).verify("door-w")
            #expect(verdict.isIntact && verdict.entries == 2)
        })

    static let upserts = Self(
        testDescription: "upserts of the same rows in opposite order",
        first: { database, lane in
            try database.transaction { session in
                for row in [1, 2] { try put(row, 1, lane, session) }
            }
        },
        second: { database, lane in
            try database.transaction { session in
                for row in [2, 1] { try put(row, 2, lane, session) }
            }
        },
        check: { database, lane, first, second in
            #expect(first == nil && second == nil)
            let values = try database.read { reader in
                try reader.all("SELECT to_at FROM blind WHERE lane = ? ORDER BY from_at", [.integer(lane)]) {
                    try $0.integer(0)
                }
            }
            #expect(values == [1, 1] || values == [2, 2])
        })

    private static func put(_ row: Int, _ value: Int, _ lane: Int, _ session: any SQLSession) throws {
        try session.upsert(
            "blind", key: ["lane", "from_at"], columns: ["lane", "from_at", "to_at"],
            rows: [[.integer(lane), .integer(row), .integer(value)]])
    }

    static let tokens = Self(
        testDescription: "tokens",
        first: { try Tokens($0).add([token("a\($1)")]) },
        second: { try Tokens($0).add([token("b\($1)")]) },
        check: { database, round, first, second in
            #expect(first == nil && second == nil)
            let revision = try Tokens(database).revision()
            #expect(revision == Int64(2 * round))
        })

    private static func token(_ id: String) -> TokenRow {
        TokenRow(id: id, kind: "user", role: .viewer, createdAt: .at(0), digest: Array(id.utf8))
    }

    static let outcomes = Self(
        testDescription: "answers to one operation",
        first: { try Outcomes($0, lane: $1).keep(answer(200)) },
        second: { try Outcomes($0, lane: $1).keep(answer(409)) },
        check: { database, lane, first, second in
            #expect(first == nil && second == nil)
            let answer = try Outcomes(database, lane: lane).find("op")
            #expect(answer != nil)
        })

    private static func answer(_ status: Int) -> OutcomeRow {
        OutcomeRow(operation: "op", bodyDigest: [1], status: status, body: "{}", at: .at(0))
    }

    static let drills = Self(
        testDescription: "lanes for drills",
        first: { _ = try DrillLanes($0).begin(drill("a\($1)")) },
        second: { _ = try DrillLanes($0).begin(drill("b\($1)")) },
        check: { database, round, first, second in
            #expect(first == nil && second == nil)
            let lanes = try DrillLanes(database).all().map(\.lane)
            #expect(Set(lanes).count == 2 * round)
        })

    private static func drill(_ name: String) -> DrillRow {
        DrillRow(name: name, speed: 1, from: .at(0), to: .at(1), startedAt: .at(0), startedBy: "x")
    }

    /// A delivery is recorded while a step puts a newer state in its place: it is counted once, in one of the two.
    static let deliveryAndStep = Self(
        testDescription: "a delivery and the step that replaces it",
        prepare: { _ = try Decided($0, lane: $1).commit(.full()) },
        first: { database, lane in
            try Outbox(database, lane: lane).record("\(lane)-1-0", .delivered(status: 200, at: .at(9)))
        },
        second: { _ = try Decided($0, lane: $1).commit(.full(after: 2, number: 2)) },
        check: { database, lane, first, second in
            #expect(first == nil && second == nil)
            let outbox = Outbox(database, lane: lane)
            #expect(try outbox.find("\(lane)-1-0")?.state == .delivered)
            let superseded = try #require(try outbox.find("\(lane)-3-0")).superseded
            #expect(superseded == 0 || superseded == 1)
        })
}
