import Dispatch
import Synchronization

/// Runs a plan on its threads and adds up what they found.
package enum Load {
    private final class Results: Sendable {
        let state = Mutex<(tally: Tally, failure: LoadError?)>((Tally(), nil))
    }

    /// Blocks until the load is over.
    ///
    /// `firstSequence` must rise from run to run against the same collector; milliseconds since the epoch do.
    package static func run(
        _ plan: LoadPlan, agents: AgentTable, firstSequence: Int64
    ) throws(LoadError) -> Tally {
        guard plan.threads >= 1, plan.connections >= plan.threads, agents.count >= plan.connections, !plan.ports.isEmpty
        else {
            throw LoadError("a load needs a port, at least one connection a thread and one agent a connection")
        }
        let results = Results()
        DispatchQueue.concurrentPerform(iterations: plan.threads) { number in
            let first = agents.count * number / plan.threads
            let last = agents.count * (number + 1) / plan.threads
            let connections = plan.connections * (number + 1) / plan.threads - plan.connections * number / plan.threads
            do throws(LoadError) {
                let worker = try LoadWorker(
                    plan: plan, agents: agents, share: first..<last, connections: connections,
                    firstSequence: firstSequence, readsServer: number == 0)
                let tally = try worker.run()
                results.state.withLock { $0.tally.add(tally) }
            } catch {
                results.state.withLock { $0.failure = error }
            }
        }
        return try results.state.withLock { state throws(LoadError) in
            if let failure = state.failure { throw failure }
            return state.tally
        }
    }
}
