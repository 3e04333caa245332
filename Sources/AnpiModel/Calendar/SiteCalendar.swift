/// The part of a site's week that an instant falls into; silence means something else in each.
package enum Slot: String, Codable, CaseIterable, Sendable {
    case open
    /// On a day that has hours, before, between or after them.
    case afterHours
    /// On a day without hours: the weekly closing day or a closure.
    case closed
    /// On a public holiday without hours.
    case holiday
}

/// A site's declared hours with its closures taken out.
package struct SiteCalendar: Hashable, Sendable {
    /// Nil where the hours are unknown.
    package let hours: OpeningHours?
    /// What its `off` rules name is closed, whatever `hours` say.
    package let closures: OpeningHours?

    package init(hours: OpeningHours?, closures: OpeningHours? = nil) {
        self.hours = hours
        self.closures = closures
    }

    /// False where the hours are unknown, and then nothing is ever said to be open.
    package var isKnown: Bool { hours != nil }

    /// Whether the site declares to be open at `instant`; false where its hours are unknown.
    package func isOpen(at instant: Timestamp, offset: UTCOffset = .japan) -> Bool {
        let (date, millisecondOfDay) = instant.civil(at: offset)
        return isOpen(on: date, minute: millisecondOfDay / 60_000)
    }

    /// The first instant after `instant` at which closed turns to open; nil where none comes within 400 days.
    package func nextOpening(after instant: Timestamp, offset: UTCOffset = .japan) -> Timestamp? {
        nextChange(after: instant, offset: offset, toOpen: true)
    }

    /// The first instant after `instant` at which open turns to closed; nil where none comes within 400 days.
    package func nextClosing(after instant: Timestamp, offset: UTCOffset = .japan) -> Timestamp? {
        nextChange(after: instant, offset: offset, toOpen: false)
    }

    /// When it is open between two instants, ascending; none where the hours are unknown.
    package func openSpans(from start: Timestamp, until end: Timestamp) -> [Range<Timestamp>] {
        var spans: [Range<Timestamp>] = []
        var next = isOpen(at: start) ? start : nextOpening(after: start)
        while let from = next, from < end {
            let to = min(nextClosing(after: from) ?? end, end)
            spans.append(from..<to)
            next = nextOpening(after: to)
        }
        return spans
    }

    /// The slot of `instant`; nil where the hours are unknown and no closure speaks.
    package func slot(at instant: Timestamp, offset: UTCOffset = .japan) -> Slot? {
        let (date, millisecondOfDay) = instant.civil(at: offset)
        let minute = millisecondOfDay / 60_000
        if isOpen(on: date, minute: minute) { return .open }
        guard let hours else { return isClosure(on: date, minute: minute) ? .closed : nil }
        if opens(hours, on: date) { return .afterHours }
        return JapaneseHolidays.isHoliday(date) ? .holiday : .closed
    }

    private func isOpen(on date: CivilDate, minute: Int) -> Bool {
        guard let hours, hours.rules.isOpen(on: date, minute: minute) else { return false }
        return !isClosure(on: date, minute: minute)
    }

    private func isClosure(on date: CivilDate, minute: Int) -> Bool {
        closures?.rules.isOff(on: date, minute: minute) ?? false
    }

    /// Whether any time that begins on `date` is open and not in a closure.
    private func opens(_ hours: OpeningHours, on date: CivilDate) -> Bool {
        guard let closures else { return hours.rules.opens(on: date) }
        func isOpen(_ minute: Int16) -> Bool {
            hours.rules.state(on: date, minute: Int(minute)) == .open
                && !closures.rules.isOff(on: date, minute: Int(minute))
        }
        return hours.rules.boundaries.contains(where: isOpen) || closures.rules.boundaries.contains(where: isOpen)
    }

    private func nextChange(after instant: Timestamp, offset: UTCOffset, toOpen: Bool) -> Timestamp? {
        guard let hours else { return nil }
        var boundaries = hours.rules.boundaries
        if let closures, closures.rules.boundaries.count > 1 {
            boundaries = Set(boundaries).union(closures.rules.boundaries).sorted()
        }
        return OpeningHours.nextChange(after: instant, offset: offset, boundaries: boundaries) { date, minute in
            isOpen(on: date, minute: minute) == toOpen
        }
    }
}

extension Site {
    /// The site's hours and closures as one calendar.
    package var calendar: SiteCalendar { SiteCalendar(hours: hours, closures: closures) }
}
