package import AnpiModel

/// A line of the journal before it has its number.
///
/// Everything here but `actor` and `body` goes into the head, which is hashed as it stands and can never be taken back:
/// free text and personal data stand only in those two, which are stored as one body and erased together.
package struct JournalDraft: Hashable, Sendable {
    package var at: Timestamp
    /// Dotted and stable: a decision's name, `command.fleet`, `input.quarantined`.
    package var kind: String
    package var site: String?
    package var incident: String?
    package var task: String?
    /// Who did it, by the name that people know them by.
    package var actor: String?
    /// A JSON object.
    package var body: String

    package init(
        at: Timestamp, kind: String, site: String? = nil, incident: String? = nil, task: String? = nil,
        actor: String? = nil, body: String
    ) {
        self.at = at
        self.kind = kind
        self.site = site
        self.incident = incident
        self.task = task
        self.actor = actor
        self.body = body
    }

    /// The body as the line keeps it: with `actor` as its first member.
    package var storedBody: String { JournalHash.body(body, actor: actor) }
}

/// A line of the journal as it was written.
package struct JournalEntry: Hashable, Sendable {
    /// Its number in the chain, from 1; in `main` also the id of live-stream events.
    package var seq: Int64
    package var at: Timestamp
    package var kind: String
    package var site: String?
    package var incident: String?
    package var task: String?
    package var actor: String?
    /// JSON text, with `actor` in it; nil where both have been erased.
    package var body: String?
    /// Links this line to all before it.
    package var hash: [UInt8]

    package init(
        seq: Int64, at: Timestamp, kind: String, site: String?, incident: String?, task: String?, actor: String?,
        body: String?, hash: [UInt8]
    ) {
        self.seq = seq
        self.at = at
        self.kind = kind
        self.site = site
        self.incident = incident
        self.task = task
        self.actor = actor
        self.body = body
        self.hash = hash
    }
}

/// The last line of a chain: whoever has noted it can tell later that nothing before it was changed.
package struct ChainHead: Hashable, Sendable {
    package var chain: String
    /// 0 for a chain without lines.
    package var seq: Int64
    package var hash: [UInt8]

    package init(chain: String, seq: Int64, hash: [UInt8]) {
        self.chain = chain
        self.seq = seq
        self.hash = hash
    }

    /// What the first line of a chain follows on.
    package static func origin(of chain: String) -> ChainHead {
        ChainHead(chain: chain, seq: 0, hash: JournalHash.origin)
    }
}

/// What walking a whole chain found.
package struct JournalVerdict: Hashable, Sendable {
    /// The number of the last line that has left for the archive: what is before the walk.
    package var archived: Int64
    /// Lines that were checked.
    package var entries: Int64
    /// Of these, lines whose body has been erased.
    package var erased: Int64
    /// The hash of the last line.
    package var head: [UInt8]
    /// The first line that does not fit: changed, missing, or more than the chain's head says.
    package var firstBad: Int64?

    package init(archived: Int64 = 0, entries: Int64, erased: Int64, head: [UInt8], firstBad: Int64?) {
        self.archived = archived
        self.entries = entries
        self.erased = erased
        self.head = head
        self.firstBad = firstBad
    }

    package var isIntact: Bool { firstBad == nil }

    /// The number of the last line that was checked.
    var last: Int64 { archived + entries }
}
