import AnpiDigest
import AnpiEngine
import AnpiModel
import AnpiStore
import Logging

/// Keeps a process's place among those that share its lane: lease, renewal, and writers that stand still (ENGINE §6).
///
/// Belongs to the engine's thread, which asks it between two turns. Where the process has the database for itself there is
/// nothing to keep, and it decides.
struct LaneKeeper {
    /// How often the log's writers are looked at.
    private static let looksEvery: Duration = .seconds(1)

    private let store: LaneStore
    /// As whom this process takes the lane; nil where it is alone.
    private let sharedAs: String?
    private let clock: SteadyClock
    private let logger: Logger
    private let decides: ReadyFlag
    private var role: LaneRole
    private var standing = StandingWriters()
    private var lookedAt = Timestamp.distantPast

    /// - Parameters:
    ///   - sharedAs: the id of this process's writer; nil where no other uses the database.
    ///   - decides: set while this process decides.
    init(_ store: LaneStore, sharedAs: String?, decides: ReadyFlag, clock: SteadyClock, logger: Logger) {
        self.store = store
        self.sharedAs = sharedAs
        self.decides = decides
        self.clock = clock
        self.logger = logger
        role = LaneRole(isShared: sharedAs != nil)
    }

    /// Whether this process may write decisions.
    var isOwner: Bool { role.isOwner }

    /// An engine that was loaded while the lane is held writes under its fence.
    func loaded(_ owner: inout LaneOwner) throws {
        if let fence = role.fence { _ = try owner.takesOver(fence: fence) }
    }

    /// Takes the lane where it is free, renews it in time, and gives it up where it may be another's; then shuts out who
    /// stands still. What a take-over brought to light is given back, to be told.
    ///
    /// - Parameter taken: called when the lane has become this process's.
    mutating func look(at owner: inout LaneOwner?, taken: (Timestamp) throws -> Void) throws -> LaneOwner.Committed? {
        guard let sharedAs else { return nil }
        defer { decides.set(role.isOwner) }
        let now = clock.now()
        let lease = LaneLease(store.database, lane: store.lane)
        var news: LaneOwner.Committed?
        switch role.due(at: now) {
        case .nothing: break
        case .take:
            if let fence = try lease.take(as: sharedAs) {
                role.holds(fence: fence, asked: now)
                do {
                    try taken(now)
                    news = try owner?.takesOver(fence: fence)
                } catch {
                    stepDown(&owner)
                    throw error
                }
                logger.notice("This process decides now", metadata: ["fence": "\(fence)"])
            } else {
                role.looked(at: now)
            }
        case .renew(let fence):
            if try lease.renew(fence: fence) { role.holds(fence: fence, asked: now) } else { stepDown(&owner) }
        case .stop: stepDown(&owner)
        }
        try shutOutStanding(besides: sharedAs, at: now)
        return news
    }

    /// Between two turns nothing is unwritten: the engine goes on as a follower's.
    private mutating func stepDown(_ owner: inout LaneOwner?) {
        logger.warning("Another process may decide now: this one follows")
        role.lost(at: clock.now())
        owner?.stepsDown(to: store)
    }

    /// A turn failed. A database that was away for a moment leaves the lease as it was.
    mutating func failed(_ error: any Error, of owner: inout LaneOwner?) {
        if (error as? StoreError)?.code == .notOwner { stepDown(&owner) }
        decides.set(role.isOwner)
    }

    /// Leaves the lane free for the next at once.
    func ends() throws {
        if let fence = role.fence { try LaneLease(store.database, lane: store.lane).release(fence: fence) }
    }

    /// A collector that has died holds engine time back: its writer is closed, and the time in which it did not hear is
    /// blind time.
    private mutating func shutOutStanding(besides own: String, at now: Timestamp) throws {
        guard now - lookedAt >= Self.looksEvery else { return }
        if now - lookedAt >= StandingWriters.shutOutAfter { standing.forget() }
        lookedAt = now
        let writers = standing.look(at: try store.log.writers(), besides: own, now: now)
        guard role.isOwner else { return }
        for writer in writers {
            let span = Input.Span(from: writer.watermark, to: max(now, writer.watermark))
            let closing = Hexadecimal.encode(SecureRandom.bytes(16))
            let isOut = try store.log.shutOut(
                writer.id, standingAt: writer.watermark, as: closing, batch: InputCodec.encode([.deaf(span)]))
            guard isOut else { continue }
            logger.warning(
                "A collector stood still and is shut out",
                metadata: ["writer": "\(writer.id)", "seconds": "\((span.to - span.from).wholeSeconds)"])
        }
    }
}
