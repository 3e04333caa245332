internal import AnpiStore
internal import Dispatch
internal import Synchronization

/// A small fair lock in front of the one writer: waiting beats go first, but never for ever.
///
/// GRDB's own queue serves in order of arrival; a checkpoint's ten steps would then stand before an agent's answer.
final class WriterGate: Sendable {
    /// How many may wait; the next is refused with `.busy`.
    static let waitingLimit = 1_024
    /// How many beats in a row go first while something else waits.
    static let beatsInARow = 16

    private struct State {
        var isTaken = false
        var beats: [DispatchSemaphore] = []
        var others: [DispatchSemaphore] = []
        var row = 0

        /// Who goes next, nil where nobody waits.
        mutating func next() -> DispatchSemaphore? {
            if !beats.isEmpty, others.isEmpty || row < WriterGate.beatsInARow {
                row = others.isEmpty ? 0 : row + 1
                return beats.removeFirst()
            }
            row = 0
            return others.isEmpty ? nil : others.removeFirst()
        }
    }

    private let state = Mutex(State())

    /// Runs `body` alone, blocking the thread until it may.
    func withTurn<R>(_ priority: TransactionPriority, _ body: () throws -> R) throws -> R {
        try enter(priority)
        defer { leave() }
        return try body()
    }

    /// How many wait now.
    var waiting: Int { state.withLock { $0.beats.count + $0.others.count } }

    private func enter(_ priority: TransactionPriority) throws {
        let turn = try state.withLock { state -> DispatchSemaphore? in
            guard state.isTaken else {
                state.isTaken = true
                return nil
            }
            guard state.beats.count + state.others.count < Self.waitingLimit else {
                throw StoreError(.busy, "too many wait for the database's writer")
            }
            let turn = DispatchSemaphore(value: 0)
            switch priority {
            case .beats: state.beats.append(turn)
            case .normal: state.others.append(turn)
            }
            return turn
        }
        turn?.wait()
    }

    private func leave() {
        let next = state.withLock { state -> DispatchSemaphore? in
            let next = state.next()
            if next == nil { state.isTaken = false }
            return next
        }
        next?.signal()
    }
}
