package import AnpiModel

/// Who a valid token speaks for.
///
/// A class, because the agents' door hands it around once a request: one reference count instead of one a field.
package final class Principal: Sendable {
    package let tokenID: String
    package let role: Role
    /// What the journal and the timeline call them.
    package let name: String
    /// The engineer that an engineer's token speaks for.
    package let engineer: EngineerID?
    /// The agent that an agent's token speaks for.
    package let agent: AgentID?
    /// Offices the token is limited to; nil is all.
    package let offices: [OfficeID]?

    package init(
        tokenID: String, role: Role, name: String, engineer: EngineerID? = nil, agent: AgentID? = nil,
        offices: [OfficeID]? = nil
    ) {
        self.tokenID = tokenID
        self.role = role
        self.name = name
        self.engineer = engineer
        self.agent = agent
        self.offices = offices
    }

    /// True where the scope covers `office`.
    package func covers(_ office: OfficeID) -> Bool {
        offices?.contains(office) ?? true
    }
}
