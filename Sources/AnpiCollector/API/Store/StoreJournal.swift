import AnpiDigest
package import AnpiEngine
package import AnpiModel
package import AnpiStore

/// The journal in the store, and the stream of the hub that commits are published to.
package struct StoreJournal: JournalReading {
    private let database: any SQLDatabase
    private let lane: Int
    private let journal: Journal
    private let history: History
    private let folding: HistoryFolding
    private let threads: StoreThreads
    private let hub: LiveHub

    /// What those are told to wait who ask for a walk while another one is under way.
    static let verifyAgainSeconds = 10

    package init(_ database: any SQLDatabase, lane: Int = 0, threads: StoreThreads, hub: LiveHub) {
        self.database = database
        self.lane = lane
        self.journal = Journal(database, lane: lane)
        self.history = History(database, lane: lane)
        folding = HistoryFolding(database, lane: lane)
        self.threads = threads
        self.hub = hub
    }

    package func read(after: Int64, limit: Int, filter: JournalFilter) async throws -> [JournalLine] {
        try await threads.answer { [journal] in
            try journal.read(after: after, limit: limit, filter: Self.filter(filter)).map(Self.line(of:))
        }
    }

    package func newest(before: Int64?, limit: Int, filter: JournalFilter) async throws -> [JournalLine] {
        try await threads.answer { [journal] in
            try journal.readBackwards(before: before ?? .max, limit: limit, filter: Self.filter(filter))
                .map(Self.line(of:))
        }
    }

    package func contacts(of site: SiteID, after last: ContactSpan?, limit: Int) async throws -> [ContactSpan] {
        try await threads.answer { [history] in
            let last = last.map {
                HistoryRecord.ContactInterval(
                    subject: site.text, isSite: true, contact: $0.contact, from: $0.from, to: $0.to)
            }
            return try history.contacts(of: site.text, isSite: true, after: last, limit: limit)
                .map { ContactSpan(contact: $0.contact, from: $0.from, to: $0.to) }
        }
    }

    package func contacts(of site: SiteID, since: Timestamp) async throws -> [ContactSpan] {
        try await threads.answer { [history] in
            try history.contacts(of: site.text, isSite: true, since: since)
                .map { ContactSpan(contact: $0.contact, from: $0.from, to: $0.to) }
        }
    }

    package func months(of site: SiteID) async throws -> [ContactMonth] {
        try await threads.answer { [folding] in try folding.months(of: site.text, isSite: true) }
    }

    package func blindTimes(since: Timestamp) async throws -> [Input.Span] {
        try await threads.answer { [history] in
            try history.blindTimes(since: since).map { Input.Span(from: $0.from, to: $0.to) }
        }
    }

    package func verify() async throws -> JournalCheck {
        let check = try await threads.runAlone { [database, lane] in
            // All chains; the first bad line of any makes the journal bad, the head is that of the main chain.
            let chains = try Journal.verifyAll(database).filter { $0.lane == lane }
            return JournalCheck(
                entries: chains.reduce(0) { $0 + $1.verdict.entries },
                erased: chains.reduce(0) { $0 + $1.verdict.erased },
                head: Hexadecimal.encode(chains.first { $0.chain == Journal.main }?.verdict.head ?? []),
                firstBad: chains.lazy.compactMap(\.verdict.firstBad).first)
        }
        guard let check else {
            throw Problem(
                .tooManyRequests, "The journal is being verified already; one walk at a time. Ask again later.",
                retryAfterSeconds: Self.verifyAgainSeconds)
        }
        return check
    }

    package func tail() async throws -> Int64 {
        try await threads.answer { [journal] in try journal.head().seq }
    }

    package func committed() throws(CollectorError) -> LiveSubscription { try hub.subscribe() }

    private static func filter(_ filter: JournalFilter) -> Journal.Filter {
        Journal.Filter(
            site: filter.site?.text, incident: filter.incident?.description, task: filter.task?.description,
            kinds: filter.kinds)
    }

    private static func line(of entry: JournalEntry) -> JournalLine {
        JournalLine(
            number: entry.seq, at: entry.at, kind: entry.kind, site: entry.site.map { SiteID(trusted: $0) },
            incident: entry.incident.flatMap { IncidentID($0) }, task: entry.task.flatMap { TaskID($0) },
            actor: entry.actor, body: entry.body)
    }
}

/// This process's own chain of the journal: what happened at its doors.
package struct StoreDoorJournal: DoorJournaling {
    private let journal: Journal
    private let writer: String
    private let threads: StoreThreads
    private let now: @Sendable () -> Timestamp

    /// `writer` is the id of this incarnation of the process, as in the input log.
    package init(
        _ database: any SQLDatabase, lane: Int = 0, writer: String, threads: StoreThreads,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.journal = Journal(database, lane: lane)
        self.writer = writer
        self.threads = threads
        self.now = now
    }

    package func record(kind: String, actor: String, body: JSON) async throws {
        let draft = JournalDraft(at: now(), kind: kind, actor: actor, body: body.text)
        try await threads.answer { [journal, writer] in _ = try journal.append(door: writer, [draft]) }
    }
}
