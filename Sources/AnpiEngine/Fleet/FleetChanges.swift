import AnpiModel

/// What an import adds, changes and retires, counted for each file.
struct FleetChanges: Hashable, Sendable {
    var offices = Counts()
    var sites = Counts()
    var agents = Counts()
    var copies = Counts()
    var engineers = Counts()
    var depots = Counts()
    var loaners = Counts()
    /// The file of task templates is another.
    var changesRecovery = false

    struct Counts: Hashable, Sendable {
        var added = 0
        var changed = 0
        var retired = 0
    }

    /// Compares two sets; rows are told apart by their ids, copies by site and tier.
    init(from old: Fleet, to new: Fleet) {
        offices = Self.count(old.offices, new.offices) { $0.id.text }
        sites = Self.count(old.sites, new.sites) { $0.id.text }
        agents = Self.count(old.agents, new.agents) { $0.id.text }
        copies = Self.count(old.copies, new.copies) { $0.site.text + "/" + $0.tier.rawValue }
        engineers = Self.count(old.engineers, new.engineers) { $0.id.text }
        depots = Self.count(old.depots, new.depots) { $0.id.text }
        loaners = Self.count(old.loaners, new.loaners) { $0.id.text }
        changesRecovery = old.recovery != new.recovery
    }

    var isEmpty: Bool {
        !changesRecovery && [offices, sites, agents, copies, engineers, depots, loaners].allSatisfy { $0 == Counts() }
    }

    private static func count<Row: Hashable>(_ old: [Row], _ new: [Row], key: (Row) -> String) -> Counts {
        var counts = Counts()
        var known: [String: Row] = [:]
        for row in old { known[key(row)] = row }
        for row in new {
            guard let before = known.removeValue(forKey: key(row)) else {
                counts.added += 1
                continue
            }
            if before != row { counts.changed += 1 }
        }
        counts.retired = known.count
        return counts
    }

    /// `{"added":{…},"changed":{…},"retired":{…},"version":n,"dryRun":…}`.
    func json(version: Int, isDryRun: Bool) -> JSON {
        func counts(_ path: KeyPath<Counts, Int>) -> JSON {
            [
                "offices": .integer(offices[keyPath: path]), "sites": .integer(sites[keyPath: path]),
                "agents": .integer(agents[keyPath: path]), "copies": .integer(copies[keyPath: path]),
                "engineers": .integer(engineers[keyPath: path]), "depots": .integer(depots[keyPath: path]),
                "loaners": .integer(loaners[keyPath: path]),
            ]
        }
        return [
            "added": counts(\.added), "changed": counts(\.changed), "retired": counts(\.retired),
            "recoveryChanged": .bool(changesRecovery), "version": .integer(version), "dryRun": .bool(isDryRun),
        ]
    }
}
