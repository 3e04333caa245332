import AnpiModel

/// The due date of a month's insurance claims (レセプト): the 10th of the next month (reference §9).
struct ClaimsClock: Hashable, Sendable {
    /// The month whose claims are due, by its first day.
    let claimMonth: CivilDate
    /// Claims must be there by the end of this day.
    let due: CivilDate

    /// The clock of a disaster: claims of the month in which it struck.
    ///
    /// - Parameter moved: the date by which claims are due where an authority has moved it for this incident.
    init(disasterAt instant: Timestamp, moved: CivilDate? = nil) {
        let date = instant.civil().date
        claimMonth = date.adding(days: 1 - date.day)
        due = moved ?? Self.tenthOfNextMonth(after: claimMonth)
    }

    private static func tenthOfNextMonth(after month: CivilDate) -> CivilDate {
        month.adding(days: CivilDate.days(inMonth: month.month, of: month.year) + 9)
    }

    /// Days until the due date, on the calendar of Japan: 0 on the day itself, negative after it.
    func daysLeft(at now: Timestamp) -> Int { due.daysSinceEpoch - now.civil().date.daysSinceEpoch }

    /// What a task of such a site weighs in thousandths: 1 + max(0, (16 − days left) / 16) · 4.
    func weight(at now: Timestamp) -> Int { 1_000 + max(0, 16 - daysLeft(at: now)) * 250 }
}
