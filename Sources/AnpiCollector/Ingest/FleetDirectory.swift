package import AnpiModel
import Synchronization

/// What the doors must know of the fleet to answer without asking the engine: which agents and sites exist.
///
/// Replaced as a whole when the engine has decided a fleet import.
package final class FleetDirectory: Sendable {
    private struct State {
        /// Interval in seconds that the fleet asks of an agent; 0 leaves it to the agent.
        var agents: [AgentID: Int] = [:]
        var sites: Set<SiteID> = []
    }

    private let state = Mutex(State())

    package init() {}

    package func replace(with fleet: Fleet) {
        var next = State()
        for agent in fleet.agents { next.agents[agent.id] = agent.intervalSeconds ?? 0 }
        for site in fleet.sites { next.sites.insert(site.id) }
        state.withLock { $0 = next }
    }

    /// Seconds the fleet asks of `agent` (0: its own choice), or nil where the fleet has no such agent.
    package func interval(of agent: AgentID) -> Int? {
        state.withLock { $0.agents[agent] }
    }

    package func has(_ site: SiteID) -> Bool {
        state.withLock { $0.sites.contains(site) }
    }
}
