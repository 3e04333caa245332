package import AnpiModel
package import AnpiStore

/// What people may know of a hook: never its secret, of its address only the host.
package struct HookSummary: Hashable, Sendable {
    package var name: String
    package var host: String
    /// The events it asks for; empty is all.
    package var events: [String]
    /// The offices it is limited to; nil is all.
    package var offices: [OfficeID]?

    package init(name: String, host: String, events: [String], offices: [OfficeID]?) {
        self.name = name
        self.host = host
        self.events = events
        self.offices = offices
    }
}

/// The outbox as people look after it.
package struct OutboxAdministration: HookAdministration {
    private let outbox: Outbox
    private let summaries: @Sendable () -> [HookSummary]
    private let threads: StoreThreads
    private let states: @Sendable () -> [String: HookState]
    private let tallies: @Sendable () -> [String: HookTally]
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - hooks: those of the hooks file, in its order.
    ///   - states: how each hook stands, by name; one that is not in it is `ok`.
    ///   - tallies: how attempts have ended, by name.
    package init(
        _ database: any SQLDatabase, lane: Int = 0, hooks: @escaping @Sendable () -> [HookSummary],
        threads: StoreThreads,
        states: @escaping @Sendable () -> [String: HookState] = { [:] },
        tallies: @escaping @Sendable () -> [String: HookTally] = { [:] }, now: @escaping @Sendable () -> Timestamp
    ) {
        self.states = states
        self.tallies = tallies
        self.outbox = Outbox(database, lane: lane)
        self.summaries = hooks
        self.threads = threads
        self.now = now
    }

    package func hooks() async throws -> [JSON] {
        let states = states()
        let readings = try await readings()
        // The file may be read again meanwhile: each hook's own figures, not those in its place.
        return summaries().map { hook in
            let reading = readings.first { $0.name == hook.name }
            return [
                "name": .string(hook.name), "url": .string(hook.host),
                "events": .array(hook.events.map { .string($0) }),
                "offices": hook.offices.map { .array($0.map { .string($0.text) }) } ?? .null,
                "waiting": .integer(reading?.waiting ?? 0), "dead": .integer(reading?.dead ?? 0),
                "state": .word(states[hook.name] ?? .ok),
            ]
        }
    }

    package func readings() async throws -> [HookReading] {
        let counts = try await threads.answer { [outbox] in try outbox.counts() }
        let tallies = tallies()
        return summaries().map { hook in
            let count = counts.first { $0.hook == hook.name }
            return HookReading(
                name: hook.name, waiting: count?.waiting ?? 0, dead: count?.dead ?? 0,
                tally: tallies[hook.name] ?? HookTally())
        }
    }

    package func deliveries(state: String, after cursor: String?, limit: Int) async throws
        -> (items: [JSON], next: String?)
    {
        guard let state = OutboxEntry.State(rawValue: state) else { return ([], nil) }
        let entries = try await threads.answer { [outbox] in try outbox.list(state, after: cursor, limit: limit) }
        return (entries.map(Self.row), entries.count == limit ? entries.last?.id : nil)
    }

    package func retry(id: String) async throws -> Bool? {
        let now = now()
        return try await threads.answer { [outbox] in
            guard try outbox.find(id) != nil else { return nil }
            return try outbox.retry(id, now: now)
        }
    }

    /// What is sent is left out: it is in the journal, and it may be long.
    private static func row(_ entry: OutboxEntry) -> JSON {
        [
            "id": .string(entry.id), "hook": .string(entry.hook), "subject": .string(entry.subject),
            "type": .string(entry.type), "at": .time(entry.at), "state": .word(entry.state),
            "attempts": .integer(entry.attempts), "nextAt": .time(entry.nextAt),
            "lastStatus": .optional(entry.lastStatus), "superseded": .integer(entry.superseded),
            "missed": .integer(entry.missed),
        ]
    }
}
