package import AnpiEngine
package import AnpiModel
import Synchronization

/// What the doors must know to answer without asking the engine: which agents and sites exist, and what agents are asked
/// to do.
///
/// Each part is replaced as a whole when the engine has decided it.
package final class FleetDirectory: Sendable {
    private struct State {
        /// Interval in seconds that the fleet asks of an agent; 0 leaves it to the agent.
        var agents: [AgentID: Int] = [:]
        var sites: Set<SiteID> = []
        /// Empty but for a storm.
        var asked: [AgentID: Asked] = [:]
    }

    /// What an agent is asked to do, ready to be sent.
    package struct Asked: Hashable, Sendable {
        /// Seconds between beats; a shorter interval of its own stays.
        package var intervalSeconds: Int
        /// The JSON array of directives.
        package var directives: [UInt8]
    }

    /// What the door needs for one answer.
    package struct Known: Hashable, Sendable {
        /// Seconds the fleet asks for; 0: the agent's own choice.
        package var intervalSeconds: Int
        package var asked: Asked?
    }

    private let state = Mutex(State())

    package init() {}

    package func replace(with fleet: Fleet) {
        var agents: [AgentID: Int] = [:]
        for agent in fleet.agents { agents[agent.id] = agent.intervalSeconds ?? 0 }
        let sites = Set(fleet.sites.map(\.id))
        state.withLock { state in
            state.agents = agents
            state.sites = sites
        }
    }

    package func replace(directives all: [AgentDirectives]) {
        var asked: [AgentID: Asked] = [:]
        for one in all {
            asked[one.agent] = Asked(
                intervalSeconds: one.intervalSeconds,
                directives: Array(JSON.array(one.directives.map { .string($0.text) }).text.utf8))
        }
        state.withLock { $0.asked = asked }
    }

    /// Nil where the fleet has no such agent.
    package func agent(_ agent: AgentID) -> Known? {
        state.withLock { state in
            guard let interval = state.agents[agent] else { return nil }
            return Known(intervalSeconds: interval, asked: state.asked.isEmpty ? nil : state.asked[agent])
        }
    }

    package func has(_ site: SiteID) -> Bool {
        state.withLock { $0.sites.contains(site) }
    }
}
