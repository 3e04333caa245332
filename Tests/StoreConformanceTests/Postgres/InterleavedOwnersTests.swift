import AnpiModel
import AnpiStore
import Testing

/// Two processes that both mean to decide for a lane, or to tidy it up.
extension InterleavedWritersTests {
    @Test(arguments: Meeting.ofOwners)
    func ofTwoOwnersOneCounts(_ meeting: Meeting) throws { try whoeverComesFirstTheRulesHold(meeting) }
}

extension InterleavedWritersTests.Meeting {
    static let ofOwners = [takes, commitAndTake, checkpointAndTake, folds]

    /// Keeps that `name` was here, and what it found.
    private static func note(_ name: String, _ found: Int = 0, in database: any SQLDatabase, _ lane: Int) throws {
        try Outcomes(database, lane: lane).keep(
            OutcomeRow(operation: name, bodyDigest: [], status: found, body: "", at: .at(0)))
    }

    private static func noted(_ name: String, in database: any SQLDatabase, _ lane: Int) throws -> Int? {
        try Outcomes(database, lane: lane).find(name)?.status
    }

    /// A lane whose owner's time is over; its fence is 1.
    private static let owned: @Sendable (any SQLDatabase, Int) throws -> Void = { database, lane in
        _ = try LaneLease(database, lane: lane).take(as: "old")
        try database.transaction { try $0.execute("UPDATE lane SET until = 0 WHERE id = ?", [.integer(lane)]) }
    }

    /// Every other round nobody has had the lane before.
    static let takes = Self(
        testDescription: "take and take",
        prepare: { if $1 % 2 == 0 { try owned($0, $1) } },
        first: { if try LaneLease($0, lane: $1).take(as: "a") != nil { try note("a", in: $0, $1) } },
        second: { if try LaneLease($0, lane: $1).take(as: "b") != nil { try note("b", in: $0, $1) } },
        check: { database, lane, first, second in
            #expect(first == nil && second == nil)
            let took = try ["a", "b"].filter { try noted($0, in: database, lane) != nil }
            let holder = try #require(try LaneLease(database, lane: lane).holder())
            #expect(took == [holder.owner] && holder.fence == (lane % 2 == 0 ? 2 : 1))
        })

    /// What the old owner commits is there when the new one has the lane, or never.
    static let commitAndTake = Self(
        testDescription: "an old owner's commit and take",
        prepare: owned,
        first: { _ = try Decided(FencedDatabase($0, lane: $1, fence: 1), lane: $1).commit(.full()) },
        second: { database, lane in
            #expect(try LaneLease(database, lane: lane).take(as: "new") == 2)
            let found = try Decided(database, lane: lane).position()
            try note("new", Int(found?.journalSeq ?? 0), in: database, lane)
        },
        check: { database, lane, first, second in
            #expect(second == nil && (first == nil || first == .notOwner))
            let found = try #require(try noted("new", in: database, lane))
            #expect(found == (first == nil ? 2 : 0))
            let lines = try Journal(database, lane: lane).verify().entries
            #expect(lines == found)
        })

    /// Each writes blocks and head in transactions of their own: they are never one's head over the other's blocks.
    static let checkpointAndTake = Self(
        testDescription: "an old owner's checkpoint and the new one's",
        prepare: owned,
        first: { try save(1, to: FencedDatabase($0, lane: $1, fence: 1), $1) },
        second: { database, lane in
            let fence = try #require(try LaneLease(database, lane: lane).take(as: "new"))
            try save(2, to: FencedDatabase(database, lane: lane, fence: fence), lane)
        },
        check: { database, lane, first, second in
            #expect(first == nil || first == .notOwner || first == .conflict)
            #expect(second == nil || second == .conflict, "the old one's counts already")
            let newest = try #require(try Checkpoints(database, lane: lane).newest())
            #expect(newest.head == (second == nil ? [2] : [1]))
            #expect(newest.blocks.map(\.bytes) == [newest.head, newest.head])
        })

    private static func save(_ mark: UInt8, to database: any SQLDatabase, _ lane: Int) throws {
        let checkpoints = Checkpoints(database, lane: lane)
        let generation = try checkpoints.newestGeneration() ?? 0
        try checkpoints.save(
            generation: generation + 1,
            position: Position(cursors: Cursors(), engineTime: .at(0), journalSeq: 0), head: [mark],
            blocks: [0: [mark], 1: [mark]])
    }

    /// Two owners that overlap sweep the same subject: what was long counts once.
    static let folds = Self(
        testDescription: "folding and folding",
        prepare: { database, lane in
            var step = DecidedStep.full()
            step.history = [
                .contact(.init(subject: "s", isSite: true, contact: .silent, from: .at(0), to: .at(60_000))),
                .contact(.init(subject: "s", isSite: true, contact: .silent, from: .at(90_000), to: .at(120_000))),
            ]
            _ = try Decided(database, lane: lane).commit(step)
        },
        first: { try fold($0, $1) },
        second: { try fold($0, $1) },
        check: { database, lane, first, second in
            #expect(first == nil && second == nil)
            let months = try HistoryFolding(database, lane: lane).months(of: "s", isSite: true)
            #expect(months.map(\.intervals) == [2] && months.map(\.milliseconds) == [90_000])
        })

    private static func fold(_ database: any SQLDatabase, _ lane: Int) throws {
        var place = HistoryFolding.Place.start
        place.part = .sites
        _ = try HistoryFolding(database, lane: lane).step(after: place, before: .at(86_400_000))
    }
}
