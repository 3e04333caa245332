/// A day of the (proleptic Gregorian) calendar, without a time zone.
///
/// Our own arithmetic, because Foundation's calendars are not in the agent (`FoundationEssentials` knows no
/// "Asia/Tokyo") and Japan has neither daylight saving nor zones. Algorithms: Howard Hinnant, "chrono-compatible
/// low-level date algorithms".
package struct CivilDate: Hashable, Comparable, Sendable {
    package var year: Int
    /// 1…12.
    package var month: Int
    /// 1…31.
    package var day: Int

    /// A date from its parts, or nil where the calendar has no such day.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), day >= 1, day <= Self.days(inMonth: month, of: year) else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// The date `days` days after 1970-01-01.
    package init(daysSinceEpoch days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days since 1970-01-01.
    package var daysSinceEpoch: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    package var weekday: Weekday {
        // 1970-01-01 was a Thursday.
        let index = (daysSinceEpoch % 7 + 7 + 3) % 7
        return Weekday.allCases[index]
    }

    package func adding(days: Int) -> CivilDate { CivilDate(daysSinceEpoch: daysSinceEpoch + days) }

    package static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    package static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
}

/// A day of the week, Monday first as in the opening hours of clinics.
package enum Weekday: Int, CaseIterable, Hashable, Sendable {
    case monday, tuesday, wednesday, thursday, friday, saturday, sunday
}

/// A fixed distance from UTC in minutes; Japan's is +09:00 all year.
package struct UTCOffset: Hashable, Sendable {
    package var minutes: Int

    package init(minutes: Int) { self.minutes = minutes }

    package static let utc = UTCOffset(minutes: 0)
    package static let japan = UTCOffset(minutes: 9 * 60)
}

extension Timestamp {
    /// The calendar day and the milliseconds since its midnight, as a clock at `offset` shows them.
    package func civil(at offset: UTCOffset = .japan) -> (date: CivilDate, millisecondOfDay: Int) {
        let local = milliseconds + Int64(offset.minutes) * 60_000
        let day = Int((local >= 0 ? local : local - 86_399_999) / 86_400_000)
        return (CivilDate(daysSinceEpoch: day), Int(local - Int64(day) * 86_400_000))
    }

    /// The instant at which a clock at `offset` shows `minuteOfDay` minutes after midnight of `date`.
    package init(_ date: CivilDate, minuteOfDay: Int = 0, offset: UTCOffset = .japan) {
        self.init(
            milliseconds: (Int64(date.daysSinceEpoch) * 1_440 + Int64(minuteOfDay) - Int64(offset.minutes)) * 60_000
        )
    }
}

extension CivilDate {
    /// `2022-10-10`.
    package var text: String {
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(year)-\(padded(month))-\(padded(day))"
    }
}

extension CivilDate: Codable {
    /// Reads `2022-10-10`, as `text` writes it; nil for any other text.
    package init?(text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let isDigits = parts.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        guard isDigits, parts.map(\.utf8.count) == [4, 2, 2], let year = Int(parts[0]), let month = Int(parts[1]),
            let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let date = CivilDate(text: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a date like 2022-10-10")
        }
        self = date
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
