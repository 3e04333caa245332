/// What an import changes: for each kind of record the ids that come, change and go.
package struct FleetDifference: Hashable, Sendable {
    /// In the order of `FleetKind.allCases`, one for each kind.
    package var kinds: [Change]

    /// The changes of one kind; ids in their order. A copy's id is `<site>/<tier>`.
    package struct Change: Hashable, Sendable {
        package var kind: FleetKind
        package var added: [String]
        package var changed: [String]
        /// What is in no file any more: kept, not judged, shown, never deleted.
        package var retired: [String]
    }

    /// The way from `old` to `new`.
    package init(from old: Fleet, to new: Fleet) {
        kinds = [
            Self.change(.offices, old.offices, new.offices) { $0.id.text },
            Self.change(.sites, old.sites, new.sites) { $0.id.text },
            Self.change(.agents, old.agents, new.agents) { $0.id.text },
            Self.change(.copies, old.copies, new.copies) { "\($0.site)/\($0.tier.rawValue)" },
            Self.change(.engineers, old.engineers, new.engineers) { $0.id.text },
            Self.change(.depots, old.depots, new.depots) { $0.id.text },
            Self.change(.loaners, old.loaners, new.loaners) { $0.id.text },
        ]
    }

    /// The changes of `kind`.
    package subscript(kind: FleetKind) -> Change {
        kinds.first { $0.kind == kind } ?? Change(kind: kind, added: [], changed: [], retired: [])
    }

    package var isEmpty: Bool {
        kinds.allSatisfy { $0.added.isEmpty && $0.changed.isEmpty && $0.retired.isEmpty }
    }

    /// `{"added":{"sites":3,…},"changed":{…},"retired":{…}}`, every kind named.
    package var counts: JSON {
        func object(_ ids: (Change) -> [String]) -> JSON {
            .object(kinds.map { JSON.Member($0.kind.rawValue, .integer(ids($0).count)) })
        }
        return [
            "added": object(\.added), "changed": object(\.changed), "retired": object(\.retired),
        ]
    }

    private static func change<Record: Hashable>(
        _ kind: FleetKind, _ old: [Record], _ new: [Record], id: (Record) -> String
    ) -> Change {
        let before = Dictionary(old.map { (id($0), $0) }) { first, _ in first }
        let after = Set(new.map(id))
        var change = Change(kind: kind, added: [], changed: [], retired: [])
        for record in new {
            switch before[id(record)] {
            case nil: change.added.append(id(record))
            case .some(let earlier) where earlier != record: change.changed.append(id(record))
            case .some: break
            }
        }
        change.retired = old.map(id).filter { !after.contains($0) }
        return change
    }
}
