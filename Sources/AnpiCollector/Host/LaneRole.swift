import AnpiModel
import AnpiStore

/// Whether this process decides for its lane: a machine over the lease; time is the steady clock's (ENGINE §6).
struct LaneRole {
    /// Who follows looks this often whether the lane is free.
    static let looksEvery: Duration = .milliseconds(500)

    private enum State {
        /// Nobody else can: the embedded store serves one process.
        case alone
        case following(looksAt: Timestamp)
        case owning(fence: Int64, renewsAt: Timestamp, until: Timestamp)
    }

    private var state: State

    /// - Parameter isShared: several processes use the database; all begin as followers.
    init(isShared: Bool) {
        state = isShared ? .following(looksAt: .distantPast) : .alone
    }

    /// What is to be done with the lease before the next turn.
    enum Due: Hashable {
        case nothing
        case take
        case renew(fence: Int64)
        /// The time is nearly over and could not be renewed: another may take the lane any moment.
        case stop
    }

    func due(at now: Timestamp) -> Due {
        switch state {
        case .alone: .nothing
        case .following(let looksAt): looksAt <= now ? .take : .nothing
        case .owning(let fence, let renewsAt, let until):
            until <= now ? .stop : renewsAt <= now ? .renew(fence: fence) : .nothing
        }
    }

    /// Whether it may write decisions.
    var isOwner: Bool {
        switch state {
        case .alone, .owning: true
        case .following: false
        }
    }

    /// The fence that it holds; nil where it needs none or holds none.
    var fence: Int64? {
        if case .owning(let fence, _, _) = state { fence } else { nil }
    }

    /// The lane was taken or renewed by a call that began at `asked`: it counts from there, the database's clock from later.
    mutating func holds(fence: Int64, asked: Timestamp) {
        state = .owning(
            fence: fence, renewsAt: asked + LaneLease.renewedEvery,
            until: asked + LaneLease.lasts - LaneLease.stopsBefore)
    }

    /// Another holds the lane.
    mutating func looked(at now: Timestamp) {
        if case .following = state { state = .following(looksAt: now + Self.looksEvery) }
    }

    /// The lane is another's now, or may be.
    mutating func lost(at now: Timestamp) {
        guard case .owning = state else { return }
        state = .following(looksAt: now + Self.looksEvery)
    }
}

/// Writers whose watermark stands still: a collector that has died, or sleeps (ENGINE §6).
///
/// Judged by how long this process has seen the same watermark, never by comparing clocks of two machines.
struct StandingWriters {
    /// Whoever states nothing for so long is shut out by the owner: each live writer states one every 250 ms.
    static let shutOutAfter: Duration = .seconds(5)

    private var seen: [(id: String, watermark: Timestamp, since: Timestamp)] = []

    /// Takes in what the log says now, and gives the writers that have stood still for too long.
    mutating func look(at writers: [WriterRow], besides own: String, now: Timestamp) -> [WriterRow] {
        var standing: [WriterRow] = []
        var next: [(id: String, watermark: Timestamp, since: Timestamp)] = []
        for writer in writers where !writer.closed && writer.id != own {
            let known = seen.first { $0.id == writer.id && $0.watermark == writer.watermark }
            let since = known?.since ?? now
            next.append((writer.id, writer.watermark, since))
            if now - since >= Self.shutOutAfter { standing.append(writer) }
        }
        seen = next
        return standing
    }

    /// Whether that writer was seen to stand still for so long; whoever was not seen before may live.
    func stands(_ writer: WriterRow, at now: Timestamp) -> Bool {
        seen.contains { $0.id == writer.id && $0.watermark == writer.watermark && now - $0.since >= Self.shutOutAfter }
    }

    /// This process slept itself: what it saw before says nothing.
    mutating func forget() { seen = [] }
}
