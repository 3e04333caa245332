import AnpiStore
import Logging
import Synchronization
import Testing

@testable import AnpiCollector

@Suite struct CheckpointWriterTests {
    private let lane: Lane
    private var owner: LaneOwner

    init() throws {
        var lane = try Lane.temporary()
        try lane.open("w")
        var owner = try lane.load()
        try lane.append([Lane.fleet(at: 1)], by: "w", at: 1)
        _ = try owner.turn(outbox: { _, _ in [] })
        (self.lane, self.owner) = (lane, owner)
    }

    private let writer = CheckpointWriter(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

    @Test mutating func oneIsWrittenAtATimeBesideItsCaller() throws {
        let held = HeldDatabase(lane.database)
        var didFail = false
        #expect(writer.isFree(didFail: &didFail))
        writer.write(try owner.draftCheckpoint(), to: Checkpoints(held))
        held.waitForWriter()
        #expect(!writer.isFree(didFail: &didFail), "the one before is not written yet")
        #expect(try lane.store.checkpoints.newest() == nil)
        held.release()
        writer.wait()
        #expect(writer.isFree(didFail: &didFail) && !didFail)
        #expect(try lane.store.checkpoints.newest()?.position == owner.position)
    }

    @Test mutating func whatWasNotWrittenIsToldOnceAndTheNextHoldsEverything() throws {
        let breaking = BreakingDatabase(lane.database)
        writer.write(try owner.draftCheckpoint(), to: Checkpoints(breaking))
        writer.wait()
        let first = try #require(try lane.store.checkpoints.newest())

        breaking.isBroken.store(true, ordering: .relaxed)
        writer.write(try owner.draftCheckpoint(), to: Checkpoints(breaking))
        writer.wait()
        var didFail = false
        #expect(writer.isFree(didFail: &didFail) && didFail)
        didFail = false
        #expect(writer.isFree(didFail: &didFail) && !didFail)
        #expect(try lane.store.checkpoints.newest() == first)

        breaking.isBroken.store(false, ordering: .relaxed)
        owner.checkpointFailed()
        writer.write(try owner.draftCheckpoint(), to: Checkpoints(breaking))
        writer.wait()
        let next = try #require(try lane.store.checkpoints.newest())
        #expect(next.generation > first.generation)
        #expect(next.blocks.map(\.index) == first.blocks.map(\.index))
    }
}
