import Testing

@testable import AnpiModel

@Suite struct JapaneseHolidaysTests {
    /// Whole years as the Cabinet Office publishes them (month/day).
    static let published: [(Int, String)] = [
        (
            2019,
            "1/1 1/14 2/11 3/21 4/29 4/30 5/1 5/2 5/3 5/4 5/5 5/6 7/15 8/11 8/12 9/16 9/23 10/14 10/22 11/3 11/4 11/23"
        ),
        (2020, "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/23 7/24 8/10 9/21 9/22 11/3 11/23"),
        (2021, "1/1 1/11 2/11 2/23 3/20 4/29 5/3 5/4 5/5 7/22 7/23 8/8 8/9 9/20 9/23 11/3 11/23"),
        (2022, "1/1 1/10 2/11 2/23 3/21 4/29 5/3 5/4 5/5 7/18 8/11 9/19 9/23 10/10 11/3 11/23"),
        (2023, "1/1 1/2 1/9 2/11 2/23 3/21 4/29 5/3 5/4 5/5 7/17 8/11 9/18 9/23 10/9 11/3 11/23"),
        (
            2024,
            "1/1 1/8 2/11 2/12 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/15 8/11 8/12 9/16 9/22 9/23 10/14 11/3 11/4 11/23"
        ),
        (2025, "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/21 8/11 9/15 9/23 10/13 11/3 11/23 11/24"),
        (2026, "1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/20 8/11 9/21 9/22 9/23 10/12 11/3 11/23"),
    ]

    @Test(arguments: published)
    func publishedYearsAgree(_ year: Int, _ days: String) {
        let computed = JapaneseHolidays.holidays(in: year).map { "\($0.date.month)/\($0.date.day)" }
        #expect(computed.joined(separator: " ") == days)
    }

    @Test(arguments: [
        (1980, 1, 15, true), (1981, 5, 4, true), (1985, 5, 4, false), (1985, 5, 6, true), (1986, 5, 4, false),
        (1987, 5, 4, true), (1988, 5, 4, true), (1988, 4, 29, true), (1988, 12, 23, false), (1989, 2, 24, true),
        (1989, 4, 29, true), (1989, 12, 23, true), (1990, 11, 12, true), (1990, 2, 24, false), (1993, 6, 9, true),
        (1994, 6, 9, false), (1995, 7, 20, false), (1996, 7, 20, true), (1999, 1, 15, true), (1999, 10, 10, true),
        (1999, 10, 11, true), (2000, 1, 10, true), (2000, 1, 15, false), (2000, 10, 9, true), (2002, 9, 15, true),
        (2002, 9, 16, true), (2003, 5, 4, false), (2003, 5, 6, false), (2003, 7, 21, true), (2003, 9, 15, true),
        (2004, 9, 20, true), (2006, 5, 4, true), (2007, 5, 4, true), (2008, 5, 6, true), (2009, 5, 6, true),
        (2009, 9, 22, true), (2015, 9, 22, true), (2015, 8, 11, false), (2016, 8, 11, true), (2018, 12, 24, true),
        (2019, 12, 23, false), (2019, 2, 23, false), (2032, 9, 21, true), (2022, 9, 24, false), (1979, 1, 1, false),
        (2100, 1, 1, false),
    ])
    func spotDaysAgreeWithTheLawOfTheirYear(_ year: Int, _ month: Int, _ day: Int, _ isHoliday: Bool) throws {
        let date = try #require(CivilDate(year: year, month: month, day: day))
        #expect(JapaneseHolidays.isHoliday(date) == isHoliday)
        #expect((JapaneseHolidays.holiday(on: date) != nil) == isHoliday)
    }

    @Test func equinoxesFallWhereTheAlmanacHasThem() {
        let known = [(2022, 21, 23), (2024, 20, 22), (2026, 20, 23), (2030, 20, 23), (1980, 20, 23), (2012, 20, 22)]
        for (year, spring, autumn) in known {
            let days = JapaneseHolidays.holidays(in: year)
            #expect(days.first { $0.holiday == .vernalEquinox }?.date.day == spring, "\(year)")
            #expect(days.first { $0.holiday == .autumnalEquinox }?.date.day == autumn, "\(year)")
        }
    }

    @Test func everyYearIsAscendingAndWithoutRepetition() {
        for year in JapaneseHolidays.years {
            let dates = JapaneseHolidays.holidays(in: year).map(\.date)
            #expect(dates == Array(Set(dates)).sorted() && (12...22).contains(dates.count), "\(year)")
        }
    }

    @Test func aHolidayHasItsReason() throws {
        let equinox = try #require(CivilDate(year: 2022, month: 9, day: 23))
        #expect(JapaneseHolidays.holiday(on: equinox) == .autumnalEquinox)
        let between = try #require(CivilDate(year: 2026, month: 9, day: 22))
        #expect(JapaneseHolidays.holiday(on: between) == .between)
    }
}
