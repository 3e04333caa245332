import AnpiModel
import AnpiStore
import Testing

@testable import AnpiCollector

@Suite struct DeliveryPlanTests {
    static let start = HookFilterTests.at

    static func entry(
        _ number: Int, hook: String = "a", subject: String = "I-1", attempts: Int = 0, age: Duration = .zero,
        nextAt: Timestamp? = nil, lastStatus: Int? = nil, now: Timestamp = start
    ) -> OutboxEntry {
        OutboxEntry(
            id: "0-\(number)-0", hook: hook, subject: subject, type: "incident.opened", at: now - age, body: "{}",
            state: .waiting, attempts: attempts, nextAt: nextAt ?? now, lastStatus: lastStatus, superseded: 0, missed: 0
        )
    }

    /// A plan whose hooks have nothing left to recover from.
    static func plan(_ hooks: [String] = ["a"]) -> DeliveryPlan {
        var plan = DeliveryPlan(hooks: hooks, seed: 1, at: start)
        _ = plan.choose(
            from: plan.questions(at: start).map { ($0, []) }, openIncidents: [], at: start)
        return plan
    }

    /// What begins when the store holds `entries`.
    static func choose(
        _ plan: inout DeliveryPlan, _ entries: [OutboxEntry], open: Set<String> = [], at now: Timestamp
    ) -> [String] {
        let found = plan.questions(at: now).map { question in
            (question: question, entries: entries.filter { $0.hook == question.hook })
        }
        return plan.choose(from: found, openIncidents: open, at: now).map(\.id)
    }

    // MARK: Schedule

    @Test(arguments: [(1, 5), (2, 30), (3, 120)])
    func firstDelaysAreFixed(attempts: Int, seconds: Int) {
        var random = SeededGenerator(seed: 1)
        #expect(DeliverySchedule.delay(after: attempts, using: &random) == .seconds(seconds))
    }

    @Test func laterDelaysAreTenMinutesWithJitter() {
        var random = SeededGenerator(seed: 1)
        let delays = (4..<200).map { DeliverySchedule.delay(after: $0, using: &random) }
        #expect(delays.allSatisfy { $0 >= .seconds(480) && $0 <= .seconds(720) })
        #expect(Set(delays).count > 150)
    }

    @Test(arguments: [
        (200, DeliveryResult.delivered(status: 200)), (204, .delivered(status: 204)),
        (301, .refused(status: 301)), (307, .refused(status: 307)), (400, .refused(status: 400)),
        (401, .refused(status: 401)), (404, .refused(status: 404)), (410, .gone),
        (408, .unavailable(status: 408, retryAfter: nil)), (500, .unavailable(status: 500, retryAfter: nil)),
        (429, .unavailable(status: 429, retryAfter: .seconds(7))),
        (502, .unavailable(status: 502, retryAfter: .seconds(7))),
        (503, .unavailable(status: 503, retryAfter: .seconds(7))),
        (504, .unavailable(status: 504, retryAfter: .seconds(7))),
    ])
    func statusSaysHowAnAttemptEnded(status: Int, result: DeliveryResult) {
        #expect(DeliveryResult(status: status, retryAfter: .seconds(7)) == result)
    }

    @Test(arguments: [
        (Duration.seconds(60), Duration.seconds(60)), (.seconds(1), .seconds(5)), (.seconds(86_400), .seconds(600)),
    ])
    func retryAfterIsHonouredUpToTheLongestDelay(asked: Duration, waited: Duration) {
        var random = SeededGenerator(seed: 1)
        let attempt = DeliverySchedule.attempt(
            for: Self.entry(1), .unavailable(status: 503, retryAfter: asked), at: Self.start, using: &random)
        #expect(attempt == .failed(status: 503, nextAt: Self.start + waited))
    }

    @Test(arguments: [
        (3, Duration.seconds(86_400), false), (4, .seconds(86_399), false), (4, .seconds(86_400), true),
        (150, .seconds(86_400), true),
    ])
    func deliveryIsGivenUpAfterADayAndFiveAttempts(attempts: Int, age: Duration, isDead: Bool) {
        var random = SeededGenerator(seed: 1)
        let attempt = DeliverySchedule.attempt(
            for: Self.entry(1, attempts: attempts, age: age), .refused(status: 400), at: Self.start, using: &random)
        #expect((attempt == .dead(status: 400, at: Self.start)) == isDead)
    }

    // MARK: Choosing

    @Test func subjectGoesOutOneAtATime() {
        var plan = Self.plan()
        let first = Self.entry(1)
        #expect(Self.choose(&plan, [first, Self.entry(2, subject: "I-2")], at: Self.start) == ["0-1-0", "0-2-0"])
        // The store gives the next of the subject as its head, since the first was superseded on its way.
        let second = Self.entry(3)
        _ = plan.judge(Self.entry(2, subject: "I-2"), .delivered(status: 200), at: Self.start)
        plan.settled(Self.entry(2, subject: "I-2"))
        #expect(Self.choose(&plan, [second], at: Self.start) == [])
        _ = plan.judge(first, .delivered(status: 200), at: Self.start)
        #expect(Self.choose(&plan, [second], at: Self.start) == [], "judged is not yet recorded")
        plan.settled(first)
        #expect(Self.choose(&plan, [second], at: Self.start) == ["0-3-0"])
    }

    @Test func slowHookLeavesThreadsToTheOthers() {
        var plan = Self.plan(["a", "b"])
        let entries = (1...9).map { Self.entry($0, hook: "a", subject: "I-\($0)") }
        #expect(Self.choose(&plan, entries, at: Self.start).count == 2)
        #expect(plan.questions(at: Self.start).map(\.hook) == ["b"])
        #expect(Self.choose(&plan, [Self.entry(20, hook: "b")], at: Self.start) == ["0-20-0"])
    }

    @Test func hooksThatDoNotAnswerLeaveAThread() {
        let names = ["a", "b", "c", "d", "e"]
        var plan = Self.plan(names)
        for name in names.dropLast() {
            let entry = Self.entry(1, hook: name)
            _ = Self.choose(&plan, [entry], at: Self.start)
            _ = plan.judge(entry, .unavailable(status: nil, retryAfter: nil), at: Self.start)
            plan.settled(entry)
        }
        let later = Self.start + .seconds(5)
        let entries = names.enumerated().map { Self.entry($0.offset, hook: $0.element) }
        #expect(Self.choose(&plan, Array(entries.dropLast()), at: later).count == 3)
        #expect(Self.choose(&plan, entries, at: later) == ["0-4-0"])
    }

    @Test func hookThatDoesNotAnswerIsLeftAlone() {
        var plan = Self.plan()
        var now = Self.start
        var pauses: [Int64] = []
        for number in 1...6 {
            let entry = Self.entry(number, subject: "I-\(number)")
            #expect(Self.choose(&plan, [entry], at: now) == [entry.id])
            let verdict = plan.judge(entry, .unavailable(status: nil, retryAfter: nil), at: now)
            plan.settled(entry)
            #expect(verdict.news == (number == 1 ? .beganFailing : .nothing))
            #expect(plan.state(of: "a") == .retrying)
            let next = plan.nextLook(after: now) ?? now
            #expect(Self.choose(&plan, [Self.entry(9, subject: "I-9")], at: next - .milliseconds(1)) == [])
            pauses.append((next - now).wholeSeconds)
            now = next
        }
        #expect(pauses == [5, 10, 20, 40, 60, 60])
    }

    @Test func hookThatRecoversHearsNewestOpenIncidentsFirstTenASecond() {
        var plan = Self.plan()
        let probe = Self.entry(1)
        _ = Self.choose(&plan, [probe], at: Self.start)
        _ = plan.judge(probe, .unavailable(status: 500, retryAfter: nil), at: Self.start)
        plan.settled(probe)
        let back = Self.start + .seconds(5)
        _ = Self.choose(&plan, [probe], at: back)
        #expect(plan.judge(probe, .delivered(status: 200), at: back).news == .recovered)
        plan.settled(probe)
        #expect(plan.state(of: "a") == .ok)

        // All wait for a later time, because nobody answered before.
        var waiting = (2...31).map {
            Self.entry($0, subject: "I-\($0)", attempts: 4, nextAt: back + .seconds(500), lastStatus: 503)
        }
        waiting.append(Self.entry(40, subject: "site.contact x", attempts: 1, nextAt: back + .seconds(500)))
        waiting.append(
            Self.entry(41, subject: "I-41", attempts: 4, nextAt: back + .seconds(500), lastStatus: 400))
        let open: Set<String> = ["I-3", "I-20", "I-41"]
        var sent: [(id: String, at: Timestamp)] = []
        var now = back
        while sent.count < 31, now < back + .seconds(60) {
            for id in Self.choose(&plan, waiting, open: open, at: now) {
                sent.append((id, now))
                guard let index = waiting.firstIndex(where: { $0.id == id }) else { continue }
                let entry = waiting.remove(at: index)
                _ = plan.judge(entry, .delivered(status: 200), at: now)
                plan.settled(entry)
            }
            now = plan.nextLook(after: now) ?? now + .milliseconds(10)
        }
        #expect(sent.prefix(2).map(\.id) == ["0-20-0", "0-3-0"], "the open one that was refused keeps its own time")
        #expect(sent.count == 31)
        #expect(zip(sent, sent.dropFirst(10)).allSatisfy { $1.at - $0.at >= .seconds(1) })
        #expect(Self.choose(&plan, waiting, open: open, at: now) == [])
        #expect(plan.questions(at: now).map(\.isRecovering) == [false])
    }

    @Test func refusedDeliveryDoesNotHoldTheHookUp() {
        var plan = Self.plan()
        let refused = Self.entry(1)
        _ = Self.choose(&plan, [refused], at: Self.start)
        #expect(plan.judge(refused, .refused(status: 400), at: Self.start).news == .nothing)
        plan.settled(refused)
        #expect(plan.state(of: "a") == .retrying)
        #expect(Self.choose(&plan, [Self.entry(2, subject: "I-2")], at: Self.start) == ["0-2-0"])
        _ = plan.judge(Self.entry(2, subject: "I-2"), .delivered(status: 204), at: Self.start)
        #expect(plan.state(of: "a") == .ok)
    }

    @Test func hookThatIsGoneGetsNothingUntilTheNextStart() {
        var plan = Self.plan()
        let entry = Self.entry(1)
        _ = Self.choose(&plan, [entry], at: Self.start)
        let verdict = plan.judge(entry, .gone, at: Self.start)
        plan.settled(entry)
        #expect(verdict == .init(attempt: .failed(status: 410, nextAt: Self.start + .seconds(600)), news: .disabled))
        #expect(plan.state(of: "a") == .disabled)
        #expect(Self.choose(&plan, [Self.entry(2)], at: Self.start + .seconds(1_000_000)) == [])

        var restarted = DeliveryPlan(hooks: ["a"], seed: 1, at: Self.start)
        let waiting = Self.entry(1, attempts: 1, nextAt: Self.start + .seconds(600), lastStatus: 410)
        #expect(Self.choose(&restarted, [waiting], at: Self.start) == ["0-1-0"])
    }
}
