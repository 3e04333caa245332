import AnpiClient
import AnpiModel
import Testing

@testable import anpi

/// The outbox as a pure value: no clock, no files, no collector.
@Suite struct FieldOutboxTests {
    private static let now = Bench.now

    private func step(_ key: String, _ task: String, _ to: String, version: Int? = nil) -> FieldOperation {
        FieldOperation(
            key: key, task: task, doneAt: Self.now, version: version,
            work: .step(TransitionRequest(to: to, doneAt: Self.now)))
    }

    private func photo(_ key: String, _ task: String) -> FieldOperation {
        FieldOperation(key: key, task: task, doneAt: Self.now, work: .photo(digest: key, type: .jpeg))
    }

    private func note(_ key: String, _ task: String) -> FieldOperation {
        FieldOperation(key: key, task: task, doneAt: Self.now, work: .note(key, doneAt: Self.now))
    }

    private func outbox(_ operations: FieldOperation...) -> FieldOutbox {
        var outbox = FieldOutbox()
        for operation in operations { #expect(outbox.recorded(operation) == .recorded) }
        return outbox
    }

    private func conflict(_ task: String, _ key: String, _ state: String, version: Int = 9) -> FieldConflict {
        FieldConflict(task: task, key: key, theirs: .init(state: state, version: version, by: "山田 花子"))
    }

    // MARK: In order, once

    @Test func whatWasDoneFirstIsToldFirst() {
        var outbox = outbox(step("a", "T-1", "travelling", version: 3), step("b", "T-2", "onSite"), photo("c", "T-1"))
        var told: [String] = []
        while let next = outbox.next {
            told.append(next.key)
            outbox.delivered(next.key)
        }
        #expect(told == ["a", "b", "c"])
        #expect(outbox == FieldOutbox())
    }

    @Test func theNextStepRestsOnTheVersionThatTheOneBeforeLedTo() {
        var outbox = outbox(
            step("a", "T-1", "travelling", version: 3), photo("p", "T-1"), step("b", "T-1", "onSite"),
            step("c", "T-1", "done"), step("d", "T-2", "onSite", version: 7))
        outbox.delivered("a", version: 4)
        #expect(outbox.operations(of: "T-1").map(\.version) == [nil, 4, nil])
        // A photo leads to no version, and another task has its own.
        outbox.delivered("p", version: 99)
        #expect(outbox.operations(of: "T-1").map(\.version) == [4, nil])
        #expect(outbox.operations(of: "T-2").map(\.version) == [7])
    }

    @Test func theSameKeyIsRecordedOnceAndReportedOnce() {
        var outbox = outbox(step("a", "T-1", "onSite"), step("b", "T-1", "done"))
        #expect(outbox.recorded(step("a", "T-1", "onSite")) == .known)
        outbox.delivered("a", version: 4)
        // Another process says the same a moment later.
        outbox.delivered("a", version: 4)
        #expect(outbox.operations.map(\.key) == ["b"])
    }

    @Test func aFullOutboxTakesNothingMore() {
        var outbox = FieldOutbox()
        for number in 0..<FieldOutbox.operationsMax {
            #expect(outbox.recorded(note("n\(number)", "T-1")) == .recorded)
        }
        #expect(outbox.recorded(note("more", "T-1")) == .full)
        #expect(outbox.operations.count == FieldOutbox.operationsMax)
    }

    // MARK: Conflicts

    private static let bridge = BlockedRoad(place: Coordinate(latitude: 35, longitude: 138), radiusKilometers: 0.3)

    @Test func aConflictStopsItsTaskAndNoOther() {
        var outbox = outbox(
            step("a", "T-1", "onSite"), step("b", "T-2", "done"), photo("c", "T-1"),
            FieldOperation(
                key: "r", doneAt: Self.now, work: .road(Self.bridge, note: nil)))
        outbox.refused("a", conflict("T-1", "a", "cancelled"))
        #expect(outbox.waiting.map(\.key) == ["b", "r"])
        #expect(outbox.recorded(step("d", "T-1", "done")) == .recorded)
        #expect(outbox.next?.key == "b")
        outbox.delivered("b")
        #expect(outbox.next?.key == "r")
        outbox.delivered("r")
        #expect(outbox.next == nil)
        #expect(outbox.operations.map(\.key) == ["a", "c", "d"])
        #expect(outbox.conflicts.map(\.task) == ["T-1"])
    }

    @Test func whatIsAboutNoTaskIsLetGoWhenItIsRefused() {
        var outbox = outbox(
            FieldOperation(
                key: "r", doneAt: Self.now, work: .road(Self.bridge, note: nil)))
        outbox.refused("r", FieldConflict(task: "", key: "r"))
        #expect(outbox == FieldOutbox())
    }

    @Test func aRoadDoesNotWaitForAPersonWithItsStep() throws {
        var block = step("b", "T-1", "blocked", version: 3)
        var request = try #require(block.step)
        (request.reason, request.note, request.road) = ("road", "橋の手前で冠水", Self.bridge)
        block.work = .step(request)
        var outbox = outbox(block, step("c", "T-1", "travelling"))
        #expect(outbox.waiting.map(\.key) == ["b", "c"])
        outbox.refused("b", conflict("T-1", "b", "cancelled"))
        outbox.refused("b", conflict("T-1", "b", "cancelled"))
        #expect(outbox.waiting.map(\.key) == ["b-road"])
        #expect(outbox.next?.work == .road(Self.bridge, note: "橋の手前で冠水"))
        #expect(outbox.operations.first?.step?.road == nil)
        // What is recorded behind the conflict neither.
        block.key = "d"
        #expect(outbox.recorded(block) == .recorded)
        #expect(outbox.waiting.map(\.key) == ["b-road", "d-road"])
    }

    @Test func aRoadWithoutAPlaceStaysWithItsStep() {
        var block = step("b", "T-1", "blocked", version: 3)
        block.work = .step(TransitionRequest(to: "blocked", reason: "road", road: BlockedRoad()))
        var outbox = outbox(block)
        outbox.refused("b", conflict("T-1", "b", "cancelled"))
        #expect(outbox.next == nil)
        #expect(outbox.operations == [block])
    }

    // MARK: Decided

    @Test func theirsStandsAndOursIsTold() {
        var outbox = outbox(step("a", "T-1", "onSite", version: 3), photo("p", "T-1"), step("b", "T-1", "done"))
        outbox.refused("a", conflict("T-1", "a", "cancelled"))
        var told: [String] = []
        let resolution = outbox.keptTheirs("T-1") { steps in
            told = steps.map(\.key)
            return note("n", "T-1")
        }
        #expect(resolution == .resolved)
        #expect(told == ["a", "b"])
        #expect(outbox.operations.map(\.key) == ["n", "p"])
        #expect(outbox.conflicts.isEmpty)
        #expect(outbox.next?.key == "n")
    }

    @Test func mineStandsAgainstACancellationByItsEndAlone() throws {
        var outbox = outbox(step("a", "T-1", "onSite", version: 3), photo("p", "T-1"), step("b", "T-1", "done"))
        outbox.refused("a", conflict("T-1", "a", "cancelled", version: 9))
        let resolution = outbox.keptMine("T-1", key: "new", note: "済んでいた") { steps in
            #expect(steps.map(\.key) == ["a"])
            return note("n", "T-1")
        }
        #expect(resolution == .resolved)
        #expect(outbox.operations.map(\.key) == ["p", "n", "new"])
        let last = try #require(outbox.operations.last)
        #expect(last.version == 9)
        #expect(last.step?.to == "done")
        #expect(last.step?.despiteCancellation == true)
        #expect(last.step?.note == "済んでいた")
        #expect(last.step?.doneAt == Self.now)
    }

    @Test func mineGoesOnFromWhereTheTaskIsNow() throws {
        var outbox = outbox(
            step("a", "T-1", "travelling", version: 3), step("b", "T-1", "onSite"), step("c", "T-1", "done"))
        // The office has recorded the departure already.
        outbox.refused("a", conflict("T-1", "a", "travelling", version: 5))
        #expect(outbox.keptMine("T-1", key: "new", note: nil) { _ in note("n", "T-1") } == .resolved)
        #expect(outbox.operations.map(\.key) == ["n", "new", "c"])
        #expect(outbox.operations[1].version == 5)
        #expect(outbox.operations[1].step?.despiteCancellation == nil)
    }

    @Test(arguments: ["done", "failed", "draft", "offered"])
    func mineCannotStandWhereNothingLeadsOn(state: String) {
        var outbox = outbox(step("a", "T-1", "onSite"), step("b", "T-1", "done"))
        outbox.refused("a", conflict("T-1", "a", state))
        let before = outbox
        #expect(outbox.keptMine("T-1", key: "new", note: nil) { _ in note("n", "T-1") } == .cannotStand)
        #expect(outbox == before)
    }

    @Test func aRefusedNoteIsLetGoAndLeadsToNoOther() {
        var outbox = outbox(note("a", "T-1"), photo("p", "T-1"))
        outbox.refused("a", FieldConflict(task: "T-1", key: "a"))
        #expect(outbox.keptMine("T-1", key: "new", note: nil) { _ in note("n", "T-1") } == .cannotStand)
        #expect(outbox.keptTheirs("T-1") { _ in note("n", "T-1") } == .resolved)
        #expect(outbox.operations.map(\.key) == ["p"])
    }

    @Test func withoutAConflictThereIsNothingToDecide() {
        var outbox = outbox(step("a", "T-1", "onSite"))
        #expect(outbox.keptTheirs("T-1") { _ in note("n", "T-1") } == .noConflict)
        #expect(outbox.keptMine("T-1", key: "new", note: nil) { _ in note("n", "T-1") } == .noConflict)
        #expect(outbox.operations.count == 1)
    }

    // MARK: What is shown meanwhile

    @Test func theTaskIsShownAsItWillBe() throws {
        let rows = try Bench.decoded(Items<TaskRow>.self, "queue").items
        let outbox = outbox(step("a", "T-415", "accepted", version: 2), step("b", "T-415", "travelling"))
        let seen = outbox.projected(rows[1])
        #expect(seen.state == "travelling" && seen.engineer == "eng-3" && seen.offer == nil)
        #expect(outbox.projected(rows[0]).state == rows[0].state)
    }

    /// Random days in the field: whatever happens, nothing is told twice, nothing of a task overtakes, nothing is lost.
    @Test func nothingIsLostOrOvertaken() {
        for seed in UInt64(1)...200 {
            var random = Sequence(state: seed)
            var outbox = FieldOutbox()
            var recorded: [String] = []
            var told: [FieldOperation] = []
            var letGo: Set<String> = []
            for number in 0..<60 {
                let task = "T-\(random.next(4))"
                switch random.next(6) {
                case 0, 1, 2:
                    let operation = random.next(3) == 0 ? note("\(number)", task) : step("\(number)", task, "onSite")
                    #expect(outbox.recorded(operation) == .recorded)
                    recorded.append(operation.key)
                case 3:
                    guard let next = outbox.next else { continue }
                    outbox.delivered(next.key, version: number)
                    told.append(next)
                case 4:
                    guard let next = outbox.next, let task = next.task else { continue }
                    outbox.refused(next.key, conflict(task, next.key, "cancelled"))
                default:
                    let before = outbox
                    let made = note("n\(number)", task)
                    guard outbox.keptTheirs(task, tellingOf: { _ in made }) == .resolved else { continue }
                    letGo.formUnion(Set(before.operations.map(\.key)).subtracting(outbox.operations.map(\.key)))
                    if outbox.operations.contains(made) { recorded.append(made.key) }
                }
                let left = Set(outbox.operations.map(\.key))
                let all = Set(told.map(\.key)).union(left).union(letGo)
                #expect(all == Set(recorded), "seed \(seed)")
                #expect(Set(told.map(\.key)).isDisjoint(with: left), "seed \(seed)")
            }
            for task in Set(told.compactMap(\.task)) {
                let order = told.filter { $0.task == task && !$0.key.hasPrefix("n") }.compactMap { Int($0.key) }
                #expect(order == order.sorted(), "seed \(seed)")
            }
        }
    }

    /// A seed gives the same numbers everywhere.
    private struct Sequence {
        var state: UInt64

        mutating func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
    }
}
