import AnpiModel
import AnpiStore
import Testing

@testable import AnpiCollector

/// The machines over lease and writers: no clock, no database.
@Suite struct LaneRoleTests {
    private func at(_ seconds: Double) -> Timestamp { Lane.at(seconds) }

    @Test func whoIsAloneDecidesAndNeedsNoLease() {
        let role = LaneRole(isShared: false)
        #expect(role.isOwner && role.fence == nil)
        #expect(role.due(at: at(1_000)) == .nothing)
    }

    @Test func aFollowerLooksTwiceASecondAndRenewsOnceItHoldsTheLane() {
        var role = LaneRole(isShared: true)
        #expect(!role.isOwner)
        #expect(role.due(at: at(0)) == .take)
        role.looked(at: at(0))
        #expect(role.due(at: at(0.4)) == .nothing)
        #expect(role.due(at: at(0.5)) == .take)
        role.holds(fence: 7, asked: at(0.5))
        #expect(role.isOwner && role.fence == 7)
        #expect(role.due(at: at(2.4)) == .nothing)
        #expect(role.due(at: at(2.5)) == .renew(fence: 7))
    }

    @Test func whoCouldNotRenewStopsASecondBeforeAnotherMayBegin() {
        var role = LaneRole(isShared: true)
        role.holds(fence: 7, asked: at(10))
        #expect(role.due(at: at(14.9)) == .renew(fence: 7))
        // Asleep in between: it wakes up after its time.
        #expect(role.due(at: at(15)) == .stop)
        role.lost(at: at(15))
        #expect(!role.isOwner)
        #expect(role.due(at: at(15.1)) == .nothing, "the others first")
        #expect(role.due(at: at(15.5)) == .take)
    }

    @Test func aWriterIsJudgedByHowLongItWasSeenToStandAndNotByItsClock() {
        var standing = StandingWriters()
        // Its clock is an hour behind ours.
        func writer(_ seconds: Double, closed: Bool = false) -> WriterRow {
            WriterRow(id: "other", seq: 1, watermark: at(seconds - 3_600), closed: closed)
        }
        let own = WriterRow(id: "own", seq: 1, watermark: at(0), closed: false)
        #expect(standing.look(at: [own, writer(0)], besides: "own", now: at(0)).isEmpty)
        #expect(standing.look(at: [own, writer(4)], besides: "own", now: at(4)).isEmpty)
        #expect(standing.look(at: [own, writer(4)], besides: "own", now: at(8.9)).isEmpty)
        #expect(standing.look(at: [own, writer(4)], besides: "own", now: at(9)).map(\.id) == ["other"])
        #expect(standing.look(at: [own, writer(4, closed: true)], besides: "own", now: at(10)).isEmpty)
        // Who slept itself has seen nothing.
        standing.forget()
        #expect(standing.look(at: [own, writer(4)], besides: "own", now: at(60)).isEmpty)
    }
}
