import AnpiModel

/// The due date of a month's insurance claims (レセプト): the 10th of the next month (reference §9).
struct ClaimsClock: Hashable, Sendable {
    /// The first day of the month whose claims are due.
    let claimMonth: CivilDate
    /// Claims must be there by the end of this day.
    let due: CivilDate

    /// The clock of a disaster: claims of the month in which it struck.
    ///
    /// - Parameter moved: the date by which claims are due where an authority has moved it for this incident.
    init(disasterAt instant: Timestamp, moved: CivilDate? = nil) {
        let date = instant.civil().date
        claimMonth = date.adding(days: 1 - date.day)
        let nextMonth = claimMonth.adding(days: CivilDate.days(inMonth: date.month, of: date.year))
        due = moved ?? nextMonth.adding(days: 9)
    }

    /// Days until the due date on the calendar of Japan: 0 on the day itself, negative after it.
    func daysLeft(at now: Timestamp) -> Int { due.daysSinceEpoch - now.civil().date.daysSinceEpoch }

    /// What work for such a site weighs in thousandths: 1 + max(0, (16 − days left) / 16) · 4, and no more than on the
    /// due date once that is over.
    func weight(at now: Timestamp) -> Int { 1_000 + min(max(16 - daysLeft(at: now), 0), 16) * 250 }

    /// Whether `instant` is within the due date.
    func isInTime(_ instant: Timestamp) -> Bool { daysLeft(at: instant) >= 0 }

    /// Days of the three months before the claim month: what estimated claims divide by. Working days are all but
    /// Sundays and public holidays (75 for May to July 2018, as the notice of that September counts).
    var threeMonthsBefore: (working: Int, calendar: Int) {
        var first = claimMonth
        for _ in 0..<3 {
            let lastOfBefore = first.adding(days: -1)
            first = lastOfBefore.adding(days: 1 - lastOfBefore.day)
        }
        let days = (first.daysSinceEpoch..<claimMonth.daysSinceEpoch).map { CivilDate(daysSinceEpoch: $0) }
        return (days.count { $0.weekday != .sunday && !JapaneseHolidays.isHoliday($0) }, days.count)
    }
}
