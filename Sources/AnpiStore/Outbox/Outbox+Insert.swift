internal import AnpiModel

extension Outbox {
    /// Puts a step's deliveries into the outbox, `previous` being the number of the journal line before its first.
    static func insert(
        _ drafts: [OutboxDraft], after previous: Int64, lane: Int64, in session: any SQLSession,
        waitingLimit: Int = waitingLimit
    ) throws {
        guard !drafts.isEmpty else { return }
        let epoch = try RestoreEpoch.current(in: session)
        let life = epoch == 0 ? "\(lane)" : "\(lane)-\(epoch)"
        var ordinals: [Int: Int64] = [:]
        var waiting: [String: Int] = [:]
        for draft in drafts {
            let number = previous + Int64(draft.journalIndex) + 1
            let ordinal = ordinals[draft.journalIndex, default: 0]
            ordinals[draft.journalIndex] = ordinal + 1
            guard ordinal < ordinalLimit else { throw StoreError(.misuse, "too many deliveries of one journal line") }
            var superseded = 0
            if draft.replacesWaiting {
                superseded = try supersede(
                    hook: draft.hook, subject: draft.subject, at: draft.at, lane: lane, in: session)
            }
            let count = try waiting[draft.hook] ?? waitingCount(draft.hook, lane: lane, waitingLimit, in: session)
            let place = number * ordinalLimit + ordinal
            if superseded == 0, count >= waitingLimit {
                try digest(draft, id: "\(life)-\(number)-\(ordinal)", place: place, lane: lane, in: session)
                continue
            }
            waiting[draft.hook] = superseded == 0 ? count + 1 : count
            try insert(
                draft, id: "\(life)-\(number)-\(ordinal)", place: place, superseded: superseded, lane: lane,
                in: session)
        }
    }

    /// Marks what waits of a subject and may be replaced; returns how many events it stood for.
    static func supersede(
        hook: String, subject: String, at: Timestamp, lane: Int64, in session: any SQLSession
    ) throws -> Int {
        let key: [SQLValue] = [.integer(lane), .text(hook), .text(subject)]
        let events = try session.first(
            """
            SELECT CAST(COALESCE(SUM(superseded + 1), 0) AS BIGINT) FROM outbox \
            WHERE lane = ? AND hook = ? AND subject = ? AND state = 'waiting' AND replaceable = 1
            """, key
        ) { try $0.int(0) }
        guard let events, events > 0 else { return 0 }
        try session.execute(
            """
            UPDATE outbox SET state = 'superseded', ended_at = ? \
            WHERE lane = ? AND hook = ? AND subject = ? AND state = 'waiting' AND replaceable = 1
            """,
            [.time(at)] + key)
        return events
    }

    /// How many wait for a hook, counted no further than the limit.
    private static func waitingCount(
        _ hook: String, lane: Int64, _ limit: Int, in session: any SQLSession
    ) throws -> Int {
        try session.first(
            """
            SELECT COUNT(*) FROM (SELECT 1 FROM outbox WHERE lane = ? AND hook = ? AND state = 'waiting' LIMIT ?) AS w
            """,
            [.integer(lane), .text(hook), .integer(limit)]
        ) { try $0.int(0) } ?? 0
    }

    /// Counts an event that found the outbox full in the hook's one waiting digest event, which it makes if need be.
    private static func digest(
        _ draft: OutboxDraft, id: String, place: Int64, lane: Int64, in session: any SQLSession
    ) throws {
        let changed = try session.execute(
            """
            UPDATE outbox SET superseded = superseded + 1 \
            WHERE lane = ? AND hook = ? AND subject = ? AND type = ? AND state = 'waiting'
            """,
            [.integer(lane), .text(draft.hook), .text(digestType), .text(digestType)])
        guard changed == 0 else { return }
        var digest = draft
        digest.subject = digestType
        digest.type = digestType
        digest.body = "{}"
        digest.replacesWaiting = false
        try insert(digest, id: id, place: place, superseded: 1, lane: lane, in: session)
    }

    private static func insert(
        _ draft: OutboxDraft, id: String, place: Int64, superseded: Int, lane: Int64, in session: any SQLSession
    ) throws {
        try session.execute(
            """
            INSERT INTO outbox (lane, id, place, hook, subject, type, at, body, replaceable, state, attempts, next_at, \
            superseded) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', 0, ?, ?)
            """,
            [
                .integer(lane), .text(id), .integer(place), .text(draft.hook), .text(draft.subject),
                .text(draft.type), .time(draft.at), .text(draft.body), .flag(draft.replacesWaiting), .time(draft.at),
                .integer(superseded),
            ])
    }
}
