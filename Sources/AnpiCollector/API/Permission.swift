import AnpiModel

/// What a role may do; the one table of it.
enum Permission {
    /// Sites, tasks, incidents, engineers, findings and the live stream of one's scope.
    case read
    /// Findings, transitions of tasks (an engineer: one's own, which the engine judges), one's own availability.
    case work
    /// Act for others: incidents, engineers, hooks, the journal, the fleet set as it stands.
    case coordinate
    /// Tokens and fleet imports.
    case administer

    func isGiven(to role: Role) -> Bool {
        switch (self, role) {
        case (_, .admin): true
        case (.administer, _): false
        case (.coordinate, .coordinator), (.work, .coordinator), (.work, .engineer): true
        case (.read, .coordinator), (.read, .engineer), (.read, .viewer): true
        case (.coordinate, _), (.work, _), (.read, _): false
        }
    }
}

extension Principal {
    /// 403 unless the role may do this.
    func require(_ permission: Permission) throws {
        guard permission.isGiven(to: role) else {
            throw Problem(.forbidden, "A token of role \(role.rawValue) may not do this.")
        }
    }

    /// 403 unless the token is for the whole fleet.
    func requireWholeFleet() throws {
        guard offices == nil else {
            throw Problem(.forbidden, "This needs a token for the whole fleet; yours is limited to offices.")
        }
    }
}
