import Testing

@testable import AnpiModel

/// An instant of Japan's clocks from `2022-09-24 05:58`.
func japan(_ text: String) throws -> Timestamp {
    try #require(Timestamp(rfc3339: text.replacing(" ", with: "T") + ":00+09:00"))
}

@Suite struct OpeningHoursTests {
    static let clinic = "Mo-We,Fr 09:00-12:30,15:00-18:30; Sa 09:00-12:30; Th,Su,PH off"

    @Test(arguments: [
        // A Tuesday.
        (clinic, "2022-09-20 08:59", false), (clinic, "2022-09-20 09:00", true), (clinic, "2022-09-20 12:29", true),
        (clinic, "2022-09-20 12:30", false), (clinic, "2022-09-20 15:00", true), (clinic, "2022-09-20 18:30", false),
        // Thursday, Saturday, Sunday.
        (clinic, "2022-09-22 10:00", false), (clinic, "2022-09-24 10:00", true), (clinic, "2022-09-24 15:00", false),
        (clinic, "2022-09-25 10:00", false),
        // Friday 23 September 2022 was Autumnal Equinox Day.
        (clinic, "2022-09-23 10:00", false), (clinic, "2022-09-30 10:00", true),
        ("24/7", "2022-09-23 03:00", true), ("24/7; Dec 31 off", "2022-12-31 03:00", false),
        ("Dec 29-Jan 03 off", "2022-12-30 10:00", false),
        ("Mo-Su 09:00-17:00; Dec 29-Jan 03 off", "2022-12-28 10:00", true),
        ("Mo-Su 09:00-17:00; Dec 29-Jan 03 off", "2022-12-29 10:00", false),
        ("Mo-Su 09:00-17:00; Dec 29-Jan 03 off", "2023-01-03 10:00", false),
        ("Mo-Su 09:00-17:00; Dec 29-Jan 03 off", "2023-01-04 10:00", true),
        ("Mo-Su 09:00-17:00; 2022 Sep 24 off", "2022-09-24 10:00", false),
        ("Mo-Su 09:00-17:00; 2022 Sep 24 off", "2023-09-24 10:00", true),
        ("09:00-17:00; 2022 Dec 29-Jan 03 off", "2023-01-02 10:00", false),
        ("09:00-17:00; 2022 Dec 29-Jan 03 off", "2024-01-02 10:00", true),
        ("09:00-17:00; 2022 Dec 29-2023 Jan 03 off", "2023-01-03 10:00", false),
        ("09:00-17:00; Aug 13-16 off", "2022-08-16 10:00", false),
        ("09:00-17:00; Aug 13,15 off", "2022-08-14 10:00", true),
        ("09:00-17:00; Aug 13,15 off", "2022-08-15 10:00", false),
        ("09:00-17:00; Aug 11, Aug 15-16 off", "2022-08-16 10:00", false),
        ("09:00-17:00; Jul-Aug 09:00-12:00", "2022-08-31 13:00", false),
        ("09:00-17:00; Jul-Aug 09:00-12:00", "2022-09-01 13:00", true),
        ("09:00-17:00; Aug Mo off", "2022-08-08 10:00", false), ("09:00-17:00; Aug Mo off", "2022-08-09 10:00", true),
        ("09:00-17:00; 2021-2022 off", "2022-12-31 10:00", false),
        ("09:00-17:00; 2022 off", "2022-12-31 10:00", false), ("09:00-17:00; 2022 off", "2023-01-01 10:00", true),
        // The second and fourth Saturday, the last Friday.
        ("Sa 09:00-12:00; Sa[2,4] off", "2022-09-10 10:00", false),
        ("Sa 09:00-12:00; Sa[2,4] off", "2022-09-17 10:00", true),
        ("Fr[-1] 09:00-12:00", "2022-09-30 10:00", true), ("Fr[-1] 09:00-12:00", "2022-09-23 10:00", false),
        // A night belongs to the day it began on.
        ("Mo-Fr 22:00-06:00", "2022-09-24 05:59", true), ("Mo-Fr 22:00-06:00", "2022-09-24 06:00", false),
        ("Mo-Fr 22:00-06:00", "2022-09-26 05:00", false), ("Mo-Fr 22:00-06:00; PH off", "2022-09-23 05:00", true),
        ("Mo-Fr 22:00-06:00; PH off", "2022-09-23 23:00", false),
        ("Mo-Fr 22:00-06:00; PH off", "2022-09-24 05:00", false),
        ("Sa-Mo 20:00-26:00", "2022-09-27 01:59", true), ("Sa-Mo 20:00-26:00", "2022-09-27 02:00", false),
        // Off with times closes only those.
        ("Mo-Fr 09:00-18:00; Fr 12:00-14:00 off", "2022-09-30 13:00", false),
        ("Mo-Fr 09:00-18:00; Fr 12:00-14:00 off", "2022-09-30 14:00", true),
        // A later rule replaces the day, also a holiday's.
        ("Mo-Fr 09:00-18:00; Fr 13:00-14:00", "2022-09-30 10:00", false), ("PH 10:00-11:00", "2022-09-23 10:30", true),
        ("Mo-Fr 09:00-18:00; PH off; Sep 23 09:00-12:00", "2022-09-23 10:30", true),
        ("mo 9:00-12:00", "2022-09-26 09:00", true), ("Mo", "2022-09-26 00:00", true),
        ("Mo open", "2022-09-27 00:00", false),
        ("Mo 00:00-24:00", "2022-09-26 23:59", true), ("Mo 09:00-12:00;", "2022-09-26 09:00", true),
    ])
    func hoursAreOpenWhenTheySay(_ text: String, at instant: String, _ isOpen: Bool) throws {
        #expect(try OpeningHours(parsing: text).isOpen(at: japan(instant)) == isOpen, "\(text) at \(instant)")
    }

    @Test(arguments: [
        ("Mon 09:00-12:00", "Mon", 1, "is not a day"), ("Mo-Fr 9-12", "9", 7, "is not a time like 09:30"),
        ("Mo-Fr 09:00", "", 12, "closing time"), ("Mo-Fr 25:00-26:00", "25:00", 7, "is not a time of day"),
        ("Mo-Fr 09:60-10:00", "09:60", 7, "is not a time of day"),
        ("Feb 30 off", "30", 5, "is not a day of that month"),
        ("2022 Feb 29 off", "29", 10, "is not a day of that month"), ("SH off", "SH", 1, "school holidays"),
        ("Mo-Fr 09:00-12:00, Sa 09:00-10:00", "Sa", 20, "write \";\""), ("", "", 1, "comes where"),
        ("; Mo off", ";", 1, "is not expected"), ("Mo-Fr 09:00-12:00 \"call\"", "\"", 19, "is not expected"),
        ("月-金 09:00-12:00", "月", 1, "is not a day"), ("Mo[6] off", "6", 4, "is not a week"),
        ("Mo[2 off", "off", 6, "is not a day"),
        ("Mo-Fr 09:00-12:00 maybe", "maybe", 19, "is not a day"), ("Mo–Fr 09:00-12:00", "–", 3, "is not expected"),
        ("09:00+", "+", 6, "closing time"), ("Mo-", "", 4, "last day"), ("Aug 16-13 off", "13", 8, "before the first"),
        ("Mo,09:00-12:00", ",", 3, "is not expected"), ("10:00-35:00", "10:00", 1, "longer"),
    ])
    func aTextThatCannotBeReadNamesThePiece(_ text: String, piece: String, column: Int, problem: String) throws {
        let error = try #require(throws: OpeningHoursError.self) { try OpeningHours(parsing: text) }
        #expect(error.column == column && error.description.contains(problem), "\(text): \(error)")
        #expect(piece == "10:00" || error.piece == piece, "\(text): \(error)")
    }

    @Test func randomTextNeverTraps() throws {
        var random = SeededRandom(seed: 3)
        let pieces = [
            "Mo", "Su", "PH", "-", ",", ";", ":", "09:00", "22:00-06:00", "24/7", "off", "Aug", "Dec 29", "2022", "13",
            "[",
            "2", "]", " ", " ", "0", "99999", "open", "月", "/",
        ]
        let instant = try japan("2022-09-24 05:58")
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...9, using: &random)).map { _ in pieces.randomElement(using: &random) ?? ""
            }
            guard let hours = try? OpeningHours(parsing: text.joined()) else { continue }
            let isOpen = hours.isOpen(at: instant)
            if let next = hours.nextClosing(after: instant) {
                #expect(next > instant && !hours.isOpen(at: next), "\(hours)")
            } else {
                #expect(!isOpen || hours.isOpen(at: instant + .seconds(86_400 * 200)), "\(hours)")
            }
        }
    }

    @Test func aVeryLongTextIsRefused() {
        let text = String(repeating: "Mo off;", count: 500)
        #expect(throws: OpeningHoursError.self) { try OpeningHours(parsing: text) }
    }

    @Test func theNextOpeningAndClosingSkipClosedDays() throws {
        let hours = try OpeningHours(parsing: Self.clinic)
        // Thursday and the holiday on Friday are closed: Saturday morning comes next.
        #expect(try hours.nextOpening(after: japan("2022-09-21 18:30")) == japan("2022-09-24 09:00"))
        #expect(try hours.nextClosing(after: japan("2022-09-21 17:00")) == japan("2022-09-21 18:30"))
        #expect(try hours.nextOpening(after: japan("2022-09-20 09:00")) == japan("2022-09-20 15:00"))
        #expect(try hours.nextOpening(after: japan("2022-09-20 08:59")) == japan("2022-09-20 09:00"))
    }

    @Test func rangesThatTouchAreNoOpening() throws {
        let hours = try OpeningHours(parsing: "Mo-Su 09:00-12:00,12:00-15:00")
        #expect(try hours.nextOpening(after: japan("2022-09-20 09:00")) == japan("2022-09-21 09:00"))
        let night = try OpeningHours(parsing: "Mo-Su 00:00-24:00; We off")
        #expect(try night.nextOpening(after: japan("2022-09-19 10:00")) == japan("2022-09-22 00:00"))
        #expect(try night.nextClosing(after: japan("2022-09-19 10:00")) == japan("2022-09-21 00:00"))
    }

    @Test func whatNeverChangesHasNoNextChange() throws {
        let always = try OpeningHours(parsing: "24/7")
        #expect(try always.nextOpening(after: japan("2022-09-20 09:00")) == nil)
        #expect(try always.nextClosing(after: japan("2022-09-20 09:00")) == nil)
        #expect(try OpeningHours(parsing: "off").nextOpening(after: japan("2022-09-20 09:00")) == nil)
    }

    @Test func theNextChangeIsWhereTheStateTurns() throws {
        let texts = [
            Self.clinic, "Mo-Fr 22:00-06:00; PH off", "Sa[2,4] 20:00-26:00; Aug 13-16 off",
            "Mo-Su 09:00-18:00; 12:00-13:00 off",
        ]
        var random = SeededRandom(seed: 7)
        for text in texts {
            let hours = try OpeningHours(parsing: text)
            for _ in 0..<40 {
                let start = Timestamp(milliseconds: 1_640_000_000_000 + Int64(random.next() % 60_000_000_000))
                let opening = try #require(hours.nextOpening(after: start))
                #expect(hours.isOpen(at: opening) && !hours.isOpen(at: opening - .milliseconds(1)), "\(text) \(start)")
                #expect(opening > start)
                var minute = start
                var turned: Timestamp?
                while minute < opening, turned == nil {
                    let next = Timestamp(milliseconds: (minute.milliseconds / 60_000 + 1) * 60_000)
                    if hours.isOpen(at: next), !hours.isOpen(at: minute) { turned = next }
                    minute = next
                }
                #expect(turned == opening, "\(text) \(start)")
            }
        }
    }

    @Test func itsSourceTextIsItsCode() throws {
        let hours = try OpeningHours(parsing: Self.clinic)
        #expect(hours.text == Self.clinic && hours.description == Self.clinic)
        #expect(try hours == OpeningHours(parsing: Self.clinic))
    }

    @Test func anotherOffsetMovesTheClock() throws {
        let hours = try OpeningHours(parsing: "Mo-Su 09:00-10:00")
        let instant = try #require(Timestamp(rfc3339: "2022-09-20T09:30:00Z"))
        #expect(hours.isOpen(at: instant, offset: .utc) && !hours.isOpen(at: instant))
    }
}

@Suite struct SiteCalendarTests {
    private func calendar(_ hours: String?, _ closures: String?) throws -> SiteCalendar {
        try SiteCalendar(
            hours: hours.map { try OpeningHours(parsing: $0) }, closures: closures.map { try OpeningHours(parsing: $0) }
        )
    }

    @Test(arguments: [
        ("2022-09-20 10:00", Slot.open), ("2022-09-20 13:00", .afterHours), ("2022-09-20 03:00", .afterHours),
        ("2022-09-22 10:00", .closed), ("2022-09-23 10:00", .holiday), ("2022-09-25 10:00", .closed),
        ("2022-08-15 10:00", .closed), ("2022-08-17 10:00", .open), ("2022-08-17 12:10", .afterHours),
    ])
    func aSlotIsToldByHoursHolidaysAndClosures(_ instant: String, _ slot: Slot) throws {
        let calendar = try calendar(OpeningHoursTests.clinic, "Aug 13-16 off; Aug 17 12:00-12:30 off")
        #expect(try calendar.slot(at: japan(instant)) == slot)
    }

    @Test func closuresCloseAndMoveTheNextOpening() throws {
        let calendar = try calendar("Mo-Su 09:00-17:00", "Dec 29-Jan 03 off")
        #expect(try !calendar.isOpen(at: japan("2022-12-30 10:00")))
        #expect(try calendar.nextOpening(after: japan("2022-12-28 17:00")) == japan("2023-01-04 09:00"))
        let half = try self.calendar("Mo-Su 09:00-17:00", "2022 Sep 24 12:00-24:00 off")
        #expect(try half.nextClosing(after: japan("2022-09-24 10:00")) == japan("2022-09-24 12:00"))
    }

    @Test func unknownHoursAreNeverOpen() throws {
        let calendar = try calendar(nil, "Aug 13-16 off")
        #expect(!calendar.isKnown)
        #expect(try !calendar.isOpen(at: japan("2022-09-20 10:00")))
        #expect(try calendar.nextOpening(after: japan("2022-09-20 10:00")) == nil)
        #expect(try calendar.slot(at: japan("2022-09-20 10:00")) == nil)
        #expect(try calendar.slot(at: japan("2022-08-14 10:00")) == .closed)
    }
}
