import AnpiStore
import Dispatch
import Logging
import Synchronization

/// Writes checkpoints on a queue of its own, one at a time, so that neither beats nor decisions wait for them.
final class CheckpointWriter: Sendable {
    private enum State {
        case idle
        case writing
        /// The last one was not written; told once.
        case failed
    }

    private let state = Mutex(State.idle)
    private let queue = DispatchQueue(label: "anpi-checkpoint", qos: .utility)
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    /// True when another one may be drafted; `didFail` tells of the last.
    func isFree(didFail: inout Bool) -> Bool {
        state.withLock { state in
            switch state {
            case .idle: return true
            case .writing: return false
            case .failed:
                didFail = true
                state = .idle
                return true
            }
        }
    }

    /// - Parameter checkpoints: of the store as the draft's owner writes to it.
    func write(_ draft: LaneOwner.CheckpointDraft, to checkpoints: Checkpoints) {
        state.withLock { $0 = .writing }
        queue.async { [self] in
            do {
                try draft.save(to: checkpoints)
                state.withLock { $0 = .idle }
            } catch {
                logger.error("A checkpoint was not written", metadata: ["error": "\(error)"])
                state.withLock { $0 = .failed }
            }
        }
    }

    /// Returns when nothing is being written.
    func wait() { queue.sync {} }
}
