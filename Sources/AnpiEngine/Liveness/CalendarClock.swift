import AnpiModel

/// What a calendar says at an instant, and until when it says the same: asked for every silence, many times between two
/// changes, while the rules behind it are slow to ask.
struct CalendarClock: Sendable {
    /// A site whose hours nobody told is taken for open, where a silence weighs as it does by day.
    let slot: Slot
    /// False where the hours are unknown: then only the slot is.
    let isKnown: Bool
    /// A day on which many are closed that have not told so: who has not come up says nothing.
    let isCustomaryClosure: Bool
    /// Opening or closing, whichever comes next; nil where none does within 400 days.
    let nextChange: Timestamp?
    /// When the slot may be another one: at the next change, or at midnight, where closed days and holidays turn.
    let slotEnds: Timestamp
    /// While open: since when; at least a day ago where it has been open for longer.
    let openSince: Timestamp
    /// When the calendar was asked.
    private let askedAt: Timestamp

    var isOpen: Bool { isKnown && slot == .open }

    init(_ calendar: SiteCalendar, at now: Timestamp) {
        slot = calendar.slot(at: now) ?? .open
        isKnown = calendar.isKnown
        askedAt = now
        let isOpen = isKnown && slot == .open
        nextChange = isOpen ? calendar.nextClosing(after: now) : calendar.nextOpening(after: now)
        let today = now.civil().date
        isCustomaryClosure = JapaneseHolidays.isCustomaryClosure(today)
        let midnight = Timestamp(today.adding(days: 1), minuteOfDay: 0, offset: .japan)
        slotEnds = nextChange.map { min($0, midnight) } ?? midnight
        var opening = now - .seconds(86_400)
        while isOpen, let next = calendar.nextOpening(after: opening), next <= now { opening = next }
        openSince = opening
    }

    /// Whether it says the same at `instant`. Of unknown hours only closures are known, which end at any time.
    func holds(at instant: Timestamp) -> Bool { isKnown && askedAt <= instant && instant < slotEnds }
}

extension Engine {
    /// The clock of a site's calendar as it stands now; nil where the site has none.
    func clock(of site: Int) -> CalendarClock? {
        let number = Int(index.sites[site].calendar)
        guard number >= 0 else { return nil }
        if number < clocks.count, let clock = clocks[number], clock.holds(at: now) { return clock }
        return CalendarClock(index.calendars[number], at: now)
    }

    /// Sets every clock, before many sites are asked.
    mutating func setClocks() {
        makeRoomForClocks()
        for number in clocks.indices where clocks[number]?.holds(at: now) != true {
            clocks[number] = CalendarClock(index.calendars[number], at: now)
        }
    }

    /// Sets the clock of a site's calendar, so that it is not asked again before it changes.
    mutating func setClock(of site: Int) {
        let number = Int(index.sites[site].calendar)
        guard number >= 0 else { return }
        makeRoomForClocks()
        if clocks[number]?.holds(at: now) != true {
            clocks[number] = CalendarClock(index.calendars[number], at: now)
        }
    }

    private mutating func makeRoomForClocks() {
        while clocks.count < index.calendars.count { clocks.append(nil) }
    }
}
