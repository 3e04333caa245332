package import AnpiEngine
package import AnpiModel
package import AnpiStore
import Logging
import ServiceLifecycle
import Synchronization
import UnixSignals

/// The hooks that count now, for everybody who asks: the engine's thread for each decision, people, deliveries.
package final class HookSet: Sendable {
    private struct State {
        var hooks: [Hook]
        var filter: HookFilter
        var drillFilter: HookFilter

        init(_ hooks: [Hook]) {
            self.hooks = hooks
            filter = HookFilter(hooks)
            drillFilter = HookFilter(hooks, isDrill: true)
        }
    }

    private let state: Mutex<State>

    package init(_ hooks: [Hook]) {
        state = Mutex(State(hooks))
    }

    package var summaries: [HookSummary] { state.withLock { $0.hooks }.map { HookSummary($0) } }

    package func outbox(_ decision: Decision, _ journalIndex: Int) -> [OutboxDraft] {
        state.withLock { $0.filter }.outbox(decision, journalIndex)
    }

    /// Those that also hear of drills.
    package var takingDrills: [Hook] { state.withLock { $0.hooks }.filter(\.takesDrills) }

    /// The deliveries that a drill's decision calls for, counted from `now` by our clock.
    package func drillOutbox(_ decision: Decision, _ journalIndex: Int, at now: Timestamp) -> [OutboxDraft] {
        state.withLock { $0.drillFilter }.outbox(decision, journalIndex).map { draft in
            var draft = draft
            draft.at = now
            return draft
        }
    }

    /// Reads the file anew and hands the hooks on; a file with mistakes changes nothing, and its mistakes are thrown.
    package func reload(from path: String, into delivery: HookDelivery) throws(TOMLMistakes) {
        let hooks = try HookConfiguration.load(path).hooks
        state.withLock { $0 = State(hooks) }
        delivery.replace(hooks)
    }
}

/// Reads the hooks file again at each SIGHUP. Without a file the signal is taken and does nothing.
struct HooksReloading: Service {
    let path: String?
    let hooks: HookSet
    let delivery: HookDelivery
    let drills: Drills
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in await UnixSignalsSequence(trapping: .sighup) {
                guard let path else { continue }
                do {
                    try hooks.reload(from: path, into: delivery)
                    drills.replaceHooks()
                    logger.notice("The hooks file was read again", metadata: ["hooks": "\(hooks.summaries.count)"])
                } catch {
                    logger.error("The hooks stay as they were: the file has mistakes", metadata: ["error": "\(error)"])
                }
            }
        }
    }
}
