import AnpiDigest
import AnpiEngine
import AnpiHazards
import AnpiModel
import AnpiStore
import Synchronization

@testable import AnpiCollector

/// A real engine without a log around it.
final class FakeEngine: EngineReading {
    private let engine = Mutex(Engine())
    let refusal = Mutex<CollectorError.Code?>(nil)

    func importFleet(_ fleet: Fleet) {
        let actor = Command.Actor(name: "admin", role: .admin)
        let command = Command(
            operation: TokenText.randomUUID(), bodyDigest: [], actor: actor, receivedAt: DoorFixture.now,
            change: .importFleet(fleet))
        change { engine, step in engine.apply(.command(command), at: DoorFixture.now, into: &step) }
    }

    /// Lets the engine live: inputs, time.
    func change(_ body: (inout Engine, inout Step) -> Void) {
        engine.withLock { engine in
            var step = Step()
            body(&engine, &step)
        }
    }

    func read<R: Sendable>(_ body: @escaping @Sendable (Engine) -> R) async throws -> R {
        if let code = refusal.withLock({ $0 }) { throw CollectorError(code) }
        return body(engine.withLock { $0 })
    }
}

/// Answers every command with one outcome, the same key with the same answer.
final class FakeCommands: CommandSubmitting {
    let seen = Mutex<[Command]>([])
    let status = Mutex(200)
    let refusal = Mutex<CollectorError.Code?>(nil)

    func submit(_ command: Command) async throws -> Outcome {
        if let code = refusal.withLock({ $0 }) { throw CollectorError(code) }
        let known = seen.withLock { seen in seen.first { $0.operation == command.operation } }
        if let known, known.bodyDigest != command.bodyDigest { throw CollectorError(.operationReused) }
        if known == nil { seen.withLock { $0.append(command) } }
        let status = status.withLock { $0 }
        return Outcome(
            operation: command.operation, bodyDigest: command.bodyDigest, status: status,
            body: status >= 400 ? Problem(.conflict, "Someone else has it.").json : ["id": "T-1", "version": 3],
            version: status >= 400 ? nil : 3)
    }
}

final class FakeBeats: BeatReceiving {
    struct Seen: Equatable {
        var agent: String?
        var place: String?
        var kind: Ping.Kind?
        var run: String?
        var bytes: Int
    }

    let seen = Mutex<[Seen]>([])

    func heartbeats(body: [UInt8], encoding: String?, token: AuthenticatedAgent?) async -> WireAnswer {
        seen.withLock { $0.append(Seen(agent: token?.agent.text, bytes: body.count)) }
        return WireAnswer(status: 200, headers: [.init("content-type", "application/json")], body: Array("{}".utf8))
    }

    func ping(site: SiteID, tier: CopyTier, kind: Ping.Kind, run: String?, body: [UInt8]) async -> WireAnswer {
        seen.withLock {
            $0.append(Seen(place: "\(site) \(tier.rawValue)", kind: kind, run: run, bytes: body.count))
        }
        return WireAnswer(
            status: 200, headers: [.init("content-type", "text/plain; charset=utf-8")], body: Array("OK".utf8))
    }
}

/// A journal in memory; streams come from a hub.
final class FakeJournal: JournalReading {
    let lines = Mutex<[JournalLine]>([])
    /// Of whatever site, newest first.
    let spans = Mutex<[ContactSpan]>([])
    let blind = Mutex<[Input.Span]>([])
    let subscriptions: AsyncStream<LiveSubscription>
    private let subscribed: AsyncStream<LiveSubscription>.Continuation
    private let hub: LiveHub

    init(hub: LiveHub) {
        self.hub = hub
        (subscriptions, subscribed) = AsyncStream.makeStream()
    }

    func add(_ number: Int64, _ name: DecisionName, site: String, at: Timestamp = DoorFixture.now) {
        let body = Self.text(name, site: site, at: at)
        lines.withLock {
            $0.append(
                JournalLine(number: number, at: at, kind: name.rawValue, site: SiteID(trusted: site), body: body))
        }
    }

    static func text(_ name: DecisionName, site: String, at: Timestamp = DoorFixture.now) -> String {
        Decision(at: at, name: name, details: [.init("site", .string(site)), .init("to", "silent")]).json.text
    }

    private func matching(_ filter: JournalFilter) -> [JournalLine] {
        lines.withLock { $0 }.filter { line in
            (filter.site == nil || filter.site == line.site)
                && (filter.task == nil || filter.task == line.task)
                && (filter.incident == nil || filter.incident == line.incident)
                && (filter.kinds.isEmpty || filter.kinds.contains(line.kind))
        }
    }

    func read(after: Int64, limit: Int, filter: JournalFilter) async throws -> [JournalLine] {
        Array(matching(filter).filter { $0.number > after }.prefix(limit))
    }

    func newest(before: Int64?, limit: Int, filter: JournalFilter) async throws -> [JournalLine] {
        Array(matching(filter).filter { $0.number < before ?? .max }.reversed().prefix(limit))
    }

    func contacts(of site: SiteID, after last: ContactSpan?, limit: Int) async throws -> [ContactSpan] {
        let rest = spans.withLock { $0 }.filter { span in
            last.map { (span.from, span.contact.rawValue) < ($0.from, $0.contact.rawValue) } ?? true
        }
        return Array(rest.prefix(limit))
    }

    func contacts(of site: SiteID, since: Timestamp) async throws -> [ContactSpan] {
        spans.withLock { $0 }.filter { $0.to > since }
    }

    func months(of site: SiteID) async throws -> [ContactMonth] { [] }

    func blindTimes(since: Timestamp) async throws -> [Input.Span] { blind.withLock { $0 }.filter { $0.to > since } }

    func verify() async throws -> JournalCheck { JournalCheck(entries: 3, erased: 1, head: "ab", firstBad: nil) }

    func tail() async throws -> Int64 { lines.withLock { $0.last?.number ?? 0 } }

    func committed() throws(CollectorError) -> LiveSubscription {
        let subscription = try hub.subscribe()
        subscribed.yield(subscription)
        return subscription
    }
}

struct FakeHooks: HookAdministration {
    func hooks() async throws -> [JSON] { [["name": "chat", "state": "ok"]] }

    func readings() async throws -> [HookReading] {
        var tally = HookTally()
        (tally.delivered, tally.failed) = (7, 2)
        return [HookReading(name: "chat", waiting: 3, dead: 1, tally: tally)]
    }

    func deliveries(state: String, after cursor: String?, limit: Int) async throws
        -> (items: [JSON], next: String?)
    { ([], nil) }

    func retry(id: String) async throws -> Bool? {
        switch id {
        case "0-7-0": true
        case "0-8-0": false
        default: nil
        }
    }
}

/// Photos in memory.
final class FakePhotos: PhotoKeeping {
    let kept = Mutex<[String: [UInt8]]>([:])

    func keep(_ bytes: [UInt8], digest: [UInt8], of task: TaskID) async throws {
        kept.withLock { $0["\(task) \(Hexadecimal.encode(digest))"] = bytes }
    }

    func bytes(_ digest: [UInt8], of task: TaskID) async throws -> [UInt8]? {
        kept.withLock { $0["\(task) \(Hexadecimal.encode(digest))"] }
    }
}

/// What the doors wrote down.
final class FakeAudit: DoorJournaling {
    struct Seen: Equatable {
        var kind: String
        var actor: String
        var body: String
    }

    let seen = Mutex<[Seen]>([])

    func record(kind: String, actor: String, body: JSON) async throws {
        seen.withLock { $0.append(Seen(kind: kind, actor: actor, body: body.text)) }
    }
}

/// Tokens in memory.
final class MemoryTokens: TokenKeeping {
    private let set = Mutex(TokenSet(revision: 0, records: []))

    func revision() async throws -> Int64 { set.withLock { $0.revision } }

    func all() async throws -> TokenSet { set.withLock { $0 } }

    func insert(_ record: TokenRecord) async throws {
        try set.withLock { set in
            // As the store's primary key does it.
            if set.records.contains(where: { $0.id == record.id }) { throw CollectorError(.storeFailed) }
            set.records.append(record)
            set.revision += 1
        }
    }

    func revoke(id: String, at: Timestamp) async throws -> Bool {
        set.withLock { set in
            guard let index = set.records.firstIndex(where: { $0.id == id && $0.revokedAt == nil }) else {
                return false
            }
            set.records[index].revokedAt = at
            set.revision += 1
            return true
        }
    }
}

/// Keeps what was handed in and reads it for real.
final class FakeHazards: HazardReceiving {
    let seen = Mutex<[[UInt8]]>([])

    func receive(_ bytes: [UInt8], name: String?) async throws -> HazardReceipt {
        seen.withLock { $0.append(bytes) }
        let digest = SHA256.hash(bytes)
        do throws(HazardError) {
            let message = try HazardParser.parse(bytes, receivedAt: DoorFixture.now, fileName: name)
            return HazardReceipt(digest: digest, outcome: .parsed(message))
        } catch {
            return HazardReceipt(digest: digest, outcome: .quarantined(reason: error.reason))
        }
    }

    func raw(_ digest: [UInt8]) async throws -> [UInt8]? {
        seen.withLock { seen in seen.first { SHA256.hash($0) == digest } }
    }
}
