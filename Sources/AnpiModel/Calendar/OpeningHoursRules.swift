/// Opening hours made ready for asking: small flat arrays in one shared object, because a fleet asks for 100,000 sites
/// and most of them share a handful of texts.
final class OpeningHoursRules: Sendable {
    let rules: [Rule]
    let dates: [DateRange]
    let ordinals: [OrdinalWeekday]
    let spans: [Span]
    /// Every minute of a day at which some rule may change the state; ascending, 0 among them.
    let boundaries: [Int16]

    init(rules: [Rule], dates: [DateRange], ordinals: [OrdinalWeekday], spans: [Span]) {
        self.rules = rules
        self.dates = dates
        self.ordinals = ordinals
        self.spans = spans
        var minutes: Set<Int16> = [0]
        for span in spans {
            minutes.insert(span.start % 1_440)
            minutes.insert(span.end % 1_440)
        }
        self.boundaries = minutes.sorted()
    }

    /// One rule; its lists are ranges of the arrays of the whole text.
    struct Rule: Sendable {
        /// Bits 0…6 Monday…Sunday, bit 7 public holidays.
        var weekdays: UInt8 = 0x7F
        var isOff = false
        var dates: Range<Int> = 0..<0
        var ordinals: Range<Int> = 0..<0
        /// Empty means the whole day.
        var spans: Range<Int> = 0..<0

        static let publicHoliday: UInt8 = 0x80
    }

    /// From a day to a day, both included; each year where no year was written.
    struct DateRange: Sendable {
        var start: Day
        var end: Day

        /// A day of a year; `year` 0 means every year.
        struct Day: Sendable {
            var year: Int
            var month: Int
            var day: Int

            var inYear: Int { month * 32 + day }
        }

        func contains(_ date: CivilDate) -> Bool {
            let day = date.month * 32 + date.day
            if start.year == 0 {
                return start.inYear <= end.inYear
                    ? (start.inYear...end.inYear).contains(day)
                    : day >= start.inYear || day <= end.inYear
            }
            let instant = date.year * 512 + day
            return start.year * 512 + start.inYear <= instant && instant <= end.year * 512 + end.inYear
        }
    }

    /// `Sa[2,4]`: certain weeks' weekday of a month.
    struct OrdinalWeekday: Sendable {
        var weekday: Int
        /// Bits 0…4 the first to the fifth, bits 5…9 the last to the fifth last.
        var weeks: UInt16

        func contains(_ date: CivilDate, weekday: Int) -> Bool {
            guard weekday == self.weekday else { return false }
            let fromStart = (date.day - 1) / 7
            let fromEnd = (CivilDate.days(inMonth: date.month, of: date.year) - date.day) / 7
            return weeks & (1 << fromStart | 1 << (5 + fromEnd)) != 0
        }
    }

    /// From a minute to a minute after the day's midnight, the end not included and up to 2,880.
    struct Span: Sendable {
        var start: Int16
        var end: Int16
    }

    /// What the rules of one day say of a minute counted from its midnight.
    enum State: Sendable {
        /// No rule says anything, or the last one has other times.
        case silent
        case open
        /// The whole day is off.
        case offAllDay
        /// These very hours are off.
        case offNow
    }

    func isOpen(on date: CivilDate, minute: Int) -> Bool {
        switch state(on: date, minute: minute) {
        case .open: true
        case .offNow: false
        case .silent, .offAllDay: state(on: date.adding(days: -1), minute: minute + 1_440) == .open
        }
    }

    /// Whether an `off` rule names this minute: how a list of closures is read.
    func isOff(on date: CivilDate, minute: Int) -> Bool {
        switch state(on: date, minute: minute) {
        case .offAllDay, .offNow: true
        case .open: false
        case .silent: state(on: date.adding(days: -1), minute: minute + 1_440) == .offNow
        }
    }

    func opens(on date: CivilDate) -> Bool {
        boundaries.contains { state(on: date, minute: Int($0)) == .open }
    }

    /// What the rules that match `date` say of `minute`, which is beyond 1,439 for the hours after the next midnight.
    func state(on date: CivilDate, minute: Int) -> State {
        let weekday = date.weekday.rawValue
        var state = State.silent
        for rule in rules where matches(rule, date, weekday: weekday) {
            let isWholeDay = rule.spans.isEmpty
            let isNamed = isWholeDay ? minute < 1_440 : contains(rule.spans, minute)
            if rule.isOff {
                if isWholeDay {
                    state = isNamed ? .offAllDay : .silent
                } else if isNamed {
                    state = .offNow
                }
            } else {
                state = isNamed ? .open : .silent
            }
        }
        return state
    }

    private func matches(_ rule: Rule, _ date: CivilDate, weekday: Int) -> Bool {
        if !rule.dates.isEmpty {
            var isNamed = false
            for index in rule.dates where dates[index].contains(date) { isNamed = true }
            guard isNamed else { return false }
        }
        if rule.weekdays & (1 << UInt8(weekday)) != 0 { return true }
        for index in rule.ordinals where ordinals[index].contains(date, weekday: weekday) { return true }
        return rule.weekdays & Rule.publicHoliday != 0 && JapaneseHolidays.isHoliday(date)
    }

    private func contains(_ range: Range<Int>, _ minute: Int) -> Bool {
        for index in range where Int(spans[index].start) <= minute && minute < Int(spans[index].end) { return true }
        return false
    }
}
