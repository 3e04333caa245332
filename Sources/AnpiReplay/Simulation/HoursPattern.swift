import AnpiModel

/// When a site of the simulation is staffed, and how its people would write that down.
///
/// The fleet file holds the written form; at one site in ten that is another pattern than the one lived by.
struct HoursPattern {
    /// Minutes of the day from the first opening to the last closing, Monday first; nil on a closing day.
    var week: [ClosedRange<Int>?]
    /// Lunch, where it is closed: the same every day that is long enough.
    var lunch: ClosedRange<Int>?
    var closesOnHolidays = true
    /// 29 December to 3 January.
    var closesAtYearEnd = true
    /// 13 to 15 August.
    var closesAtObon = false

    /// What a clinic or pharmacy usually has.
    static func usual(isPharmacy: Bool, _ random: inout SimulationRandom) -> HoursPattern {
        let opens = [510, 540, 540, 540, 570][Int(random.unit() * 5)]
        let closes = [1_050, 1_080, 1_110, 1_110, 1_140][Int(random.unit() * 5)]
        var week: [ClosedRange<Int>?] = Array(repeating: opens...closes, count: 7)
        week[6] = random.chance(0.05) ? opens...closes : nil
        week[5] = random.chance(0.25) ? opens...closes : opens...[720, 750, 780][Int(random.unit() * 3)]
        if random.chance(0.12) { week[5] = nil }
        // Most close on Thursday or Wednesday, or only for its afternoon.
        let day = random.chance(0.6) ? 3 : 2
        if !isPharmacy, random.chance(0.75) { week[day] = random.chance(0.5) ? nil : opens...750 }
        return HoursPattern(
            week: week, lunch: isPharmacy ? nil : 750...[870, 900, 930][Int(random.unit() * 3)],
            closesOnHolidays: !random.chance(isPharmacy ? 0.15 : 0.04), closesAtYearEnd: !random.chance(0.03),
            closesAtObon: random.chance(0.55))
    }

    /// A pattern as somebody might wrongly have noted this one.
    func misnoted(_ random: inout SimulationRandom) -> HoursPattern {
        var noted = self
        switch Int(random.unit() * 5) {
        case 0:
            noted.week.swapAt(2, 3)
            if week[2] == week[3] { noted.week[3] = nil }
        case 1:
            let shift = random.chance(0.5) ? -60 : 60
            noted.week = week.map { $0.map { ($0.lowerBound + shift)...($0.upperBound + shift) } }
        case 2: noted.week[5] = week[5] == nil ? week[0] : nil
        case 3: noted.week[5] = week[0] ?? 540...1_080
        default: noted.closesOnHolidays.toggle()
        }
        return noted
    }

    /// Minutes of `date` at which the first comes and the last goes; nil where nobody does.
    func staffed(on date: CivilDate) -> ClosedRange<Int>? {
        if closesOnHolidays, JapaneseHolidays.isHoliday(date) { return nil }
        if closesAtYearEnd, date.month == 12 && date.day >= 29 || date.month == 1 && date.day <= 3 { return nil }
        if closesAtObon, date.month == 8, (13...15).contains(date.day) { return nil }
        return week[date.weekday.rawValue]
    }

    /// In the syntax of the fleet file: `Mo,Tu,We,Fr 09:00-12:30,15:00-18:30; Sa 09:00-12:30; Th,Su off; PH off`.
    var hoursText: String {
        let names = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
        var rules: [(days: [String], times: String)] = []
        for (day, range) in week.enumerated() {
            let times = range.map(times) ?? "off"
            if let index = rules.firstIndex(where: { $0.times == times }) {
                rules[index].days.append(names[day])
            } else {
                rules.append(([names[day]], times))
            }
        }
        var text = rules.map { $0.days.joined(separator: ",") + " " + $0.times }.joined(separator: "; ")
        if closesOnHolidays { text += "; PH off" }
        return text
    }

    /// Nil where it names none.
    var closuresText: String? {
        let rules = [closesAtYearEnd ? "Dec 29-Jan 03 off" : nil, closesAtObon ? "Aug 13-Aug 15 off" : nil]
        let told = rules.compactMap { $0 }
        return told.isEmpty ? nil : told.joined(separator: "; ")
    }

    private func times(_ range: ClosedRange<Int>) -> String {
        guard let lunch, range.lowerBound < lunch.lowerBound, range.upperBound > lunch.upperBound else {
            return Self.clock(range.lowerBound) + "-" + Self.clock(range.upperBound)
        }
        return Self.clock(range.lowerBound) + "-" + Self.clock(lunch.lowerBound) + "," + Self.clock(lunch.upperBound)
            + "-" + Self.clock(range.upperBound)
    }

    private static func clock(_ minute: Int) -> String {
        Landscape.padded(minute / 60, 2) + ":" + Landscape.padded(minute % 60, 2)
    }
}
