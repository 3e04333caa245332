/// Japan's public holidays from 1980 to 2099, computed from the Act on National Holidays (国民の祝日に関する法律) as it
/// stood in each year.
///
/// A closed clinic's silence says nothing, so a holiday taken for a weekday would be a false alarm in every closed clinic
/// of the country. Years that have passed follow the law of their time; later ones the law of today. Equinox days by the
/// usual approximation (`⌊20.8431 + 0.242194 (y − 1980) − ⌊(y − 1980) / 4⌋⌋`, autumn 23.2488), valid for this span.
package enum JapaneseHolidays {
    /// The years that are known; outside of them no day is a holiday.
    package static let years = 1_980...2_099

    /// Year's end and Obon, when most clinics close whether they have told so or not: 29 December to 3 January and 13 to
    /// 16 August, days of custom and not of law.
    package static func isCustomaryClosure(_ date: CivilDate) -> Bool {
        switch (date.month, date.day) {
        case (12, 29...), (1, ...3), (8, 13...16): true
        default: false
        }
    }

    /// Whether `date` is a public holiday, a substitute for one, or a day between two of them.
    package static func isHoliday(_ date: CivilDate) -> Bool {
        guard years.contains(date.year) else { return false }
        return monthMasks[(date.year - years.lowerBound) * 12 + date.month - 1] & (1 << UInt32(date.day)) != 0
    }

    /// Which holiday `date` is, or nil on an ordinary day.
    package static func holiday(on date: CivilDate) -> Holiday? {
        guard isHoliday(date) else { return nil }
        return holidays(in: date.year).first { $0.date == date }?.holiday
    }

    /// A holiday by its reason; its names for people are labels `holiday.<raw value>`.
    package enum Holiday: String, CaseIterable, Sendable {
        case newYear, comingOfAge, foundation, emperorsBirthday, vernalEquinox, showa, constitution, greenery
        case children, marine, mountain, respectForTheAged, autumnalEquinox, sports, culture, laborThanksgiving
        /// A day of state: funeral, enthronement, wedding.
        case ceremony
        /// The day off for a holiday on a Sunday.
        case substitute
        /// The day between two holidays.
        case between
    }

    /// The holidays of `year` in order; empty outside `years`.
    package static func holidays(in year: Int) -> [(date: CivilDate, holiday: Holiday)] {
        guard years.contains(year) else { return [] }
        let named = named(in: year).sorted { $0.0 < $1.0 }
        var all = named
        let dates = Set(named.map(\.0))
        for (date, _) in named where date.weekday == .sunday {
            var substitute = date.adding(days: 1)
            // Since 2007 the day off moves on past further holidays; before, the Monday alone counted.
            while year >= 2_007, dates.contains(substitute) { substitute = substitute.adding(days: 1) }
            if !dates.contains(substitute) { all.append((substitute, .substitute)) }
        }
        if year >= 1_986 {
            let taken = Set(all.map(\.0))
            for (date, _) in named {
                let between = date.adding(days: 1)
                guard !taken.contains(between), dates.contains(date.adding(days: 2)) else { continue }
                // Until 2006 a Sunday was never made a holiday by its neighbours.
                if year >= 2_007 || between.weekday != .sunday { all.append((between, .between)) }
            }
        }
        return all.sorted { $0.0 < $1.0 }.map { (date: $0.0, holiday: $0.1) }
    }

    /// For each month from the first year on, a bit for each day that is a holiday.
    private static let monthMasks: [UInt32] = {
        var masks = [UInt32](repeating: 0, count: years.count * 12)
        for year in years {
            for (date, _) in holidays(in: year) {
                masks[(year - years.lowerBound) * 12 + date.month - 1] |= 1 << UInt32(date.day)
            }
        }
        return masks
    }()

    /// The holidays that the law names, without substitutes and days between.
    private static func named(in year: Int) -> [(CivilDate, Holiday)] {
        var days: [(CivilDate, Holiday)] = []
        func add(_ month: Int, _ day: Int, _ holiday: Holiday) {
            if let date = CivilDate(year: year, month: month, day: day) { days.append((date, holiday)) }
        }
        func addMonday(_ number: Int, of month: Int, _ holiday: Holiday) {
            guard let first = CivilDate(year: year, month: month, day: 1) else { return }
            let firstMonday = 1 + (7 - first.weekday.rawValue) % 7
            add(month, firstMonday + (number - 1) * 7, holiday)
        }

        add(1, 1, .newYear)
        if year >= 2_000 { addMonday(2, of: 1, .comingOfAge) } else { add(1, 15, .comingOfAge) }
        add(2, 11, .foundation)
        if year >= 2_020 { add(2, 23, .emperorsBirthday) }
        add(3, equinox(20.8431, year), .vernalEquinox)
        add(4, 29, year >= 2_007 ? .showa : year >= 1_989 ? .greenery : .emperorsBirthday)
        add(5, 3, .constitution)
        if year >= 2_007 { add(5, 4, .greenery) }
        add(5, 5, .children)
        summer(year, add: add, addMonday: addMonday)
        if year >= 2_003 { addMonday(3, of: 9, .respectForTheAged) } else { add(9, 15, .respectForTheAged) }
        add(9, equinox(23.2488, year), .autumnalEquinox)
        switch year {
        case 2_020, 2_021: break
        case 2_000...: addMonday(2, of: 10, .sports)
        default: add(10, 10, .sports)
        }
        add(11, 3, .culture)
        add(11, 23, .laborThanksgiving)
        if (1_989...2_018).contains(year) { add(12, 23, .emperorsBirthday) }

        switch year {
        case 1_989: add(2, 24, .ceremony)
        case 1_990: add(11, 12, .ceremony)
        case 1_993: add(6, 9, .ceremony)
        case 2_019:
            add(5, 1, .ceremony)
            add(10, 22, .ceremony)
        default: break
        }
        return days
    }

    /// Marine Day, Mountain Day and, in the two Olympic years, Sports Day, which were moved around the games.
    private static func summer(
        _ year: Int, add: (Int, Int, Holiday) -> Void, addMonday: (Int, Int, Holiday) -> Void
    ) {
        switch year {
        case 2_020:
            add(7, 23, .marine)
            add(7, 24, .sports)
            add(8, 10, .mountain)
        case 2_021:
            add(7, 22, .marine)
            add(7, 23, .sports)
            add(8, 8, .mountain)
        default:
            if year >= 2_003 { addMonday(3, 7, .marine) } else if year >= 1_996 { add(7, 20, .marine) }
            if year >= 2_016 { add(8, 11, .mountain) }
        }
    }

    private static func equinox(_ base: Double, _ year: Int) -> Int {
        let years = year - 1_980
        return Int(base + 0.242194 * Double(years) - Double(years / 4))
    }
}
