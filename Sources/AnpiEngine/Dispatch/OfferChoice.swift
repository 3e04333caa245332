import AnpiModel

/// Whom to ask next for a task: a pure choice over plain values.
///
/// The nearest engineer (great circle) who has the skills, is not unavailable, works or is on call now, and has not
/// refused this task. Who has as many offers to answer as the bound allows is passed over while another one fits; when
/// all have, the one with the fewest is asked. Equal distances are told apart by the order of the candidates.
struct OfferChoice {
    /// One engineer as the choice sees them.
    struct Candidate: Hashable {
        var engineer: Int
        var distanceKilometers: Double
        var hasSkills: Bool
        /// Said no to this task, or did not answer.
        var hasRefused: Bool
        /// Nil where they cannot be sent and nobody knows until when; the past where they can be sent now.
        var freeFrom: Timestamp?
        /// Offers that they have not answered yet.
        var offersWaiting = 0
    }

    enum Choice: Hashable {
        case offer(engineer: Int)
        /// Nobody now; this one next, then.
        case wait(engineer: Int, until: Timestamp)
        /// Nobody, and nobody knows when: `allDeclined` or `nobody`.
        case nobody(TaskReason)
    }

    static func choose(
        among candidates: [Candidate], at now: Timestamp, offersWaitingMax: Int = .max
    ) -> Choice {
        /// Nobody has too many before anybody has; then the fewest.
        func load(_ candidate: Candidate) -> Int {
            candidate.offersWaiting < offersWaitingMax ? 0 : candidate.offersWaiting
        }
        var nearest: Candidate?
        var soonest: Candidate?
        var skilled = 0
        var willing = 0
        for candidate in candidates where candidate.hasSkills {
            skilled += 1
            guard !candidate.hasRefused else { continue }
            willing += 1
            guard let freeFrom = candidate.freeFrom else { continue }
            if freeFrom <= now {
                let best = nearest.map { (load($0), $0.distanceKilometers) } ?? (.max, .infinity)
                if (load(candidate), candidate.distanceKilometers) < best { nearest = candidate }
            } else if let best = soonest, let bestFrom = best.freeFrom {
                if (freeFrom, candidate.distanceKilometers) < (bestFrom, best.distanceKilometers) {
                    soonest = candidate
                }
            } else {
                soonest = candidate
            }
        }
        if let nearest { return .offer(engineer: nearest.engineer) }
        if let soonest, let freeFrom = soonest.freeFrom { return .wait(engineer: soonest.engineer, until: freeFrom) }
        return .nobody(skilled > 0 && willing == 0 ? .allDeclined : .nobody)
    }
}

extension Engineer {
    /// Whether they work or are on call at `instant`; without either declared always.
    func isOnDuty(at instant: Timestamp) -> Bool {
        if shift == nil, onCall == nil { return true }
        return shift?.isOpen(at: instant) ?? false || onCall?.isOpen(at: instant) ?? false
    }

    /// The first instant from `instant` on at which they are on duty; nil where none comes.
    func nextOnDuty(from instant: Timestamp) -> Timestamp? {
        if isOnDuty(at: instant) { return instant }
        let next = [shift?.nextOpening(after: instant), onCall?.nextOpening(after: instant)].compactMap { $0 }
        return next.min()
    }

    /// Whether they have all of `skills`; `inspect` is everyone's.
    func has(_ skills: [Skill]) -> Bool {
        skills.allSatisfy { $0 == .inspect || self.skills.contains($0) }
    }
}
