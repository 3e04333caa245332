import DequeModule
import Synchronization

/// One client's view of the live stream: a bounded buffer between the commits and a socket.
///
/// Entries are never dropped in the middle: when the buffer is full the whole subscription ends as `.tooSlow`, and the
/// client resumes from the journal. Clock and keep-alive hold one place each, the newest wins.
package final class LiveSubscription: AsyncSequence, Sendable {
    package typealias Element = LiveItem

    package enum Ending: Hashable, Sendable {
        /// More than the buffer holds was committed while the client took nothing.
        case tooSlow
        /// The collector stops.
        case shutdown
        /// The client has gone.
        case left
        /// The token or session it was opened with is valid no more.
        case revoked
    }

    private struct State {
        var entries: Deque<LiveEntry> = []
        var clock: LiveClock?
        var isKeepAliveDue = false
        var ending: Ending?
        var waiting: CheckedContinuation<LiveItem?, Never>?

        mutating func take() -> LiveItem? {
            if let entry = entries.popFirst() { return .entry(entry) }
            if let clock {
                self.clock = nil
                return .clock(clock)
            }
            if isKeepAliveDue {
                isKeepAliveDue = false
                return .keepAlive
            }
            return nil
        }
    }

    private let capacity: Int
    private let onEnd: @Sendable (Ending) -> Void
    private let state = Mutex(State())

    /// `onEnd` is called once, outside any lock, when the subscription ends for whatever reason.
    package init(capacity: Int, onEnd: @escaping @Sendable (Ending) -> Void = { _ in }) {
        self.capacity = capacity
        self.onEnd = onEnd
    }

    /// Why it ended; nil while it goes on.
    package var ending: Ending? { state.withLock { $0.ending } }

    /// Hands over what was committed; a full buffer ends the subscription.
    package func offer(_ entries: some Collection<LiveEntry>) {
        let isTooMuch = state.withLock { state -> Bool in
            guard state.ending == nil else { return false }
            guard state.entries.count + entries.count <= capacity else { return true }
            state.entries.append(contentsOf: entries)
            return false
        }
        if isTooMuch { end(.tooSlow) } else { wake() }
    }

    package func offer(_ clock: LiveClock) {
        state.withLock { state in
            if state.ending == nil { state.clock = clock }
        }
        wake()
    }

    package func offerKeepAlive() {
        state.withLock { state in
            if state.ending == nil { state.isKeepAliveDue = true }
        }
        wake()
    }

    /// Ends it; what is still in the buffer of a client that is too slow is dropped with it.
    package func end(_ ending: Ending) {
        let (isFirst, waiting) = state.withLock { state -> (Bool, CheckedContinuation<LiveItem?, Never>?) in
            guard state.ending == nil else { return (false, nil) }
            state.ending = ending
            state.entries = []
            state.clock = nil
            state.isKeepAliveDue = false
            let waiting = state.waiting
            state.waiting = nil
            return (true, waiting)
        }
        waiting?.resume(returning: nil)
        if isFirst { onEnd(ending) }
    }

    private func wake() {
        let ready = state.withLock { state -> (CheckedContinuation<LiveItem?, Never>, LiveItem)? in
            guard let waiting = state.waiting, let item = state.take() else { return nil }
            state.waiting = nil
            return (waiting, item)
        }
        ready?.0.resume(returning: ready?.1)
    }

    /// What comes next; nil once it has ended. One caller at a time.
    package func next() async -> LiveItem? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now = state.withLock { state -> LiveItem?? in
                    if state.ending != nil { return .some(nil) }
                    if let item = state.take() { return .some(item) }
                    precondition(state.waiting == nil, "a live subscription has one reader")
                    state.waiting = continuation
                    return nil
                }
                if let now { continuation.resume(returning: now) }
            }
        } onCancel: {
            end(.left)
        }
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        let subscription: LiveSubscription

        package mutating func next() async -> LiveItem? { await subscription.next() }
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(subscription: self) }
}
