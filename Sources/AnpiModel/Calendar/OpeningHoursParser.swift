/// Reads the `opening_hours` subset into rules, one token at a time, and never looks back.
struct OpeningHoursParser {
    private let tokens: [Token]
    private let length: Int
    private var position = 0
    private var rulesRead: [OpeningHoursRules.Rule] = []
    private var dates: [OpeningHoursRules.DateRange] = []
    private var ordinals: [OpeningHoursRules.OrdinalWeekday] = []
    private var spans: [OpeningHoursRules.Span] = []

    /// Characters of a text; longer ones are refused, because every question reads every rule.
    static let charactersMax = 1_000

    private struct Token {
        enum Kind { case word, number, symbol }
        var kind: Kind
        var text: String
        var column: Int
    }

    private static let weekdayNames = ["mo", "tu", "we", "th", "fr", "sa", "su"]
    private static let monthNames = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    init(_ text: String) {
        var tokens: [Token] = []
        var column = 0
        for character in text.prefix(Self.charactersMax + 1) {
            column += 1
            if character.isWhitespace {
                // A space ends a word or number: mark it by a gap of columns.
                continue
            }
            let kind: Token.Kind =
                character.isASCII && character.isNumber ? .number : character.isLetter ? .word : .symbol
            if kind != .symbol, let last = tokens.last, last.kind == kind,
                last.column + last.text.count == column
            {
                tokens[tokens.count - 1].text.append(character)
            } else {
                tokens.append(Token(kind: kind, text: String(character), column: column))
            }
        }
        self.tokens = tokens
        self.length = column
    }

    mutating func rules() throws(OpeningHoursError) -> OpeningHoursRules {
        guard length <= Self.charactersMax else {
            throw OpeningHoursError(
                piece: "", column: length, problem: "is too far: at most \(Self.charactersMax) characters are read")
        }
        repeat {
            try rule()
        } while takeSymbol(";") && current != nil
        if let token = current { throw unexpected(token) }
        return OpeningHoursRules(rules: rulesRead, dates: dates, ordinals: ordinals, spans: spans)
    }

    private mutating func rule() throws(OpeningHoursError) {
        var rule = OpeningHoursRules.Rule()
        let start = position
        if is24Seven {
            position += 3
        } else {
            rule.dates = try dateList()
            _ = rule.dates.isEmpty ? false : takeSymbol(":")
            try weekdayList(into: &rule)
            rule.spans = try timeList()
        }
        if let token = current, token.kind == .word {
            switch token.text.lowercased() {
            case "off", "closed": rule.isOff = true
            case "open": break
            default: throw unknownWord(token)
            }
            position += 1
        }
        guard position > start else {
            if let token = current { throw unexpected(token) }
            throw OpeningHoursError(piece: "", column: length + 1, problem: "comes where days or hours should stand")
        }
        if let token = current, token.text != ";" { throw unexpected(token) }
        rulesRead.append(rule)
    }

    // MARK: Dates

    private mutating func dateList() throws(OpeningHoursError) -> Range<Int> {
        let first = dates.count
        while isDateAhead {
            try dateRange()
            // `Aug 13,15`: further days of the month just named.
            while let last = dates.last, symbol(at: 0, is: ","), isDayNumber(at: 1), last.end.day > 0 {
                position += 1
                let start = Day(year: last.end.year, month: last.end.month, day: try day(of: last.end))
                var end = start
                if symbol(at: 0, is: "-"), isDayNumber(at: 1) {
                    position += 1
                    end.day = try day(of: start)
                }
                dates.append(.init(start: start, end: end))
            }
            guard symbol(at: 0, is: ","), isDateAhead(at: 1) else { break }
            position += 1
        }
        return first..<dates.count
    }

    private typealias Day = OpeningHoursRules.DateRange.Day

    private mutating func dateRange() throws(OpeningHoursError) {
        let (start, hasDay) = try date()
        var end = start
        if symbol(at: 0, is: "-"), isDateAhead(at: 1) {
            position += 1
            end = try date().day
            if end.year == 0 {
                end.year = start.year == 0 ? 0 : start.year + (end.inYear < start.inYear ? 1 : 0)
            } else if start.year == 0 {
                throw before("has a year, but the day before the \"-\" has none")
            }
            if !dateHadDay { end.day = 31 }
            if dateHadOnlyYear { end.month = 12 }
        } else if hasDay, symbol(at: 0, is: "-"), isDayNumber(at: 1) {
            position += 1
            end.day = try day(of: start)
            guard end.day >= start.day else { throw before("is before the first day of its range") }
        } else if !hasDay {
            end.day = 31
            if dateHadOnlyYear { end.month = 12 }
        }
        guard start.year == 0 || (start.year, start.inYear) <= (end.year, end.inYear) else {
            throw before("ends a range of days before its beginning")
        }
        dates.append(.init(start: start, end: end))
    }

    /// Whether the date read last named its day, and whether it was only a year.
    private var dateHadDay = false
    private var dateHadOnlyYear = false

    private mutating func date() throws(OpeningHoursError) -> (day: Day, hasDay: Bool) {
        var date = Day(year: 0, month: 1, day: 1)
        dateHadDay = false
        dateHadOnlyYear = false
        if let token = current, token.kind == .number, let year = Int(token.text) {
            date.year = year
            position += 1
        }
        if let token = current, let month = Self.month(token) {
            date.month = month
            position += 1
        } else {
            dateHadOnlyYear = true
        }
        if !dateHadOnlyYear, isDayNumber(at: 0) {
            date.day = try day(of: date)
            dateHadDay = true
        }
        return (date, dateHadDay)
    }

    /// Takes the number of a day and checks it against the month.
    private mutating func day(of date: Day) throws(OpeningHoursError) -> Int {
        let token = tokens[position]
        position += 1
        // Without a year the 29th of February may be meant for leap years.
        let days = CivilDate.days(inMonth: date.month, of: date.year == 0 ? 2_024 : date.year)
        guard let day = Int(token.text), (1...days).contains(day) else {
            throw error(token, "is not a day of that month")
        }
        return day
    }

    // MARK: Weekdays

    private mutating func weekdayList(into rule: inout OpeningHoursRules.Rule) throws(OpeningHoursError) {
        guard let token = current, token.kind == .word, Self.isDay(token) else { return }
        let first = ordinals.count
        rule.weekdays = 0
        repeat {
            guard let token = current, token.kind == .word, Self.isDay(token) else {
                throw current.map { unknownWord($0) } ?? atEnd("comes where a day should stand")
            }
            position += 1
            if token.text.lowercased() == "ph" {
                rule.weekdays |= OpeningHoursRules.Rule.publicHoliday
                continue
            }
            let start = Self.weekday(token) ?? 0
            if takeSymbol("-") {
                guard let last = current, last.kind == .word, let end = Self.weekday(last) else {
                    throw current.map { unknownWord($0) } ?? atEnd("comes where the last day should stand")
                }
                position += 1
                for step in 0...((end - start + 7) % 7) { rule.weekdays |= 1 << UInt8((start + step) % 7) }
            } else if takeSymbol("[") {
                ordinals.append(.init(weekday: start, weeks: try weeks()))
            } else {
                rule.weekdays |= 1 << UInt8(start)
            }
        } while symbol(at: 0, is: ",") && !isTime(at: 1) && takeSymbol(",")
        rule.ordinals = first..<ordinals.count
    }

    /// `2,4]` or `-1]` after the bracket.
    private mutating func weeks() throws(OpeningHoursError) -> UInt16 {
        var weeks: UInt16 = 0
        repeat {
            let isFromEnd = takeSymbol("-")
            guard let token = current, let week = Int(token.text), (1...5).contains(week) else {
                throw current.map { error($0, "is not a week of the month: 1 to 5, or -1 to -5") }
                    ?? atEnd("comes where a week of the month should stand")
            }
            position += 1
            weeks |= 1 << UInt16(week - 1 + (isFromEnd ? 5 : 0))
        } while takeSymbol(",")
        guard takeSymbol("]") else {
            throw current.map { unexpected($0) } ?? atEnd("comes where \"]\" should stand")
        }
        return weeks
    }

    // MARK: Times

    private mutating func timeList() throws(OpeningHoursError) -> Range<Int> {
        let first = spans.count
        guard let token = current, token.kind == .number else { return first..<first }
        repeat {
            if let token = current, token.kind == .word {
                throw error(token, "stands in a list of times: write \";\" between two rules")
            }
            let startToken = current
            let start = try time(maximum: 24 * 60 - 1)
            guard takeSymbol("-") else {
                throw current.map { error($0, "stands where \"-\" and a closing time should stand") }
                    ?? atEnd("comes where \"-\" and a closing time should stand")
            }
            var end = try time(maximum: 48 * 60)
            if end <= start { end += 1_440 }
            guard end - start <= 1_440 else {
                throw startToken.map { error($0, "begins a time that is longer than a day") } ?? atEnd("is too late")
            }
            spans.append(.init(start: Int16(start), end: Int16(end)))
        } while takeSymbol(",")
        return first..<spans.count
    }

    /// Minutes after midnight of `09:30`.
    private mutating func time(maximum: Int) throws(OpeningHoursError) -> Int {
        guard let hour = current, hour.kind == .number else {
            throw current.map { error($0, "is not a time like 09:30") } ?? atEnd("comes where a time should stand")
        }
        guard symbol(at: 1, is: ":"), position + 2 < tokens.count, tokens[position + 2].kind == .number else {
            throw error(hour, "is not a time like 09:30")
        }
        let minute = tokens[position + 2]
        let written = "\(hour.text):\(minute.text)"
        guard hour.text.count <= 2, minute.text.count == 2, let hours = Int(hour.text), let minutes = Int(minute.text),
            minutes < 60, hours * 60 + minutes <= maximum
        else {
            throw OpeningHoursError(piece: written, column: hour.column, problem: "is not a time of day")
        }
        position += 3
        return hours * 60 + minutes
    }

    // MARK: Tokens

    private var current: Token? { position < tokens.count ? tokens[position] : nil }

    private func symbol(at distance: Int, is symbol: String) -> Bool {
        position + distance < tokens.count && tokens[position + distance].text == symbol
    }

    private mutating func takeSymbol(_ symbol: String) -> Bool {
        guard self.symbol(at: 0, is: symbol) else { return false }
        position += 1
        return true
    }

    private var is24Seven: Bool {
        symbol(at: 0, is: "24") && symbol(at: 1, is: "/") && symbol(at: 2, is: "7")
    }

    private var isDateAhead: Bool { isDateAhead(at: 0) }

    private func isDateAhead(at distance: Int) -> Bool {
        guard position + distance < tokens.count else { return false }
        let token = tokens[position + distance]
        return Self.month(token) != nil
            || token.kind == .number && token.text.count == 4 && !symbol(at: distance + 1, is: ":")
    }

    /// A number of one or two digits that does not begin a time.
    private func isDayNumber(at distance: Int) -> Bool {
        guard position + distance < tokens.count else { return false }
        let token = tokens[position + distance]
        return token.kind == .number && token.text.count <= 2 && !symbol(at: distance + 1, is: ":")
    }

    private func isTime(at distance: Int) -> Bool {
        position + distance < tokens.count && tokens[position + distance].kind == .number
    }

    private static func month(_ token: Token) -> Int? {
        token.kind == .word ? monthNames.firstIndex(of: token.text.lowercased()).map { $0 + 1 } : nil
    }

    private static func weekday(_ token: Token) -> Int? { weekdayNames.firstIndex(of: token.text.lowercased()) }

    private static func isDay(_ token: Token) -> Bool {
        token.text.lowercased() == "ph" || weekday(token) != nil
    }

    // MARK: Errors

    private func error(_ token: Token, _ problem: String) -> OpeningHoursError {
        OpeningHoursError(piece: token.text, column: token.column, problem: problem)
    }

    private func unknownWord(_ token: Token) -> OpeningHoursError {
        token.text.lowercased() == "sh"
            ? error(token, "(school holidays) is not known here: write the dates")
            : error(token, "is not a day (Mo Tu We Th Fr Sa Su PH), a month (Jan to Dec) or \"off\"")
    }

    private func unexpected(_ token: Token) -> OpeningHoursError {
        token.kind == .word ? unknownWord(token) : error(token, "is not expected here")
    }

    /// About the token just taken.
    private func before(_ problem: String) -> OpeningHoursError { error(tokens[position - 1], problem) }

    private func atEnd(_ problem: String) -> OpeningHoursError {
        OpeningHoursError(piece: "", column: length + 1, problem: problem)
    }
}
