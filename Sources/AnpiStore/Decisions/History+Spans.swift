package import AnpiModel

/// What was known in a span of time, subject by subject: for a replay of days whose log is gone.
extension History {
    /// Changes of a site's copies that are looked through for what held when a span began.
    static let changesBefore: Int64 = 200

    /// For each agent, ascending: the last interval that began at or before the span, those that began in it, and the
    /// one behind them. The newest, which has not closed, is in no history.
    package func contacts(
        ofAgents agents: [String], _ span: Range<Timestamp>
    ) throws -> [[HistoryRecord.ContactInterval]] {
        try database.read { reader in
            try agents.map { agent in
                func intervals(_ bound: String, _ arguments: [SQLValue]) throws -> [HistoryRecord.ContactInterval] {
                    try reader.all(
                        """
                        SELECT contact, from_at, to_at FROM contact_history \
                        WHERE lane = ? AND is_site = ? AND subject = ? AND \(bound)
                        """, [.integer(lane), .flag(false), .text(agent)] + arguments
                    ) { row in
                        HistoryRecord.ContactInterval(
                            subject: agent, isSite: false, contact: try row.word(0), from: try row.time(1),
                            to: try row.time(2))
                    }
                }
                let before = try intervals(
                    "from_at <= ? ORDER BY from_at DESC, to_at DESC LIMIT 1", [.time(span.lowerBound)])
                let within = try intervals(
                    "from_at > ? AND from_at < ? ORDER BY from_at, to_at LIMIT ?",
                    [.time(span.lowerBound), .time(span.upperBound), .integer(Self.spansMax)])
                let behind = try intervals("from_at >= ? ORDER BY from_at, to_at LIMIT 1", [.time(span.upperBound)])
                return before + within + behind
            }
        }
    }

    /// For each site, ascending: of each tier the last change before the span, and every change in it.
    package func copies(ofSites sites: [String], _ span: Range<Timestamp>) throws -> [[HistoryRecord.CopyChange]] {
        try database.read { reader in
            try sites.map { site in
                func changes(_ bound: String, _ arguments: [SQLValue]) throws -> [HistoryRecord.CopyChange] {
                    try reader.all(
                        """
                        SELECT tier, source, at, state, good_at, verified_at, bytes, message FROM copy_history \
                        WHERE lane = ? AND site = ? AND \(bound)
                        """, [.integer(lane), .text(site)] + arguments
                    ) { try Self.change($0, of: site) }
                }
                var tiers: Set<CopyTier> = []
                let before = try changes(
                    "at < ? ORDER BY at DESC, tier, source LIMIT ?",
                    [.time(span.lowerBound), .integer(Self.changesBefore)]
                ).filter { tiers.insert($0.report.tier).inserted }
                let within = try changes(
                    "at >= ? AND at < ? ORDER BY at, tier, source LIMIT ?",
                    [.time(span.lowerBound), .time(span.upperBound), .integer(Self.spansMax)])
                return before.reversed() + within
            }
        }
    }
}
