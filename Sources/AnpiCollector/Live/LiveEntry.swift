package import AnpiEngine
package import AnpiModel

/// One committed decision on its way to the pages.
package struct LiveEntry: Hashable, Sendable {
    /// The journal's number; the id a stream resumes by.
    package var number: Int64
    package var name: DecisionName
    package var at: Timestamp
    /// Offices it is about; empty where it is about all.
    package var offices: [OfficeID]
    /// The decision's JSON, the same bytes as in the journal.
    package var text: String

    package init(number: Int64, name: DecisionName, at: Timestamp, offices: [OfficeID], text: String) {
        self.number = number
        self.name = name
        self.at = at
        self.offices = offices
        self.text = text
    }

    /// A decision as the engine made it.
    package init(number: Int64, _ decision: Decision) {
        self.init(
            number: number, name: decision.name, at: decision.at, offices: decision.offices,
            text: decision.json.text)
    }
}

/// What the engine's clock says: told once a second, so that a page knows how old its picture is.
package struct LiveClock: Hashable, Sendable {
    package var asOf: Timestamp
    package var deafSince: Timestamp?

    package init(asOf: Timestamp, deafSince: Timestamp?) {
        self.asOf = asOf
        self.deafSince = deafSince
    }
}

/// What one client is told next.
package enum LiveItem: Hashable, Sendable {
    case entry(LiveEntry)
    case clock(LiveClock)
    /// Nothing to tell for a while; keeps proxies from closing the line.
    case keepAlive
}
