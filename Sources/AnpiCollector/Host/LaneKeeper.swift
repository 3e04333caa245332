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
    private let release: Int
    private var role: LaneRole
    private var standing = StandingWriters()
    private var lookedAt = Timestamp.distantPast
    /// Whether it was said that this process waits because of another release.
    private var hasToldWaiting = false
    /// True while what another release has decided last is not loaded yet.
    private(set) var takesOverFromAnotherRelease = false

    /// - Parameters:
    ///   - sharedAs: the id of this process's writer; nil where no other uses the database.
    ///   - decides: set while this process decides.
    ///   - release: of this program.
    init(
        _ store: LaneStore, sharedAs: String?, decides: ReadyFlag, clock: SteadyClock, logger: Logger,
        release: Int = Migrations().newest
    ) {
        self.store = store
        self.sharedAs = sharedAs
        self.decides = decides
        self.clock = clock
        self.logger = logger
        self.release = release
        role = LaneRole(isShared: sharedAs != nil)
    }

    /// Whether this process may write decisions.
    var isOwner: Bool { role.isOwner }

    /// Whether another release decides just now: by its rules the log may lead to other decisions than by ours.
    func followsAnotherRelease() throws -> Bool {
        guard sharedAs != nil, !role.isOwner else { return false }
        return try lease.holder().map { $0.release != release } ?? false
    }

    private var lease: LaneLease { LaneLease(store.database, lane: store.lane, release: release) }

    /// An engine that was loaded while the lane is held writes under its fence.
    func loaded(_ owner: inout LaneOwner) throws {
        if let fence = role.fence { _ = try owner.takesOver(fence: fence) }
    }

    /// From here on only this process's own decisions count.
    mutating func hasTakenOver() { takesOverFromAnotherRelease = false }

    /// Takes the lane where it is free, renews it in time, and gives it up where it may be another's; then shuts out who
    /// stands still. What a take-over brought to light is given back, to be told.
    ///
    /// Where another release has decided before, the engine is thrown away: what that one has left is loaded instead.
    ///
    /// - Parameter taken: called when the lane has become this process's.
    mutating func look(at owner: inout LaneOwner?, taken: (Timestamp) throws -> Void) throws -> LaneOwner.Committed? {
        guard let sharedAs else { return nil }
        defer { decides.set(role.isOwner) }
        let now = clock.now()
        var news: LaneOwner.Committed?
        switch role.due(at: now) {
        case .nothing: break
        case .take:
            let before = try lease.holder()
            if try mayDecide(after: before, at: now), let fence = try take(as: sharedAs) {
                role.holds(fence: fence, asked: now)
                do {
                    try taken(now)
                    if let before, before.release != release || before.fence != fence - 1 {
                        takesOverFromAnotherRelease = true
                        owner = nil
                    }
                    news = try owner?.takesOver(fence: fence)
                } catch {
                    stepDown(&owner)
                    throw error
                }
                logger.notice("This process decides now", metadata: ["fence": "\(fence)", "release": "\(release)"])
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

    /// Whether the lane is free, and for this release (docs/decisions/0022): the older decides as long as it lives, and
    /// none does any more once a newer one has.
    private mutating func mayDecide(after before: LaneLease.Holder?, at now: Timestamp) throws -> Bool {
        guard before?.isHolding != true else { return false }
        let newest = before?.newestRelease ?? 0
        if newest == release { return true }
        let older = try store.log.writers().first { writer in
            !writer.closed && writer.release < release && !standing.stands(writer, at: now)
        }
        if older == nil, newest < release { return true }
        if !hasToldWaiting {
            hasToldWaiting = true
            logger.notice(
                "Another release decides: this process takes beats and commands, and follows",
                metadata: ["release": "\(release)", "other": "\(older?.release ?? newest)"])
        }
        return false
    }

    /// Where a session sits on the row of a lane that is free, it is ended. That it may not be is told and tried again:
    /// what this process follows with is as good as before.
    private func take(as own: String) throws -> Int64? {
        do {
            return try lease.take(as: own)
        } catch let error as StoreError where error.code == .busy {
            do {
                guard let ended = try lease.endHolder() else { return nil }
                logger.warning(
                    "A session that sat on the lane of an owner whose time is over was ended",
                    metadata: ["process": "\(ended.number)", "user": "\(ended.user)", "of": "\(ended.application)"])
                return try lease.take(as: own)
            } catch let error as StoreError where error.code == .unavailable || error.code == .busy {
                logger.error("The lane is free and cannot be taken", metadata: ["error": "\(error)"])
                return nil
            }
        }
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
        if let fence = role.fence { try lease.release(fence: fence) }
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
