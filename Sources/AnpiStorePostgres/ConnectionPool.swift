internal import AnpiStore
internal import Dispatch
internal import Synchronization

/// Connections of one process, made when they are needed and kept. Callers bring their threads and block on them.
final class ConnectionPool: Sendable {
    private struct State {
        var machine: PoolState
        var turns: [PoolState.Ticket: DispatchSemaphore] = [:]
        var idle: [PostgresConnection] = []
        var isClosed = false
    }

    private let state: Mutex<State>
    private let string: ConnectionString
    private let options: PostgresOptions

    init(_ string: ConnectionString, options: PostgresOptions) {
        self.string = string
        self.options = options
        state = Mutex(State(machine: PoolState(connectionsMax: options.connectionsMax)))
    }

    /// Runs `body` with a connection of its own; `isFresh` asks for one that was made just now.
    ///
    /// A connection that is of no more use afterwards is closed; so are all that lie idle, since what ended it (a server
    /// that stopped, a primary that became a standby) has mostly ended them too.
    func withConnection<R>(
        _ priority: TransactionPriority, isFresh: Bool, _ body: (PostgresConnection) throws -> R
    ) throws -> R {
        try enter(priority)
        defer { leave(priority) }
        let connection = try take(isFresh: isFresh)
        defer {
            let isAlive = connection.isAlive()
            // Closing waits for nothing, but is not done under the lock.
            let closed = state.withLock { state -> [PostgresConnection] in
                if isAlive, !state.isClosed {
                    state.idle.append(connection)
                    return []
                }
                defer { state.idle = [] }
                return state.idle
            }
            withExtendedLifetime(closed) {}
        }
        return try body(connection)
    }

    /// A connection beside the pool, which is the caller's.
    func makeConnection() throws -> PostgresConnection {
        try PostgresConnection(string, limit: options.statementTimeout + .seconds(2))
    }

    /// How many callers wait for a connection.
    var waiting: Int { state.withLock { $0.machine.waiting } }

    /// Closes what is idle now and what is in use when it is given back; later calls throw `.misuse`.
    func close() {
        let idle = state.withLock { state in
            state.isClosed = true
            defer { state.idle = [] }
            return state.idle
        }
        withExtendedLifetime(idle) {}
    }

    private func take(isFresh: Bool) throws -> PostgresConnection {
        while !isFresh, let idle = state.withLock({ $0.idle.popLast() }) {
            if idle.isAlive() { return idle }
        }
        if let pause = state.withLock({ $0.machine.pause(at: .now) }) {
            throw PostgresFailure(.backingOff(milliseconds: pause.settingMilliseconds))
        }
        do {
            let connection = try makeConnection()
            state.withLock { $0.machine.connected() }
            return connection
        } catch {
            state.withLock { $0.machine.connectingFailed(at: .now, jitter: .random(in: 0..<1)) }
            throw error
        }
    }

    private func enter(_ priority: TransactionPriority) throws {
        let turn = try state.withLock { state -> (ticket: PoolState.Ticket, bell: DispatchSemaphore)? in
            guard !state.isClosed else { throw StoreError(.misuse, "the database has been closed") }
            switch state.machine.asked(priority) {
            case .granted: return nil
            case .refused: throw StoreError(.busy, "too many wait for a connection to the database")
            case .wait(let ticket):
                let bell = DispatchSemaphore(value: 0)
                state.turns[ticket] = bell
                return (ticket, bell)
            }
        }
        guard let turn else { return }
        if turn.bell.wait(timeout: .now() + .milliseconds(Int(options.turnTimeout.settingMilliseconds))) == .success {
            return
        }
        let hasGivenUp = state.withLock { state in
            state.turns[turn.ticket] = nil
            return state.machine.gaveUp(turn.ticket)
        }
        // Its turn came at the last moment.
        guard hasGivenUp else { return }
        throw StoreError(.busy, "no connection to the database came free in time")
    }

    private func leave(_ priority: TransactionPriority) {
        let bell = state.withLock { state in
            state.machine.turnEnded(priority).flatMap { state.turns.removeValue(forKey: $0) }
        }
        bell?.signal()
    }
}
