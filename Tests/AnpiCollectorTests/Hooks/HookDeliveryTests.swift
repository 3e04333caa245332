import AnpiModel
import AnpiStore
import Foundation
import Synchronization
import Testing

@testable import AnpiCollector

/// The shell over a real store and a real receiver; time stands still unless a test moves it.
@Suite(.serialized) struct HookDeliveryTests {
    let bench: HookBench
    let sender = HookSender()

    init() throws { bench = try HookBench() }

    @Test func deliveryIsSignedOverIdTimeAndBody() throws {
        let receiver = try HookReceiver()
        defer { receiver.close() }
        var hook = try HookBench.hook(port: receiver.port, path: "/in?key=1")
        hook.secrets.append(try HookSecret("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"))
        try bench.commit(["I-1"])
        try bench.drain(bench.delivery([hook]), by: sender)

        let received = try #require(receiver.next())
        let seconds = bench.now.milliseconds / 1_000
        #expect(received.target == "/in?key=1")
        #expect(received.headers["content-type"] == "application/json")
        #expect(received.id == "0-1-0")
        #expect(received.headers["webhook-timestamp"] == "\(seconds)")
        let signatures = hook.secrets.map { $0.signature(id: "0-1-0", timestamp: seconds, body: received.body) }
        #expect(received.headers["webhook-signature"] == signatures.joined(separator: " "))
        #expect(received.text == #"{"type":"incident.changed","data":{"subject":"I-1"}}"#)
        #expect(try bench.outbox.find("0-1-0")?.state == .delivered)
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func privateAddressIsRefusedWhenItIsConnectedTo(host: String) throws {
        let receiver = try HookReceiver()
        defer { receiver.close() }
        let hook = try HookBench.hook(port: receiver.port, host: host, allowsPrivate: false)
        try bench.commit(["I-1"])
        let delivery = bench.delivery([hook])
        try bench.drain(delivery, by: sender)
        #expect(receiver.all.isEmpty)
        let entry = try #require(try bench.outbox.find("0-1-0"))
        #expect(entry.state == .waiting && entry.attempts == 1 && entry.lastStatus == nil)
        #expect(delivery.states() == ["a": .retrying])

        try bench.drain(bench.delivery([try HookBench.hook(port: receiver.port, host: host)]), by: HookSender())
        #expect(receiver.next()?.id == "0-1-0")
    }

    @Test func receiverThatWasDownHearsAllInOrder() throws {
        let first = try HookReceiver()
        let port = first.port
        first.close()
        let delivery = bench.delivery([try HookBench.hook(port: port)])
        var expected: [String: [String]] = [:]
        var count = 0
        func commit(_ subjects: [String]) throws {
            try bench.commit(subjects)
            for subject in subjects {
                count += 1
                expected[subject, default: []].append("0-\(count)-0")
            }
        }
        for minute in 0..<30 {
            if minute % 3 == 0 { try commit(["I-1", "I-2", "site.contact x", "I-1"]) }
            try bench.drain(delivery, by: sender)
            bench.advance(by: .seconds(60))
        }
        #expect(delivery.states() == ["a": .retrying])
        #expect(try bench.outbox.list(.delivered).isEmpty)

        let receiver = try HookReceiver(port: port)
        defer { receiver.close() }
        // It is noticed when the next delivery is due; then the rest follows at ten a second, whatever its own time.
        bench.advance(by: .seconds(720))
        for _ in 0..<400 {
            try bench.drain(delivery, by: sender)
            bench.advance(by: .milliseconds(100))
        }
        let received = receiver.all.map(\.id)
        #expect(received.count == count && Set(received).count == count)
        for (subject, ids) in expected {
            #expect(received.filter(ids.contains) == ids, "\(subject)")
        }
        #expect(delivery.states() == ["a": .ok])
        #expect(try bench.outbox.list(.waiting).isEmpty)
    }

    @Test func newestOpenIncidentIsHeardOfFirst() throws {
        let receiver = try HookReceiver()
        defer { receiver.close() }
        try bench.commit(
            ["I-1", "I-2", "I-3", "T-9"], states: ["I-1": "active", "I-2": "stable", "I-3": "closed"])
        let delivery = bench.delivery([try HookBench.hook(port: receiver.port)])
        for _ in 0..<10 {
            try bench.drain(delivery, by: sender)
            bench.advance(by: .milliseconds(100))
        }
        #expect(receiver.all.map(\.id) == ["0-2-0", "0-1-0", "0-4-0", "0-3-0"])
    }

    @Test func deliveryThatDiedUnrecordedIsSentAgainWithTheSameId() throws {
        let receiver = try HookReceiver()
        defer { receiver.close() }
        let hook = try HookBench.hook(port: receiver.port)
        let breaking = BreakingDatabase(bench.database)
        try bench.commit(["I-1"])
        let dying = bench.delivery([hook], over: breaking)
        let chosen = try dying.pick()
        #expect(chosen.count == 1)
        breaking.isBroken.store(true, ordering: .relaxed)
        dying.stop()
        for entry in chosen { dying.deliver(entry, by: sender, pause: Doorbell()) }

        bench.advance(by: .seconds(3))
        try bench.drain(bench.delivery([hook]), by: HookSender())
        let first = try #require(receiver.next())
        let second = try #require(receiver.next())
        #expect(first.id == "0-1-0" && second.id == first.id && second.body == first.body)
        #expect(first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"])
        #expect(try bench.outbox.find("0-1-0")?.state == .delivered)
    }

    @Test func newerStateGoesOutInPlaceOfTheOneThatWaits() throws {
        let first = try HookReceiver { _ in HookReceiver.status(503) }
        let port = first.port
        let delivery = bench.delivery([try HookBench.hook(port: port)])
        try bench.commit(["site.contact x"], replacing: true)
        try bench.drain(delivery, by: sender)
        first.close()
        try bench.commit(["site.contact x"], replacing: true)
        try bench.commit(["site.contact x"], replacing: true)
        let receiver = try HookReceiver(port: port)
        defer { receiver.close() }
        bench.advance(by: .seconds(5))
        try bench.drain(delivery, by: sender)
        #expect(receiver.all.map(\.id) == ["0-3-0"])
        #expect(receiver.all.first?.text.hasSuffix(#","superseded":2}"#) == true)
    }

    @Test func deliveryThatWasReplacedSinceItWasFoundStaysBehind() throws {
        let receiver = try HookReceiver()
        defer { receiver.close() }
        let delivery = bench.delivery([try HookBench.hook(port: receiver.port)])
        try bench.commit(["site.contact x"], replacing: true)
        let chosen = try delivery.pick()
        try bench.commit(["site.contact x"], replacing: true)
        for entry in chosen { delivery.deliver(entry, by: sender, pause: Doorbell()) }
        bench.advance(by: .seconds(1))
        try bench.drain(delivery, by: sender)
        #expect(chosen.map(\.id) == ["0-1-0"])
        #expect(receiver.all.map(\.id) == ["0-2-0"])
    }

    @Test func subjectGoesOnAfterOneWasGivenUp() throws {
        let refusing = Atomic(true)
        let receiver = try HookReceiver { _ in
            HookReceiver.status(refusing.load(ordering: .relaxed) ? 400 : 200)
        }
        defer { receiver.close() }
        let delivery = bench.delivery([try HookBench.hook(port: receiver.port)])
        try bench.commit(["I-1", "I-1"])
        for _ in 0..<(25 * 60) {
            try bench.drain(delivery, by: sender)
            bench.advance(by: .seconds(60))
            if try bench.outbox.find("0-1-0")?.state == .dead { refusing.store(false, ordering: .relaxed) }
        }
        #expect(try bench.outbox.find("0-1-0")?.state == .dead)
        let last = try #require(receiver.all.last)
        #expect(last.id == "0-2-0" && last.text.hasSuffix(#","missed":1}"#))
        let attempts = receiver.all.count { $0.id == "0-1-0" }
        #expect((140...180).contains(attempts), "\(attempts)")
        let tally = try #require(delivery.tallies()["a"])
        #expect(tally.delivered == 1 && tally.dead == 1 && tally.failed == Int64(receiver.all.count) - 2)
    }

    @Test func redirectIsNotFollowed() throws {
        let receiver = try HookReceiver { _ in HookReceiver.status(302, "Location: /elsewhere") }
        defer { receiver.close() }
        try bench.commit(["I-1"])
        try bench.drain(bench.delivery([try HookBench.hook(port: receiver.port)]), by: sender)
        #expect(receiver.all.map(\.target) == ["/"])
        #expect(try bench.outbox.find("0-1-0")?.lastStatus == 302)
    }

    @Test func goneReceiverIsDisabledAndItsDeliveriesWait() throws {
        let receiver = try HookReceiver { _ in HookReceiver.status(410) }
        defer { receiver.close() }
        try bench.commit(["I-1", "I-2"])
        let delivery = bench.delivery([try HookBench.hook(port: receiver.port)])
        try bench.drain(delivery, by: sender)
        bench.advance(by: .seconds(86_400))
        try bench.drain(delivery, by: sender)
        #expect(receiver.all.count == 1)
        #expect(delivery.states() == ["a": .disabled])
        #expect(try bench.outbox.counts() == [OutboxCount(hook: "a", waiting: 2, dead: 0)])
    }

    @Test func receiverIsLeftAloneForAsLongAsItAsks() throws {
        let receiver = try HookReceiver { _ in HookReceiver.status(429, "Retry-After: 90") }
        defer { receiver.close() }
        try bench.commit(["I-1", "I-2"])
        let delivery = bench.delivery([try HookBench.hook(port: receiver.port)])
        try bench.drain(delivery, by: sender)
        let before = receiver.all.count
        bench.advance(by: .milliseconds(89_999))
        try bench.drain(delivery, by: sender)
        #expect(receiver.all.count == before)
        bench.advance(by: .milliseconds(1))
        try bench.drain(delivery, by: sender)
        #expect(receiver.all.count == before + 1)
    }

    @Test func whatWasFoundAgainWhileItWasUnderWayDoesNotHoldBackTheNext() throws {
        let receiver = try HookReceiver()
        defer { receiver.close() }
        let delivery = bench.delivery([try HookBench.hook(port: receiver.port)])
        try bench.commit(["I-1"])
        let chosen = try delivery.pick()
        bench.advance(by: .milliseconds(100))
        #expect(try delivery.pick().isEmpty, "it is under way")
        for entry in chosen { delivery.deliver(entry, by: sender, pause: Doorbell()) }
        try bench.commit(["I-1"])
        #expect(try delivery.pick().map(\.id) == ["0-2-0"])
    }

    @Test func threadsCarryOutWhatIsCommittedAndEndInOrder() throws {
        let receiver = try HookReceiver()
        defer { receiver.close() }
        let delivery = bench.delivery([try HookBench.hook(port: receiver.port)])
        delivery.begin()
        for number in 1...3 {
            try bench.commit(["I-1"])
            delivery.wake()
            #expect(receiver.next()?.id == "0-\(number)-0")
            bench.advance(by: .seconds(1))
        }
        #expect(delivery.stop(waitingAtMost: .seconds(60)))
        #expect(try bench.outbox.counts().isEmpty)
    }

    @Test func hooksThatAreReadAgainCountAtOnceAndMistakesChangeNothing() throws {
        let old = try HookReceiver { _ in HookReceiver.status(410) }
        let new = try HookReceiver()
        defer {
            old.close()
            new.close()
        }
        let path = NSTemporaryDirectory() + "anpi-hooks-\(UUID().uuidString).toml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        func write(_ port: UInt16, _ more: String = "") throws {
            let text = """
                [[hook]]
                name = "a"
                url = "http://127.0.0.1:\(port)/"
                secret = "\(HookConfigurationTests.secret)"
                allow_private = true
                \(more)
                """
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        try write(old.port)
        let configured = try HookConfiguration.load(path).hooks
        let hooks = HookSet(configured)
        let delivery = bench.delivery(configured)
        defer { delivery.stop(waitingAtMost: .seconds(60)) }
        try bench.commit(["I-1"])
        try bench.drain(delivery, by: sender)
        #expect(delivery.states() == ["a": .disabled])

        try write(new.port, "colour = 1")
        #expect(throws: TOMLMistakes.self) { try hooks.reload(from: path, into: delivery) }
        #expect(delivery.states() == ["a": .disabled])

        try write(new.port)
        // The threads begin with it and carry out what waits.
        bench.advance(by: .seconds(86_400))
        try hooks.reload(from: path, into: delivery)
        #expect(new.next()?.id == "0-1-0")
        #expect(hooks.summaries.map(\.name) == ["a"])
    }

    @Test func withoutHooksThereIsNothingToStop() {
        let delivery = bench.delivery([])
        delivery.begin()
        #expect(delivery.stop())
        #expect(delivery.states().isEmpty)
    }
}
