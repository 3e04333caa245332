import AnpiModel
import AnpiStore
import Testing

@Suite struct CheckpointTests {
    private let position = Position(
        cursors: Cursors([.init(writer: "a", seq: 4)]), engineTime: .at(7), journalSeq: 3)

    @Test(arguments: StoreFactory.all)
    func theNewestCheckpointIsReadBackAndOlderOnesAreDropped(_ factory: StoreFactory) throws {
        try factory.run { store in
            let checkpoints = Checkpoints(store.database)
            #expect(try checkpoints.newest() == nil)
            try checkpoints.save(generation: 1, position: position, head: [1], blocks: [0: [10], 2: [12], 1: [11]])
            let first = try #require(try checkpoints.newest())
            #expect(first.position == position && first.head == [1])
            #expect(first.blocks.map(\.index) == [0, 1, 2])
            try checkpoints.save(generation: 2, position: position, head: [2], blocks: [1: [21]], keepingOthers: true)
            #expect(try checkpoints.newest()?.blocks.map(\.bytes) == [[10], [21], [12]])
            try checkpoints.save(generation: 3, position: position, head: [3], blocks: [0: []])
            #expect(try checkpoints.newest()?.blocks == [.init(index: 0, bytes: [])])
            #expect(try count(store, "checkpoint") == 1)
            #expect(try count(store, "checkpoint_block") == 1)
        }
    }

    @Test(arguments: StoreFactory.all)
    func blocksCountOnlyOnceTheHeadRowNamesThem(_ factory: StoreFactory) throws {
        try factory.run { store in
            let checkpoints = Checkpoints(store.database)
            let large = [UInt8](repeating: 5, count: 200_000)
            try checkpoints.save(generation: 1, position: position, head: [1], blocks: [0: [10], 1: [11], 2: [12]])
            let before = try checkpoints.newest()
            let failing = Checkpoints(FailingDatabase(base: store.database, succeeding: 0))
            #expect(throws: FailingDatabase.Injected.self) {
                try failing.save(generation: 2, position: position, head: [2], blocks: [0: large, 1: large])
            }
            #expect(try checkpoints.newest() == before)
            // The blocks go in and the process dies before the head.
            try store.database.transaction { session in
                try session.upsert(
                    "checkpoint_block", key: ["lane", "generation", "block"],
                    columns: ["lane", "generation", "block", "bytes"],
                    rows: [[.integer(0), .integer(2), .integer(0), .blob(large)]])
            }
            #expect(try checkpoints.newest() == before)
            try checkpoints.save(generation: 2, position: position, head: [3], blocks: [1: [7]], keepingOthers: true)
            #expect(try checkpoints.newest()?.blocks.map(\.bytes) == [[10], [7], [12]])
            #expect(try count(store, "checkpoint_block") == 3)
        }
    }

    @Test(arguments: StoreFactory.all)
    func anOlderGenerationDoesNotCount(_ factory: StoreFactory) throws {
        try factory.run { store in
            let checkpoints = Checkpoints(store.database)
            try checkpoints.save(generation: 5, position: position, head: [5], blocks: [0: [1]])
            #expect(
                store.code {
                    try checkpoints.save(generation: 4, position: position, head: [4], blocks: [0: [9]])
                } == .conflict)
            #expect(try checkpoints.newest()?.head == [5])
        }
    }

    @Test(arguments: StoreFactory.all)
    func aCheckpointThatLacksABlockIsPassedOver(_ factory: StoreFactory) throws {
        try factory.run { store in
            let checkpoints = Checkpoints(store.database)
            try checkpoints.save(generation: 1, position: position, head: [1], blocks: [0: [1], 1: [2]])
            try store.database.transaction { try $0.execute("DELETE FROM checkpoint_block WHERE block = 1", []) }
            #expect(try checkpoints.newest() == nil)
        }
    }

    @Test(arguments: StoreFactory.all)
    func attemptsAreCountedUntilARunEndsInOrder(_ factory: StoreFactory) throws {
        try factory.run { store in
            let attempts = Attempts(store.database)
            let place = LogPlace(writer: "a", seq: 9, index: 0)
            #expect(try attempts.begin() == .init(uncleanEnds: 0))
            #expect(try attempts.begin() == .init(uncleanEnds: 1))
            try attempts.note(place)
            #expect(try Attempts(store.database).begin() == .init(uncleanEnds: 2, noted: place))
            // This run ends before it notes anything: the suspicion stays.
            #expect(try attempts.begin() == .init(uncleanEnds: 3, suspected: place))
            try attempts.note(place)
            #expect(try attempts.begin() == .init(uncleanEnds: 4, noted: place, suspected: place))
            try attempts.forget()
            #expect(try attempts.begin() == .init(uncleanEnds: 5))
            try attempts.note(place)
            try attempts.caughtUp()
            #expect(try attempts.begin() == .init(uncleanEnds: 1))
            try attempts.note(place)
            try attempts.ended()
            #expect(try attempts.begin() == .init(uncleanEnds: 0))
            try attempts.quarantine(place, at: .at(1))
            try attempts.quarantine(place, at: .at(2))
            let next = LogPlace(writer: "a", seq: 9, index: 1)
            try attempts.quarantine(next, at: .at(2))
            #expect(try attempts.quarantined() == [place, next])
        }
    }

    private func count(_ store: TestStore, _ table: String) throws -> Int? {
        try store.database.read { reader in try reader.first("SELECT COUNT(*) FROM \(table)") { try $0.int(0) } }
    }
}
