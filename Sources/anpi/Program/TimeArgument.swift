import AnpiModel

/// A time as people type it at a prompt, in Japan's time: `14:00`, `9/25 08:30`, `2022-09-25T08:30`, `+45m`, or RFC 3339.
enum TimeArgument {
    /// On which side of now a time lies of which the day, or the year, was not said.
    enum Side {
        /// What is planned: the next such time, or one that passed within the hour.
        case ahead
        /// What was seen, done or recorded: the last such time.
        case behind
    }

    /// Clocks on walls and wrists differ by so much: what was "seen" a moment from now was seen now.
    private static let clocksDifferBy = Duration.seconds(120)

    /// Nil where `text` is none of these; a span (`+45m`) leads ahead only.
    static func parse(_ text: String, now: Timestamp, _ side: Side = .ahead) -> Timestamp? {
        if let instant = Timestamp(rfc3339: text) { return instant }
        if text.hasPrefix("+") { return side == .ahead ? ahead(text.dropFirst(), from: now) : nil }
        let today = now.civil().date
        let parts = text.split(whereSeparator: { $0 == " " || $0 == "T" })
        if parts.count == 1, let minutes = minutesOfDay(parts[0]) {
            return clock(minutes, today, now: now, side)
        }
        guard parts.count == 2, let minutes = minutesOfDay(parts[1]), let date = day(parts[0], near: today, side)
        else { return nil }
        return Timestamp(date, minuteOfDay: minutes)
    }

    private static func clock(_ minutes: Int, _ today: CivilDate, now: Timestamp, _ side: Side) -> Timestamp {
        let instant = Timestamp(today, minuteOfDay: minutes)
        switch side {
        case .ahead:
            return instant < now - .seconds(3_600)
                ? Timestamp(today.adding(days: 1), minuteOfDay: minutes) : instant
        case .behind:
            return instant > now + clocksDifferBy
                ? Timestamp(today.adding(days: -1), minuteOfDay: minutes) : min(instant, now)
        }
    }

    private static func minutesOfDay(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].count == 2, (1...2).contains(parts[0].count),
            let hour = number(parts[0]), let minute = number(parts[1]), hour <= 24, minute < 60,
            hour * 60 + minute <= 1_440
        else { return nil }
        return hour * 60 + minute
    }

    /// `2022-09-25`, `9/25`, `09-25`.
    private static func day(_ text: Substring, near today: CivilDate, _ side: Side) -> CivilDate? {
        let parts = text.split(whereSeparator: { $0 == "-" || $0 == "/" }).map(number)
        switch parts.count {
        case 3:
            guard let year = parts[0], let month = parts[1], let day = parts[2] else { return nil }
            return CivilDate(year: year, month: month, day: day)
        case 2:
            guard let month = parts[0], let day = parts[1] else { return nil }
            guard let date = CivilDate(year: today.year, month: month, day: day) else { return nil }
            // At the turn of the year: what was seen on 12/31 was last year's, what is planned for 1/2 is next year's.
            let distance = date.daysSinceEpoch - today.daysSinceEpoch
            let years = side == .behind && distance > 0 ? -1 : side == .ahead && distance < -180 ? 1 : 0
            return CivilDate(year: today.year + years, month: month, day: day)
        default:
            return nil
        }
    }

    /// `45m`, `2h`, `1d`, `90s`.
    private static func ahead(_ text: Substring, from now: Timestamp) -> Timestamp? {
        guard let unit = text.last, let count = number(text.dropLast()), count <= 100_000 else { return nil }
        switch unit {
        case "s": return now + .seconds(count)
        case "m": return now + .seconds(count * 60)
        case "h": return now + .seconds(count * 3_600)
        case "d": return now + .seconds(count * 86_400)
        default: return nil
        }
    }

    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }
}
