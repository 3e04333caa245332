package import AnpiModel

/// A time in which a site's contact stayed what it was.
package struct ContactSpan: Hashable, Sendable {
    package var contact: Contact
    package var from: Timestamp
    package var to: Timestamp

    package init(contact: Contact, from: Timestamp, to: Timestamp) {
        self.contact = contact
        self.from = from
        self.to = to
    }
}

/// How much of the time in which it was expected to be heard a site was heard, or several sites together.
///
/// Expected is all of the time of a site with a device that is always on, or that only its pings tell of; of other sites
/// the declared opening hours, each from the start-up allowance after the opening on, without the days on which many are
/// closed that have not told so. Taken out of it are our own blind time, what a goodbye covers, and what
/// lies before the site was first heard. `late` is still heard: nothing was missed yet that an ordinary pause does not
/// bear.
package struct HeardTime: Hashable, Sendable {
    /// Milliseconds in which it was expected and heard.
    package private(set) var heard: Int64 = 0
    /// Milliseconds in which it was expected and silent.
    package private(set) var missed: Int64 = 0
    /// Milliseconds that would count, had we been able to hear.
    package private(set) var blind: Int64 = 0

    package init() {}

    package static func += (sum: inout HeardTime, other: HeardTime) {
        sum.heard += other.heard
        sum.missed += other.missed
        sum.blind += other.blind
    }

    fileprivate mutating func add(_ contact: Contact, _ time: Int64, blind: Int64) {
        switch contact {
        case .reporting, .late: heard += time - blind
        case .silent: missed += time - blind
        case .unseen, .signedOff: return
        }
        self.blind += blind
    }

    /// 0…1 in ten thousandths, never rounded up: 1 is said only of who was never missed. Nil where nothing was expected.
    package var share: Double? {
        let expected = heard + missed
        guard expected > 0 else { return nil }
        return Double(heard * 10_000 / expected) / 10_000
    }

    /// The figure over the last `days`.
    package func json(days: Int) -> JSON {
        [
            "days": .integer(days), "share": share.map { .decimal($0, digits: 4) } ?? .null,
            "expectedSeconds": .integer((heard + missed) / 1_000), "heardSeconds": .integer(heard / 1_000),
            "blindSeconds": .integer(blind / 1_000),
        ]
    }
}

/// What the engine knows of a site's time: with the closed spans of the store it says how much of it was heard.
///
/// Small, so that it is taken on the engine's thread and worked on elsewhere.
package struct SiteTime: Sendable {
    /// The spans that figures are given for, in days.
    package static let days = [7, 30]

    package let site: SiteID
    package let office: OfficeID?
    /// When it was taken.
    package let now: Timestamp
    /// The span of contact that has not closed.
    private let current: ContactSpan
    /// Expected all the time, or while its calendar is open.
    private let isAlways: Bool
    private let calendar: SiteCalendar?
    private let startUpAllowance: Duration
    /// Our blind time as the engine knows it: what lasts, and what has just ended.
    private let blind: [Input.Span]

    fileprivate init(_ number: Int, in engine: Engine) {
        let state = engine.sites[number]
        site = engine.index.sites[number].id
        office = engine.index.office(of: number)?.id
        now = engine.now
        current = ContactSpan(contact: state.contact, from: state.contactSince, to: engine.now)
        calendar = engine.index.calendar(of: number)
        startUpAllowance = engine.parameters.startUpAllowance
        blind = engine.blind.spans(upTo: engine.now)
        var (hasAlways, hasAgents) = (false, false)
        engine.index.forEachAgent(of: number) { agent in
            let entry = engine.index.agents[agent]
            guard !entry.isCanary, !entry.isRetired else { return }
            hasAgents = true
            if entry.rhythm == .always { hasAlways = true }
        }
        isAlways = hasAlways || !hasAgents
    }

    /// The beginning of the longest of the figures: nothing before it is asked for.
    package var since: Timestamp { start(of: Self.days.max() ?? 0) }

    private func start(of days: Int) -> Timestamp { now - .seconds(Int64(days) * 86_400) }

    /// One figure for each of `days`.
    ///
    /// - Parameters:
    ///   - closed: spans of the site's contact that have closed, in any order.
    ///   - blind: what is kept of our blind time, in any order.
    package func heard(closed: [ContactSpan], blind kept: [Input.Span]) -> [HeardTime] {
        let blind = DisjointSpans(self.blind + kept)
        let expected = DisjointSpans(isAlways ? [Input.Span(from: since, to: now)] : openTimes)
        // What closed after the engine was asked is told by its current span.
        let spans = closed.filter { $0.from < current.from } + [current]
        return Self.days.map { days in
            let start = start(of: days)
            var heard = HeardTime()
            for span in spans {
                expected.forEach(from: max(span.from, start), to: min(span.to, now)) { part in
                    heard.add(span.contact, part.length, blind: blind.length(from: part.from, to: part.to))
                }
            }
            return heard
        }
    }

    /// When its devices are expected to be on: opened for the start-up allowance, until it closes.
    private var openTimes: [Input.Span] {
        guard let calendar, calendar.isKnown else { return [] }
        var times: [Input.Span] = []
        // Who was open already has been so for long enough, or the allowance is a quarter of an hour in a month.
        var start: Timestamp? = calendar.isOpen(at: since) ? since : nil
        var last = since
        while let opening = start ?? calendar.nextOpening(after: last).map({ $0 + startUpAllowance }), opening < now {
            let closing = calendar.nextClosing(after: last) ?? now
            var from = opening
            while from < closing {
                let day = from.civil().date
                let to = min(closing, Timestamp(day.adding(days: 1)))
                if !JapaneseHolidays.isCustomaryClosure(day) { times.append(Input.Span(from: from, to: to)) }
                from = to
            }
            start = nil
            last = closing
        }
        return times
    }
}

extension Engine {
    /// What is known here of a site's time; nil where there is no such site in this scope.
    package func time(of id: SiteID, scope: Scope = .all) -> SiteTime? {
        guard let number = index.number(of: id), scope.contains(index.office(of: number)?.id) else { return nil }
        return SiteTime(number, in: self)
    }

    /// The same of the sites with these numbers, without canaries and those that have left the fleet; nil beyond the
    /// last.
    package func times(ofSites numbers: Range<Int>) -> [SiteTime]? {
        guard numbers.lowerBound < sites.count else { return nil }
        return numbers.clamped(to: sites.indices).filter { counts(site: $0) }.map { SiteTime($0, in: self) }
    }
}

/// Spans in order, none of which touches another: how much of any time they cover is found by halving.
struct DisjointSpans: Hashable {
    private var spans: [Input.Span] = []

    init(_ unordered: [Input.Span]) {
        for span in unordered.sorted(by: { $0.from < $1.from }) where span.from < span.to {
            if let last = spans.last, span.from <= last.to {
                spans[spans.count - 1].to = max(last.to, span.to)
            } else {
                spans.append(span)
            }
        }
    }

    /// The parts of a time that are covered, in order.
    func forEach(from: Timestamp, to: Timestamp, _ body: (Input.Span) -> Void) {
        guard from < to else { return }
        var low = 0
        var high = spans.count
        while low < high {
            let middle = (low + high) / 2
            if spans[middle].to <= from { low = middle + 1 } else { high = middle }
        }
        while low < spans.count, spans[low].from < to {
            body(Input.Span(from: max(spans[low].from, from), to: min(spans[low].to, to)))
            low += 1
        }
    }

    /// How many milliseconds of a time are covered.
    func length(from: Timestamp, to: Timestamp) -> Int64 {
        var sum: Int64 = 0
        forEach(from: from, to: to) { sum += $0.length }
        return sum
    }
}

extension Input.Span {
    /// In milliseconds.
    fileprivate var length: Int64 { to.milliseconds - from.milliseconds }
}
