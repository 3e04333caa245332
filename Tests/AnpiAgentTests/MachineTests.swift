import AnpiClient
import AnpiModel
import Testing

@testable import AnpiAgent

@Suite struct RetryMachineTests {
    @Test(arguments: [(1, 2), (10, 20), (60, 120), (3_600, 120)])
    func theCapIsTwoIntervalsWithinItsBounds(interval: Int, cap: Int) {
        #expect(RetryMachine.cap(interval: .seconds(interval)) == .seconds(cap))
    }

    @Test(arguments: [1, 7, 60, 3_600], 1...50 as ClosedRange<UInt64>)
    func delaysStartWithinAnIntervalDoubleAndStayWithinOneAndAHalfCaps(interval: Int, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var machine = RetryMachine()
        let interval = Duration.seconds(interval)
        let cap = RetryMachine.cap(interval: interval)
        let first = machine.failed(interval: interval, using: &generator)
        #expect(first >= .zero && first <= min(interval, cap))
        var last = first
        var isAtCap = false
        for _ in 0..<40 {
            let delay = machine.failed(interval: interval, using: &generator)
            #expect(delay <= cap * 1.5)
            if isAtCap { #expect(delay >= cap * 0.5) } else { #expect(delay >= min(last, cap * 0.5)) }
            isAtCap = isAtCap || delay >= cap * 0.5 && last * 2 >= cap
            last = delay
        }
        machine.succeeded()
        #expect(machine.failed(interval: interval, using: &generator) <= min(interval, cap))
    }

    @Test func aLuckyFirstDrawDoesNotBecomeAStorm() {
        // The seed, of many, whose first delay is the shortest.
        func first(_ seed: UInt64) -> Duration {
            var generator = SeededGenerator(seed: seed)
            var machine = RetryMachine()
            return machine.failed(interval: .seconds(60), using: &generator)
        }
        let seed = (1...20_000 as ClosedRange<UInt64>).min { first($0) < first($1) } ?? 1
        var generator = SeededGenerator(seed: seed)
        var machine = RetryMachine()
        var total = Duration.zero
        for _ in 0..<20 { total = total + machine.failed(interval: .seconds(60), using: &generator) }
        #expect(total > .seconds(300))
    }

    @Test func retryAfterIsHonouredUpToTheCap() {
        var generator = SeededGenerator(seed: 1)
        var machine = RetryMachine()
        let short = machine.failed(interval: .seconds(60), retryAfter: .seconds(90), using: &generator)
        let long = machine.failed(interval: .seconds(60), retryAfter: .seconds(86_400), using: &generator)
        #expect(short >= .seconds(90) && short <= .seconds(180))
        #expect(long >= .seconds(120) && long <= .seconds(180))
    }

    /// A collector that was away for an hour hears a fleet again spread over time, and everybody within the allowance
    /// that the engine gives.
    @Test func aFleetComesBackSpreadAndWithinTheAllowance() {
        let interval = Duration.seconds(60)
        let cap = RetryMachine.cap(interval: interval)
        var seconds: [Int64: Int] = [:]
        for seed in 1...2_000 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed: seed)
            var machine = RetryMachine()
            var at = Duration.milliseconds(Int64.random(in: 0..<60_000, using: &generator))
            while at < .seconds(3_600) { at = at + machine.failed(interval: interval, using: &generator) }
            let wait = at - .seconds(3_600)
            #expect(wait <= cap * 1.5)
            seconds[wait.wholeSeconds, default: 0] += 1
        }
        #expect(seconds.values.max() ?? 0 < 2_000 / 20)
    }
}

@Suite struct SenderMachineTests {
    private static let response = HeartbeatResponse(acknowledged: 1, interval: 30)

    private static func answer(
        _ machine: inout SenderMachine, _ answer: SendAnswer, runs: Int = 1, at now: Duration = .zero
    ) -> SenderMachine.OnAnswer {
        var generator = SeededGenerator(seed: 7)
        return machine.answered(answer, runs: runs, at: now, interval: .seconds(60), using: &generator)
    }

    @Test(arguments: [(0, 1), (30, 30), (99_999, 3_600)])
    func theIntervalOfTheAnswerIsTakenWithinItsBounds(asked: Int, taken: Int) {
        var machine = SenderMachine(collectors: 1)
        let response = HeartbeatResponse(acknowledged: 1, interval: asked)
        #expect(Self.answer(&machine, .accepted(response)) == .remove(interval: taken, rejected: [], directives: []))
    }

    @Test func whatACollectorAsksBeyondOurWordsIsLeftOut() {
        var machine = SenderMachine(collectors: 1)
        let response = HeartbeatResponse(
            acknowledged: 1, interval: 15, directives: ["reboot", "report-faster", "backup-offsite@soon"])
        #expect(
            Self.answer(&machine, .accepted(response))
                == .remove(interval: 15, rejected: [], directives: [.reportFaster]))
    }

    @Test(arguments: [400, 413, 422])
    func aRequestThatIsNotTakenIsHalvedDownToTheCulprit(status: Int) {
        var machine = SenderMachine(collectors: 1)
        var sizes: [Int] = []
        var runs = 500
        while true {
            sizes.append(runs)
            guard Self.answer(&machine, .unacceptable(status: status), runs: runs) == .halve else { break }
            runs = machine.runsMax
        }
        #expect(sizes == [500, 250, 125, 62, 31, 15, 7, 3, 1])
        #expect(machine.somethingWaits(at: .zero) == .send(collector: 0))
        for _ in 0..<10 { _ = Self.answer(&machine, .accepted(Self.response)) }
        #expect(machine.runsMax == 500)
    }

    @Test func collectorsAreAskedInTurnBeforeAnyWait() {
        var machine = SenderMachine(collectors: 3)
        #expect(machine.somethingWaits(at: .zero) == .send(collector: 0))
        #expect(Self.answer(&machine, .failed(why: "down")) == .next)
        #expect(machine.somethingWaits(at: .zero) == .send(collector: 1))
        #expect(Self.answer(&machine, .notAllowed(status: 401)) == .next)
        #expect(machine.somethingWaits(at: .zero) == .send(collector: 2))
        guard case .wait(let until) = Self.answer(&machine, .busy(retryAfter: .seconds(40))) else {
            Issue.record("the round is over and nothing waits")
            return
        }
        #expect(until >= .seconds(40))
        #expect(machine.somethingWaits(at: .seconds(1)) == .wait(until: until))
        #expect(machine.somethingWaits(at: until) == .send(collector: 0))
    }

    @Test func theCollectorThatAnswersStays() {
        var machine = SenderMachine(collectors: 2)
        _ = Self.answer(&machine, .failed(why: "down"))
        _ = Self.answer(&machine, .accepted(Self.response))
        #expect(machine.somethingWaits(at: .zero) == .send(collector: 1))
        #expect(Self.answer(&machine, .failed(why: "down")) == .next)
    }

    @Test(arguments: [
        (200, "{\"acknowledged\":5,\"rejected\":[],\"interval\":60,\"directives\":[]}", "accepted"),
        (200, "{\"acknowledged\":4,\"rejected\":[],\"interval\":60,\"directives\":[]}", "failed"),
        (200, "<html>Please sign in to the guest network</html>", "failed"), (204, "", "failed"), (302, "", "failed"),
        (400, "", "unacceptable"), (413, "", "unacceptable"), (422, "", "unacceptable"), (401, "", "notAllowed"),
        (403, "", "notAllowed"), (404, "", "notAllowed"), (415, "", "failed"), (429, "", "busy"), (503, "", "busy"),
        (500, "", "failed"),
    ])
    func everyStatusMeansOneThing(status: Int, body: String, meaning: String) {
        let answer = CollectorDoor.answer(
            from: .init(status: status, body: Array(body.utf8)), highest: 5, at: .init(milliseconds: 0))
        #expect("\(answer)".hasPrefix(meaning))
    }
}
