package import AnpiEngine
package import AnpiModel
package import AnpiStore

/// Reads of the engine's state between two committed steps.
package protocol EngineReading: Sendable {
    /// Runs `body` on the engine's thread between two steps, so that an answer never shows half a step.
    ///
    /// Throws `CollectorError` with `.overloaded` when too many wait and `.starting` before the engine is loaded.
    func read<R: Sendable>(_ body: @escaping @Sendable (Engine) -> R) async throws -> R
}

/// The way of a person's change: appended to the input log, answered with its outcome.
package protocol CommandSubmitting: Sendable {
    /// Waits at most 5 s, then throws `.outcomePending` (503; the same key gets the same answer later).
    ///
    /// Another body under a known key throws `.operationReused` (422).
    func submit(_ command: Command) async throws -> Outcome
}

/// Heartbeats and pings that arrive at the people's door; the agents' door has its own way to the same log.
package protocol BeatReceiving: Sendable {
    /// Takes one whole body; `encoding` is the request's `Content-Encoding`. The token was checked before the body.
    func heartbeats(body: [UInt8], encoding: String?, token: AuthenticatedAgent?) async -> WireAnswer
    /// Takes one ping; `body` is cut at `PingPath.bodyBytesMax` already.
    func ping(site: SiteID, tier: CopyTier, kind: Ping.Kind, run: String?, body: [UInt8]) async -> WireAnswer
}

/// The journal as people read it, and the stream of what has just been committed.
package protocol JournalReading: Sendable {
    /// Entries with a number above `after`, ascending, at most `limit`; nil filters let everything through.
    func read(after: Int64, limit: Int, filter: JournalFilter) async throws -> [JournalLine]
    /// Entries with a number below `before` (nil: from the newest), descending, at most `limit`.
    func newest(before: Int64?, limit: Int, filter: JournalFilter) async throws -> [JournalLine]
    /// Closed spans of a site's contact, newest first, at most `limit`; `after` is the last one known.
    func contacts(of site: SiteID, after last: ContactSpan?, limit: Int) async throws -> [ContactSpan]
    /// Closed spans of a site's contact that end after `since`, in any order.
    func contacts(of site: SiteID, since: Timestamp) async throws -> [ContactSpan]
    /// What its intervals came to that are too old to be kept one by one, newest month first.
    func months(of site: SiteID) async throws -> [ContactMonth]
    /// Our own blind time that ended after `since`, in any order.
    func blindTimes(since: Timestamp) async throws -> [Input.Span]
    /// Walks the whole main chain; one walk at a time, a second one is refused (429).
    func verify() async throws -> JournalCheck
    /// Number of the newest committed entry; 0 where there is none.
    func tail() async throws -> Int64
    /// What is committed from now on, in order, through a bounded buffer.
    ///
    /// Throws `.overloaded` when as many listen as may.
    func committed() throws(CollectorError) -> LiveSubscription
}

/// Where the bytes of photos are kept; that a photo belongs to a task is the engine's.
package protocol PhotoKeeping: Sendable {
    /// Returns once they survive a power cut; the same again changes nothing.
    func keep(_ bytes: [UInt8], digest: [UInt8], of task: TaskID) async throws
    /// Nil where there are none, or not all of them.
    func bytes(_ digest: [UInt8], of task: TaskID) async throws -> [UInt8]?
}

/// What happened at the doors and never reaches the engine (sign-in, tokens made and revoked), kept in the process's
/// own chain of the journal.
package protocol DoorJournaling: Sendable {
    /// `kind` is dotted and stable, such as `door.tokenMade`; `body` holds no secret.
    func record(kind: String, actor: String, body: JSON) async throws
}

/// Deliveries to hooks as people look after them.
package protocol HookAdministration: Sendable {
    /// One object a hook, in the order of the hooks file.
    func hooks() async throws -> [JSON]
    /// The same in numbers, for metrics.
    func readings() async throws -> [HookReading]
    /// Deliveries in `state` (`waiting`, `delivered`, `dead`, `superseded`), newest first.
    func deliveries(state: String, after cursor: String?, limit: Int) async throws -> (items: [JSON], next: String?)
    /// Makes a dead delivery wait again, due now; nil where there is none with this id, false where it is not dead.
    func retry(id: String) async throws -> Bool?
}

/// What is known of one hook at one moment.
package struct HookReading: Hashable, Sendable {
    package var name: String
    package var waiting: Int
    package var dead: Int
    package var tally: HookTally

    package init(name: String, waiting: Int, dead: Int, tally: HookTally) {
        self.name = name
        self.waiting = waiting
        self.dead = dead
        self.tally = tally
    }
}

/// Which journal entries are wanted; all given conditions must hold.
package struct JournalFilter: Hashable, Sendable {
    package var site: SiteID?
    package var incident: IncidentID?
    package var task: TaskID?
    /// Names as in CONTRACTS §7 or `command.…`; empty lets every kind through.
    package var kinds: [String]

    package init(site: SiteID? = nil, incident: IncidentID? = nil, task: TaskID? = nil, kinds: [String] = []) {
        self.site = site
        self.incident = incident
        self.task = task
        self.kinds = kinds
    }
}

/// One entry of the main chain as it is shown.
package struct JournalLine: Hashable, Sendable {
    package var number: Int64
    package var at: Timestamp
    /// The decision's name, or a dotted kind such as `command.fleet`.
    package var kind: String
    package var site: SiteID?
    package var incident: IncidentID?
    package var task: TaskID?
    package var actor: String?
    /// The body as JSON text; nil where it was erased.
    package var body: String?

    package init(
        number: Int64, at: Timestamp, kind: String, site: SiteID? = nil, incident: IncidentID? = nil,
        task: TaskID? = nil, actor: String? = nil, body: String? = nil
    ) {
        self.number = number
        self.at = at
        self.kind = kind
        self.site = site
        self.incident = incident
        self.task = task
        self.actor = actor
        self.body = body
    }
}

/// What a walk along the journal found.
package struct JournalCheck: Hashable, Sendable {
    package var entries: Int64
    /// Entries whose body was blanked on purpose; their hash still holds.
    package var erased: Int64
    /// Hash of the newest entry in hexadecimal.
    package var head: String
    /// The first entry whose hash does not follow from the one before it.
    package var firstBad: Int64?

    package init(entries: Int64, erased: Int64, head: String, firstBad: Int64?) {
        self.entries = entries
        self.erased = erased
        self.head = head
        self.firstBad = firstBad
    }
}

/// A whole answer: what both doors write without further thought.
package struct WireAnswer: Hashable, Sendable {
    package var status: Int
    /// Names in lower case; `content-length` is the writer's.
    package var headers: [Header]
    package var body: [UInt8]

    package init(status: Int, headers: [Header] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package struct Header: Hashable, Sendable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }
}

/// The agent that a valid token speaks for.
package struct AuthenticatedAgent: Hashable, Sendable {
    package var agent: AgentID
    /// The token's id, fit for logs; never its secret.
    package var tokenID: String

    package init(agent: AgentID, tokenID: String) {
        self.agent = agent
        self.tokenID = tokenID
    }
}
