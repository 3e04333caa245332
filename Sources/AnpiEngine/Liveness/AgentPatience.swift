package import AnpiModel

/// How long an agent of the fleet may be unheard: for whoever has to tell from its contact when it was heard last.
package struct AgentPatience: Hashable, Sendable {
    /// What it is granted beyond its interval.
    package let grace: Duration
    /// It is late so long after it was heard last.
    package let lateAfter: Duration
    /// It is silent so long after it was heard last.
    package let silentAfter: Duration
    /// The same after a last gasp.
    package let deadAfter: Duration

    /// As for an engine that has not learned how punctual the agent is.
    package init(_ agent: Agent, _ parameters: Parameters = Parameters()) {
        let heard = Timestamp(milliseconds: 0)
        func contact(_ state: AgentContact.State) -> AgentContact {
            AgentContact(
                state: state, lastHeard: heard,
                interval: Int64(agent.intervalSeconds ?? parameters.defaultIntervalSeconds) * 1_000,
                declaredGraceSeconds: agent.graceSeconds)
        }
        func due(_ state: AgentContact.State) -> Duration {
            contact(state).due(parameters).map { $0.at - heard } ?? .zero
        }
        grace = .milliseconds(contact(.unseen).grace(parameters))
        lateAfter = due(.reporting(.none))
        silentAfter = due(.late(.none))
        deadAfter = due(.reporting(.given))
    }
}

extension Engine {
    /// Since when an agent has had which contact; nil where it is not in the fleet.
    package func standing(of agent: AgentID) -> (contact: Contact, since: Timestamp)? {
        index.number(of: agent).map { (agents[$0].contact.contact, agents[$0].contactSince) }
    }
}
