import AnpiModel

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

    /// When they are on duty between two instants, ascending.
    func dutySpans(from start: Timestamp, until end: Timestamp) -> [Range<Timestamp>] {
        var spans: [Range<Timestamp>] = []
        var next = nextOnDuty(from: start)
        while let from = next, from < end {
            var to = from
            // A shift that ends while they are on call goes on.
            while to < end, let closing = dutyEnds(after: to) { to = closing }
            let isEndless = to == from
            spans.append(from..<(isEndless ? end : min(to, end)))
            next = isEndless || to >= end ? nil : nextOnDuty(from: to)
        }
        return spans
    }

    /// The end of what they are on duty for at `instant`; nil where they are not, or it never ends.
    private func dutyEnds(after instant: Timestamp) -> Timestamp? {
        [shift, onCall].compactMap { hours in
            hours.flatMap { $0.isOpen(at: instant) ? $0.nextClosing(after: instant) : nil }
        }.max()
    }
}
