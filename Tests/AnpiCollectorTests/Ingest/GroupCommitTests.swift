import AnpiEngine
import AnpiModel
import AnpiStore
import Dispatch
import Logging
import Synchronization
import Testing

@testable import AnpiCollector

/// The committing thread over a real log; it is begun and stopped by each test.
@Suite struct GroupCommitTests {
    /// How callers were answered, in order.
    final class Answers: Sendable {
        private let all = Mutex<[Bool]>([])
        private let settled = DispatchSemaphore(value: 0)

        func add(_ isDurable: Bool) {
            all.withLock { $0.append(isDurable) }
            settled.signal()
        }

        /// The answers once there are `count` more of them.
        func next(_ count: Int) -> [Bool] {
            for _ in 0..<count { settled.wait() }
            return all.withLock { $0 }
        }
    }

    private let lane: Lane
    private let answers = Answers()
    private let wasShutOut = DispatchSemaphore(value: 0)

    init() throws { lane = try Lane.temporary() }

    private func commit(over database: any SQLDatabase) throws -> GroupCommit {
        let clock = SteadyClock()
        let opened = try lane.store.log.openWriter(id: "w", at: clock.now())
        return GroupCommit(
            log: InputLog(database), writer: "w", start: .init(watermark: opened, sequence: 0), clock: clock,
            metrics: CollectorMetrics(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            whenShutOut: { wasShutOut.signal() })
    }

    private func submit(beat seq: Int64, as work: Work = .beat, to commit: GroupCommit) -> Bool {
        commit.submit(as: work, { _ in Lane.beat("a-server", seq, at: Double(seq)) }, whenSettled: { answers.add($0) })
    }

    /// As an event loop does it.
    private func submit(
        _ frames: [UInt8], requests: Int = 1, as work: Work = .urgent, to commit: GroupCommit
    ) -> Bool {
        let slot = commit.makeStampSlot()
        _ = slot.stamp()
        let submission = GroupCommit.Submission(
            frames: frames, requests: requests, work: work, whenSettled: { answers.add($0) })
        return commit.submit([submission], stampedIn: slot) == [true]
    }

    /// How many inputs each row of the log holds.
    private func rows() throws -> [Int] {
        try lane.store.log.read(after: Cursors()).rows.map { try InputCodec.decode($0.batch).count }
    }

    @Test func whatComesDuringACommitGoesTogetherIntoTheNext() throws {
        let held = HeldDatabase(lane.database)
        let commit = try commit(over: held)
        #expect(submit(beat: 1, to: commit))
        commit.begin()
        held.waitForWriter()
        for seq in 2...9 { #expect(submit(beat: Int64(seq), to: commit)) }
        held.release()
        #expect(answers.next(9) == Array(repeating: true, count: 9))
        commit.stop()
        #expect(try rows() == [1, 8])
        #expect(commit.waiting == 0)
    }

    @Test func whatDoesNotFitIsRefusedAtOnceAndTheRestIsKept() async throws {
        let commit = try commit(over: lane.database)
        #expect(submit([], requests: GroupCommit.waitingMax - 1, to: commit))
        #expect(submit(beat: 1, as: .urgent, to: commit))
        #expect(!submit(beat: 2, as: .urgent, to: commit), "as many wait as may")
        #expect(commit.waiting == GroupCommit.waitingMax)

        let directory = FleetDirectory()
        directory.replace(with: DoorFixture.fleet)
        let door = PeopleIntake(
            intake: BeatIntake(directory: directory), commit: commit, admission: Admission(),
            metrics: CollectorMetrics())
        let answer = await door.ping(
            site: SiteID(trusted: "shz-0041"), tier: .external, kind: .success, run: nil, body: [])
        #expect(answer.status == 503)
        #expect(answer.headers.contains { $0.name == "retry-after" })

        commit.begin()
        #expect(answers.next(2) == [true, true])
        commit.stop()
        #expect(try rows() == [1])
        #expect(!submit(beat: 3, to: commit), "nothing is taken after the end")
    }

    @Test(arguments: [(Work.backlog, 32_768), (.command, 57_344), (.beat, 61_440), (.urgent, 65_536)])
    func eachKindOfWorkFillsTheQueueToItsOwnShareOnly(work: Work, share: Int) throws {
        let commit = try commit(over: lane.database)
        #expect(submit([], requests: share, as: work, to: commit))
        #expect(!submit([], as: work, to: commit), "its share is taken")
        for other in Work.allCases where other.queueShare > work.queueShare {
            #expect(submit([], as: other, to: commit), "\(other) still has room")
        }
    }

    @Test func aLastGaspGoesIntoTheNextRowBeforeAllThatWaits() throws {
        let commit = try commit(over: lane.database)
        let row = [UInt8](repeating: 0, count: GroupCommit.rowBytesMax)
        #expect(submit(row, as: .beat, to: commit))
        let stamped = SteadyClock().now()
        #expect(submit(beat: 7, as: .urgent, to: commit))
        // The full row behind it is what holds the watermark back now.
        #expect(commit.watermark(by: stamped + .seconds(10)) <= stamped)
        let (fill, oldest) = commit.pressure
        #expect(fill > 0 && fill < 0.25)
        #expect(try #require(oldest) <= stamped)
    }

    /// Two event loops whose turns began in the same millisecond, each with more than fits into a row beside the other:
    /// nothing can be stated before both are in, so both go into one row.
    @Test func whatWasStampedTogetherNeverWaitsForItself() throws {
        let commit = try commit(over: lane.database)
        let row = [UInt8](repeating: 0, count: GroupCommit.rowBytesMax)
        let stamped = SteadyClock().now()
        for _ in 0..<3 { #expect(submit(row, as: .beat, to: commit)) }
        let later = SteadyClock().now()
        // Stated just before the last of them: every look says the same, and only taking all of them goes on.
        #expect(commit.watermark(by: later + .seconds(1), after: later) == later + .seconds(1))
        #expect(commit.watermark(by: later + .seconds(1), after: stamped - .seconds(1)) < later + .seconds(1))
    }

    @Test func bytesAreBoundedToo() throws {
        let commit = try commit(over: lane.database)
        let half = [UInt8](repeating: 0, count: GroupCommit.waitingBytesMax / 2)
        #expect(submit(half, to: commit))
        #expect(submit(half, to: commit))
        #expect(!submit(beat: 1, to: commit))
    }

    @Test func noWatermarkPassesAReceiptThatIsNotInTheQueueYet() throws {
        let commit = try commit(over: lane.database)
        let muchLater = SteadyClock().now() + .seconds(3_600)
        // Whatever a door does between its stamp and the queue, an hour long.
        let isTaken = commit.submit(
            as: .beat,
            { stamp in
                #expect(commit.watermark(by: muchLater) < stamp)
                return Lane.beat("a-server", 1, at: 1)
            }, whenSettled: { answers.add($0) })
        #expect(isTaken)
        #expect(commit.watermark(by: muchLater) == muchLater, "it will be in the next row")
    }

    @Test func noWatermarkPassesWhatAnEventLoopHasStamped() throws {
        let commit = try commit(over: lane.database)
        let muchLater = SteadyClock().now() + .seconds(3_600)
        let slot = commit.makeStampSlot()
        let first = slot.stamp()
        #expect(commit.watermark(by: muchLater) < first)
        #expect(slot.stamp() >= first)
        #expect(commit.watermark(by: muchLater) < first)
        let submission = GroupCommit.Submission(
            frames: [], requests: 2, work: .beat, whenSettled: { answers.add($0) })
        #expect(commit.submit([submission], stampedIn: slot) == [true])
        #expect(commit.watermark(by: muchLater) == muchLater)
    }

    @Test func aRefusedReceiptHoldsNobodyBack() throws {
        let commit = try commit(over: lane.database)
        #expect(submit([], requests: GroupCommit.waitingMax, to: commit))
        #expect(!submit(beat: 1, to: commit))
        #expect(!submit([], to: commit))
        let later = SteadyClock().now() + .seconds(1)
        #expect(commit.watermark(by: later) == later)
    }

    @Test func whatDoesNotFitIntoTheNextRowStaysAheadOfTheWatermark() throws {
        let commit = try commit(over: lane.database)
        let row = [UInt8](repeating: 0, count: GroupCommit.rowBytesMax)
        #expect(submit(row, to: commit))
        let later = SteadyClock().now() + .seconds(1)
        #expect(commit.watermark(by: later) == later)
        #expect(submit(row, to: commit))
        #expect(commit.watermark(by: later) < later)
    }

    @Test func aCommitThatFailsAcknowledgesNothingAndTheNextOneMay() throws {
        let breaking = BreakingDatabase(lane.database)
        let commit = try commit(over: breaking)
        breaking.isBroken.store(true, ordering: .relaxed)
        #expect(submit(beat: 1, to: commit))
        commit.begin()
        #expect(answers.next(1) == [false])
        breaking.isBroken.store(false, ordering: .relaxed)
        #expect(submit(beat: 2, to: commit))
        #expect(answers.next(1) == [false, true])
        commit.stop()
        #expect(try loggedBeats() == [2])
    }

    /// Sequences of the beats in the log, in its order.
    private func loggedBeats() throws -> [Int64] {
        try lane.store.log.read(after: Cursors()).rows.flatMap { try InputCodec.decode($0.batch) }.compactMap { input in
            guard case .heartbeats(let heartbeats) = input else { return nil }
            return heartbeats.request.beats.first?.seq
        }
    }

    @Test func aCommitThatIsNotConfirmedIsLookedUpAndItsRowsAreNotAppendedAgain() throws {
        let silent = UnconfirmingDatabase(base: lane.database)
        let commit = try commit(over: silent)
        silent.commitsUnconfirmed.store(1, ordering: .relaxed)
        #expect(submit(beat: 1, to: commit))
        commit.begin()
        #expect(answers.next(1) == [false], "what is not confirmed is not acknowledged")
        #expect(submit(beat: 2, to: commit))
        #expect(answers.next(1) == [false, true])
        commit.stop()
        #expect(try loggedBeats() == [1, 2], "both are there, each once")
        // Between them a row may say that the first was not heard.
        let sequences = try lane.store.log.read(after: Cursors()).rows.map(\.seq)
        #expect(sequences == Array(1...Int64(sequences.count)))
    }

    @Test func whoHasBeenShutOutRefusesAllAndSaysSo() throws {
        let held = HeldDatabase(lane.database)
        let commit = try commit(over: held)
        #expect(submit(beat: 1, to: commit))
        commit.begin()
        held.waitForWriter()
        #expect(submit(beat: 2, to: commit))
        let at = try lane.store.log.openWriter(id: "x", at: SteadyClock().now()) + .milliseconds(1)
        _ = try lane.store.log.closeOthers(than: "x", watermark: at) { _ in
            [GroupCommit.deafRow(Input.Span(from: at, to: at), at: at, of: "x", after: 0)]
        }
        held.release()
        #expect(answers.next(2) == [false, false])
        wasShutOut.wait()
        #expect(!submit(beat: 3, to: commit))
        commit.stop()
    }
}
