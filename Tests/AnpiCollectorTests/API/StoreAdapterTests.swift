import AnpiDigest
import AnpiEngine
import AnpiModel
import AnpiStore
import AnpiStoreSQLite
import Foundation
import Testing

@testable import AnpiCollector

/// The people's door on a real database.
struct StoreAdapterTests {
    private static let now = DoorFixture.now

    /// A database in a folder of its own, and threads for it, gone after `body`.
    private func withStore(_ body: (SQLiteDatabase, StoreThreads, String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("anpi-api-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("anpi.sqlite").path
        let database = try SQLiteDatabase.open(path)
        _ = try Migrations().migrate(database)
        let threads = StoreThreads(threads: 2)
        do { try await body(database, threads, path) } catch {
            await threads.stop()
            throw error
        }
        await threads.stop()
    }

    private static func record(_ name: String, _ role: Role) -> TokenRecord {
        TokenRecord(
            id: String((name + "aaaaaaaaaaaa").prefix(12)), role: role, label: name, createdAt: now,
            digest: SHA256.hash(Array(name.utf8)))
    }

    private static let records: [TokenRecord] = {
        var coordinator = record("coord", .coordinator)
        coordinator.offices = ["hmm", "shz"].map { OfficeID(trusted: $0) }
        var engineer = record("engin", .engineer)
        engineer.engineer = EngineerID(trusted: "eng-3")
        engineer.label = ""
        var agent = record("agent", .agent)
        agent.agent = AgentID(trusted: "shz-0041-server")
        agent.expiresAt = now + .seconds(60)
        var address = record("zping", .ping)
        address.ping = PingPlace(site: SiteID(trusted: "shz-0041"), tier: .external)
        return [record("admin", .admin), agent, coordinator, engineer, record("pingk", .ping), address]
            .sorted { ($0.ping == nil ? 0 : 1, $0.id) < ($1.ping == nil ? 0 : 1, $1.id) }
    }()

    @Test func tokensComeBackAsTheyWereMade() async throws {
        try await withStore { database, threads, path in
            let keeper = StoreTokenKeeper(database, threads: threads)
            #expect(try await keeper.all() == TokenSet(revision: 0, records: []))
            for record in Self.records { try await keeper.insert(record) }
            let set = try await keeper.all()
            #expect(set.records == Self.records)
            #expect(set.revision == Int64(Self.records.count))
            #expect(try await keeper.revision() == set.revision)
            // After a restart too.
            try database.close()
            let again = try SQLiteDatabase.open(path)
            #expect(try await StoreTokenKeeper(again, threads: threads).all() == set)
            try again.close()
        }
    }

    @Test func aTokenIsRevokedOnceAndNeverMadeTwice() async throws {
        try await withStore { database, threads, _ in
            let keeper = StoreTokenKeeper(database, threads: threads)
            for record in Self.records { try await keeper.insert(record) }
            let before = try await keeper.revision()
            for record in Self.records {
                #expect(try await keeper.revoke(id: record.id, at: Self.now))
                #expect(try await !keeper.revoke(id: record.id, at: Self.now))
            }
            #expect(try await !keeper.revoke(id: "bbbbbbbbbbbb", at: Self.now))
            let set = try await keeper.all()
            #expect(set.revision == before + Int64(Self.records.count))
            #expect(set.records.allSatisfy { $0.revokedAt == Self.now })
            await #expect { try await keeper.insert(Self.records[0]) } throws: { error in
                (error as? CollectorError)?.code == .storeFailed
            }
        }
    }

    private static func draft(_ kind: String, _ minutes: Int, site: String? = "shz-0041", task: String? = nil)
        -> JournalDraft
    {
        JournalDraft(at: now + .seconds(minutes * 60), kind: kind, site: site, task: task, body: #"{"m":\#(minutes)}"#)
    }

    /// Four entries and two closed spans of contact.
    private func commit(_ database: SQLiteDatabase, outbox: [OutboxDraft] = []) throws {
        var step = DecidedStep(previousJournalSeq: 0, cursors: Cursors(), engineTime: Self.now)
        step.journal = [
            Self.draft("site.contact", 0), Self.draft("task.drafted", 1, task: "T-1"),
            Self.draft("site.contact", 2, site: "hmm-0001"), Self.draft("blind.began", 3, site: nil),
        ]
        step.history = [
            (Contact.reporting, 0, 5), (.silent, 5, 9), (.late, 9, 10),
        ].map { contact, from, to in
            .contact(
                .init(
                    subject: "shz-0041", isSite: true, contact: contact, from: Self.now + .seconds(from * 60),
                    to: Self.now + .seconds(to * 60)))
        }
        step.outbox = outbox
        _ = try Decided(database).commit(step)
    }

    @Test func theJournalIsReadUpwardsDownwardsAndFiltered() async throws {
        try await withStore { database, threads, _ in
            let journal = StoreJournal(database, threads: threads, hub: LiveHub(clock: NeverClock()))
            #expect(try await journal.tail() == 0)
            try commit(database)
            #expect(try await journal.tail() == 4)
            #expect(try await journal.read(after: 1, limit: 2, filter: JournalFilter()).map(\.number) == [2, 3])
            #expect(
                try await journal.newest(before: nil, limit: 3, filter: JournalFilter()).map(\.number) == [4, 3, 2])
            #expect(try await journal.newest(before: 3, limit: 9, filter: JournalFilter()).map(\.number) == [2, 1])
            let site = JournalFilter(site: SiteID(trusted: "shz-0041"))
            #expect(try await journal.newest(before: nil, limit: 9, filter: site).map(\.number) == [2, 1])
            let task = try #require(
                try await journal.read(after: 0, limit: 9, filter: JournalFilter(task: TaskID(1))).first)
            #expect(
                task
                    == JournalLine(
                        number: 2, at: Self.now + .seconds(60), kind: "task.drafted",
                        site: SiteID(trusted: "shz-0041"), task: TaskID(1), body: #"{"m":1}"#))
            let kinds = JournalFilter(kinds: ["site.contact", "blind.began"])
            #expect(try await journal.read(after: 0, limit: 9, filter: kinds).map(\.number) == [1, 3, 4])
            let check = try await journal.verify()
            #expect(check.entries == 4 && check.firstBad == nil && check.head.utf8.count == 64)
        }
    }

    @Test(.timeLimit(.minutes(1))) func oneWalkAlongTheJournalAtATimeAndNeverOnTheThreadsOfOthers() async throws {
        try await withStore { database, threads, _ in
            try commit(database)
            let journal = StoreJournal(database, threads: threads, hub: LiveHub(clock: NeverClock()))
            let (begun, began) = AsyncStream<Void>.makeStream()
            let gate = DispatchSemaphore(value: 0)
            async let long = threads.runAlone {
                began.yield()
                gate.wait()
                return true
            }
            _ = await begun.first { true }
            await #expect { _ = try await journal.verify() } throws: { error in
                let problem = Problem(about: error)
                return problem.status == 429 && problem.retryAfterSeconds != nil
            }
            // The rest of the store answers meanwhile.
            #expect(try await journal.tail() == 4)
            gate.signal()
            #expect(try await long == true)
            #expect(try await journal.verify().entries == 4)
        }
    }

    @Test func contactIsReadNewestFirstInPages() async throws {
        try await withStore { database, threads, _ in
            try commit(database)
            let journal = StoreJournal(database, threads: threads, hub: LiveHub(clock: NeverClock()))
            let site = SiteID(trusted: "shz-0041")
            let all = try await journal.contacts(of: site, after: nil, limit: 9)
            #expect(all.map(\.contact) == [.late, .silent, .reporting])
            #expect(
                all[1] == ContactSpan(contact: .silent, from: Self.now + .seconds(300), to: Self.now + .seconds(540)))
            #expect(try await journal.contacts(of: site, after: all[0], limit: 1) == [all[1]])
            #expect(try await journal.contacts(of: SiteID(trusted: "hmm-0001"), after: nil, limit: 9).isEmpty)
            #expect(try await journal.months(of: site).isEmpty)
            var place: HistoryFolding.Place? = .start
            while let here = place { place = try HistoryFolding(database).step(after: here, before: .distantFuture) }
            #expect(try await journal.contacts(of: site, after: nil, limit: 9).isEmpty)
            #expect(try await journal.months(of: site).map(\.milliseconds) == [240_000, 300_000, 60_000])
        }
    }

    @Test func whatHappensAtTheDoorHasAChainOfItsOwn() async throws {
        try await withStore { database, threads, _ in
            try commit(database)
            let now = Self.now
            let door = StoreDoorJournal(database, writer: "w1", threads: threads, now: { now })
            try await door.record(kind: "door.signedIn", actor: "Suzuki", body: ["token": "abc"])
            let own = try Journal(database).read("door-w1")
            #expect(own.map(\.kind) == ["door.signedIn"])
            #expect(own.first?.body == #"{"actor":"Suzuki","token":"abc"}"#)
            #expect(try Journal(database).head().seq == 4)
        }
    }

    @Test func deadDeliveriesAreListedAndTriedAgain() async throws {
        try await withStore { database, threads, _ in
            let drafts = (0..<3).map { index in
                OutboxDraft(
                    journalIndex: index, hook: "chat", subject: "s-\(index)", type: "site.contact", at: Self.now,
                    body: "{}", replacesWaiting: false)
            }
            try commit(database, outbox: drafts)
            let now = Self.now
            let summary = HookSummary(
                name: "chat", host: "chat.example.org", events: ["site.contact"], offices: [OfficeID(trusted: "shz")])
            let outbox = OutboxAdministration(
                database, hooks: { [summary] }, threads: threads, now: { now })
            let waiting = try await outbox.deliveries(state: "waiting", after: nil, limit: 2)
            #expect(waiting.items.count == 2)
            let rest = try await outbox.deliveries(state: "waiting", after: waiting.next, limit: 2)
            #expect(rest.items.count == 1)
            #expect(rest.next == nil)
            let id = try #require(try Outbox(database).list(.waiting, after: nil, limit: 1).first).id
            #expect(try await outbox.retry(id: id) == false)
            #expect(try await outbox.retry(id: "0-99-0") == nil)
            _ = try Outbox(database).record(id, .dead(status: 500, at: Self.now))
            #expect(try await outbox.deliveries(state: "dead", after: nil, limit: 9).items.count == 1)
            #expect(
                try await outbox.hooks().first?.text
                    == #"{"name":"chat","url":"chat.example.org","events":["site.contact"],"offices":["shz"],"#
                    + #""waiting":2,"dead":1,"state":"ok"}"#)
            #expect(try await outbox.retry(id: id) == true)
            #expect(try await outbox.deliveries(state: "dead", after: nil, limit: 9).items.isEmpty)
        }
    }
}
