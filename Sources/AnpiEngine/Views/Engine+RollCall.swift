import AnpiModel

/// What opening hours tell of a morning: who should have come up by now, and who will be known of when (DESIGN §6.3).
extension Engine {
    /// Openings that one answer tells of; a region's clinics open at a handful of times.
    private static let roundsMax = 12

    /// The roll call of today, one round an opening time: of the sites with a device that follows the hours, how many
    /// opened then, how many were heard since, how many were not.
    ///
    /// A site counts at its last opening of today, or before it at its next one.
    func rollCall(of shown: [Int]) -> JSON {
        var openings = TodaysOpenings(calendars: index.calendars.count)
        var rounds: [(opening: Timestamp, up: Int, missing: Int)] = []
        for number in shown where followsHours(number) {
            guard let calendar = index.calendar(of: number), calendar.isKnown else { continue }
            let today = openings[Int(index.sites[number].calendar), calendar, now]
            guard let opening = today.last ?? today.next else { continue }
            let place = rounds.firstIndex { $0.opening >= opening } ?? rounds.count
            if place == rounds.count || rounds[place].opening != opening {
                rounds.insert((opening, 0, 0), at: place)
            }
            if isUp(number, since: opening) { rounds[place].up += 1 } else { rounds[place].missing += 1 }
        }
        return .array(
            rounds.suffix(Self.roundsMax).map { round in
                [
                    "opening": .time(round.opening), "judgedFrom": .time(round.opening + parameters.startUpAllowance),
                    "sites": .integer(round.up + round.missing), "up": .integer(round.up),
                    "missing": .integer(round.missing),
                ]
            })
    }

    /// Of those whose silence says nothing because they are closed: how many an opening will tell of, and from when on.
    func knownByOpening(_ unknown: [Int]) -> JSON {
        var openings = TodaysOpenings(calendars: index.calendars.count)
        var from: Timestamp?
        var count = 0
        for number in unknown where sites[number].attribution == .closed && followsHours(number) {
            guard let calendar = index.calendar(of: number), calendar.isKnown else { continue }
            let today = openings[Int(index.sites[number].calendar), calendar, now]
            let judged = [today.last, today.next].compactMap { $0.map { $0 + parameters.startUpAllowance } }
            guard let next = judged.first(where: { $0 > now }) else { continue }
            count += 1
            from = min(from ?? next, next)
        }
        return ["sites": .integer(count), "from": .time(from)]
    }

    private func followsHours(_ site: Int) -> Bool {
        var follows = false
        index.forEachAgent(of: site) { number in
            let entry = index.agents[number]
            if entry.rhythm == .hours, !entry.isRetired, !entry.isCanary { follows = true }
        }
        return follows
    }

    /// It is heard, or was since it opened.
    private func isUp(_ site: Int, since opening: Timestamp) -> Bool {
        switch sites[site].contact {
        case .reporting, .late: true
        case .unseen, .silent, .signedOff: heardAtOrBeforeNow(site) >= opening
        }
    }
}

/// When calendars open today; each is asked once, because many sites share one.
private struct TodaysOpenings {
    struct Times {
        /// The last one up to now.
        var last: Timestamp?
        /// The next one of today.
        var next: Timestamp?
    }

    private var known: [Times?]

    init(calendars count: Int) { known = Array(repeating: nil, count: count) }

    /// - Parameter number: the calendar's in the fleet.
    subscript(number: Int, calendar: SiteCalendar, now: Timestamp) -> Times {
        mutating get {
            if let times = known[number] { return times }
            let today = now.civil().date
            let tomorrow = Timestamp(today.adding(days: 1), minuteOfDay: 0, offset: .japan)
            var times = Times()
            var next = calendar.nextOpening(after: Timestamp(today, minuteOfDay: 0, offset: .japan) - .milliseconds(1))
            while let opening = next, opening <= now {
                times.last = opening
                next = calendar.nextOpening(after: opening)
            }
            times.next = next.flatMap { $0 < tomorrow ? $0 : nil }
            known[number] = times
            return times
        }
    }
}
