import AnpiModel

/// The last known state of one copy: 40 bytes, because there are three of them a site.
///
/// What a job wrote beside it stands in `CopyMessages`: few copies have a message.
struct CopyRecord: Hashable, Sendable {
    let tier: CopyTier
    let state: CopyState
    let hasMessage: Bool
    /// Who told it: an agent's number, or -1 for a ping.
    private(set) var source: Int32
    private(set) var updatedAt: Timestamp
    /// Negative where it was not told.
    let bytes: Int64
    private let goodAtMilliseconds: Int64
    private let verifiedAtMilliseconds: Int64

    /// Stands for a time that was not told.
    private static let never = Int64.min

    init(_ report: CopyReport, source: Int32, at: Timestamp) {
        tier = report.tier
        state = report.state
        hasMessage = report.message != nil
        self.source = source
        updatedAt = at
        bytes = report.bytes ?? -1
        goodAtMilliseconds = report.goodAt?.milliseconds ?? Self.never
        verifiedAtMilliseconds = report.verifiedAt?.milliseconds ?? Self.never
    }

    var goodAt: Timestamp? {
        goodAtMilliseconds == Self.never ? nil : Timestamp(milliseconds: goodAtMilliseconds)
    }

    var verifiedAt: Timestamp? {
        verifiedAtMilliseconds == Self.never ? nil : Timestamp(milliseconds: verifiedAtMilliseconds)
    }

    /// Whether this is what the report says, but for its message.
    fileprivate func tells(_ report: CopyReport) -> Bool {
        state == report.state && goodAtMilliseconds == report.goodAt?.milliseconds ?? Self.never
            && verifiedAtMilliseconds == report.verifiedAt?.milliseconds ?? Self.never
            && bytes == report.bytes ?? -1 && hasMessage == (report.message != nil)
    }

    /// It was told once more.
    fileprivate mutating func wasConfirmed(by source: Int32, at: Timestamp) {
        self.source = source
        updatedAt = at
    }
}

extension SiteState {
    /// A copy was reported; true where that is news.
    ///
    /// `known` is the message that the copy has now; only looked at where the report has one.
    mutating func copyReported(_ report: CopyReport, known: String?, source: Int32, at: Timestamp) -> Bool {
        for place in copies.indices where copies[place].tier == report.tier {
            if copies[place].tells(report), report.message == nil || report.message == known {
                copies[place].wasConfirmed(by: source, at: at)
                return false
            }
            copies[place] = CopyRecord(report, source: source, at: at)
            return true
        }
        // Rare: a new list of just this length, because growing in place would leave a third of it empty for ever.
        var all: [CopyRecord] = []
        all.reserveCapacity(copies.count + 1)
        all.append(contentsOf: copies.prefix { $0.tier.place < report.tier.place })
        all.append(CopyRecord(report, source: source, at: at))
        all.append(contentsOf: copies.dropFirst(all.count - 1))
        copies = all
        return true
    }
}

/// What jobs wrote beside the state of copies: one text a copy at most, the last one.
struct CopyMessages: Hashable, Sendable {
    // Looked up, never iterated.
    private var texts: [Int: String] = [:]

    subscript(site: Int, tier: CopyTier) -> String? {
        get { texts[site * CopyTier.allCases.count + tier.place] }
        set { texts[site * CopyTier.allCases.count + tier.place] = newValue }
    }
}

extension CopyTier {
    /// Its place in `allCases`.
    var place: Int {
        switch self {
        case .primary: 0
        case .mirror: 1
        case .external: 2
        case .offsite: 3
        case .cloud: 4
        }
    }
}
