import AnpiModel

/// Times and spans as people say them, in Japan's time.
struct Moments: Sendable {
    var now: Timestamp
    var words: Words

    /// `11:05` today, `明日 09:00`, `昨日 22:10`, `9/18 22:10`, `2021/9/18 22:10`; a dash where there is none.
    func short(_ instant: Timestamp?) -> String {
        guard let instant else { return "—" }
        let (date, milliseconds) = instant.civil()
        guard date == now.civil().date.adding(days: 1) else { return Labels.when(instant, asOf: now, words.language) }
        return words("cli.time.tomorrow", ["time": Self.clock(milliseconds)])
    }

    /// `9月24日 11:05`, `24 Sep 11:05`: the head of a screen.
    func headline(_ instant: Timestamp) -> String {
        let (date, milliseconds) = instant.civil()
        let text =
            switch words.language {
            case .ja: "\(date.month)月\(date.day)日"
            case .en: "\(date.day) \(Self.months[date.month - 1])"
            }
        return text + " " + Self.clock(milliseconds)
    }

    /// `2022年9月24日(土) 11:05`: the head of a sheet of paper, which outlives the day.
    func full(_ instant: Timestamp) -> String {
        let (date, milliseconds) = instant.civil()
        let weekday = words.term(.weekday, "\(date.weekday)")
        let text =
            switch words.language {
            case .ja: "\(date.year)年\(date.month)月\(date.day)日(\(weekday))"
            case .en: "\(weekday) \(date.day) \(Self.months[date.month - 1]) \(date.year)"
            }
        return text + " " + Self.clock(milliseconds)
    }

    /// `2時間57分`, `57 min`, `45秒`.
    func span(_ duration: Duration) -> String { Labels.span(duration, words.language) }

    /// `2h30`, the width of a column.
    static func hoursAndMinutes(_ minutes: Int?) -> String? {
        minutes.map { "\($0 / 60)h" + twoDigits($0 % 60) }
    }

    private static func clock(_ millisecondOfDay: Int) -> String {
        let minutes = millisecondOfDay / 60_000
        return twoDigits(minutes / 60) + ":" + twoDigits(minutes % 60)
    }

    private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
