import AnpiModel

/// When we could not hear ourselves, and what that does to deadlines (ENGINE §2).
struct BlindLedger: Hashable, Sendable {
    /// Ascending, apart from each other; the last may end in the future of an engine that was told so.
    private(set) var periods: [Input.Span] = []
    /// When the last canary was heard, while all of them are late.
    private(set) var openSince: Timestamp?

    /// Periods kept; the oldest is dropped beyond, together with what ended longer ago than any deadline reaches.
    static let periodsMax = 1_000
    static let keptMilliseconds: Int64 = 9 * 86_400_000

    init() {}

    /// True where no blind time is known that a deadline could still be moved by.
    var isEmpty: Bool { periods.isEmpty && openSince == nil }

    /// All blind time up to `now`, the one that lasts too, each instant once; ascending.
    func spans(upTo now: Timestamp) -> [Input.Span] {
        guard let openSince, openSince < now else { return periods.filter { $0.from < now } }
        // Joined by the same rule as what has ended, in a copy.
        var all = self
        all.wasDeaf(Input.Span(from: openSince, to: now))
        return all.periods.filter { $0.from < now }
    }

    init(periods: [Input.Span], openSince: Timestamp?) {
        self.periods = periods
        self.openSince = openSince
    }

    /// The watermark stood still, or the canaries are heard again after this.
    mutating func wasDeaf(_ span: Input.Span) {
        guard span.from < span.to else { return }
        var union = span
        var kept: [Input.Span] = []
        kept.reserveCapacity(periods.count + 1)
        for period in periods where period.to.milliseconds > span.to.milliseconds - Self.keptMilliseconds {
            if period.to < union.from || period.from > union.to {
                kept.append(period)
            } else {
                union.from = min(union.from, period.from)
                union.to = max(union.to, period.to)
            }
        }
        let place = kept.firstIndex { $0.from > union.to } ?? kept.count
        kept.insert(union, at: place)
        if kept.count > Self.periodsMax { kept.removeFirst(kept.count - Self.periodsMax) }
        periods = kept
    }

    /// All canaries are late: blind since the last of them was heard, until one is heard again.
    mutating func canariesFellLate(lastHeard: Timestamp) {
        if openSince == nil { openSince = lastHeard }
    }

    /// A canary was heard again; the span that has ended, where one was open.
    mutating func canaryWasHeard(at now: Timestamp) -> Input.Span? {
        guard let from = openSince else { return nil }
        openSince = nil
        let span = Input.Span(from: from, to: now)
        wasDeaf(span)
        return span
    }

    /// A deadline before blind time is allowed for.
    struct Deadline: Hashable, Sendable {
        var at: Timestamp
        /// Since when we have been waiting.
        var since: Timestamp
        /// What a sender that can reach us again is granted, in milliseconds.
        var grace: Int64
        /// Of the sender's beats, in milliseconds.
        var interval: Int64
        /// A time of the day (an opening) does not move because we were blind in the night before it.
        var isTimeOfDay = false
    }

    enum Allowed: Hashable {
        case at(Timestamp)
        /// We are blind now: nobody knows yet.
        case whenWeHearAgain
    }

    /// After blind time of length B a deadline is max(deadline + B, end + grace + rejoin).
    func allow(for deadline: Deadline) -> Allowed {
        var at = deadline.at
        for period in periods where period.from < at && period.to > deadline.since {
            let length = period.to.milliseconds - max(period.from, deadline.since).milliseconds
            let rejoined = period.to.milliseconds + deadline.grace + Self.rejoin(length, interval: deadline.interval)
            let moved = deadline.isTimeOfDay ? at.milliseconds : at.milliseconds + length
            at = Timestamp(milliseconds: max(moved, rejoined))
        }
        if let openSince, openSince < at { return .whenWeHearAgain }
        return .at(at)
    }

    /// How long a sender may need to reach us again: min(B + 1 interval, 1.5 × retry cap), the cap being two intervals
    /// between 2 s and 120 s.
    static func rejoin(_ length: Int64, interval: Int64) -> Int64 {
        let retryCap = min(max(2 * interval, 2_000), 120_000)
        return min(length + interval, retryCap * 3 / 2)
    }
}
