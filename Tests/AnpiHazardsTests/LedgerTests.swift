import AnpiEngine
import AnpiHazards
import AnpiModel
import Testing

/// A ledger that tests talk to in short words.
struct Desk {
    var ledger = HazardLedger()
    private var count = 0

    static let start = time("2022-09-23T20:00:00+09:00")
    static let shimizu = HazardLocation(
        municipality: "22103", weatherArea: "2210001", seismicCity: "2210300",
        coordinate: Coordinate(latitude: 35.0159, longitude: 138.4895), municipalityName: "静岡市清水区")

    static func minute(_ minutes: Int) -> Timestamp { start + .seconds(minutes * 60) }

    /// A message of the series `warnings` at the minute.
    static func message(
        _ identifier: String, at minute: Int, serial: Int = 0, series: String = "warnings", level: Int? = 3,
        action: HazardMessage.Action = .replace, references: [String] = [], status: HazardMessage.Status = .actual,
        format: HazardMessage.Format = .jma, from: Int? = nil, until: Int? = nil,
        places: [HazardArea.Place] = [.municipality("22103")], isEmpty: Bool = false
    ) -> HazardMessage {
        let area = HazardArea(
            phenomenon: .flood, code: "03", name: identifier, level: level, areaName: "x", places: places,
            from: Self.minute(from ?? minute), until: until.map(Self.minute))
        return HazardMessage(
            format: format, telegram: "T", identifier: identifier, series: series, status: status, action: action,
            references: references, reportedAt: Self.minute(minute), serial: serial, headline: identifier,
            areas: isEmpty || action == .cancel ? [] : [area])
    }

    mutating func apply(_ message: HazardMessage, at minute: Int) -> HazardLedger.Effect {
        ledger.apply(message, at: Self.minute(minute))
    }

    /// What holds in Shimizu, by name.
    var inForce: [String] { ledger.statements(at: Self.shimizu).map(\.area.name) }
}

@Suite struct LedgerTests {
    @Test func aNewerMessageReplacesItsSeriesOnly() {
        var desk = Desk()
        #expect(desk.apply(Desk.message("a", at: 0), at: 1).outcome == .applied)
        #expect(desk.apply(Desk.message("river", at: 0, series: "river", level: 4), at: 1).outcome == .applied)
        let effect = desk.apply(Desk.message("b", at: 10, level: 2), at: 11)
        #expect(effect.outcome == .applied)
        #expect(effect.taken == 1)
        #expect(effect.touched == [.municipality("22103"), .municipality("22103")])
        #expect(desk.inForce == ["river", "b"])
    }

    @Test func anEmptyMessageClearsItsSeries() {
        var desk = Desk()
        _ = desk.apply(Desk.message("a", at: 0), at: 1)
        #expect(desk.apply(Desk.message("clear", at: 10, isEmpty: true), at: 11).outcome == .applied)
        #expect(desk.inForce.isEmpty)
    }

    @Test func anOlderMessageThatComesLateChangesNothing() {
        var desk = Desk()
        _ = desk.apply(Desk.message("b", at: 10), at: 11)
        let effect = desk.apply(Desk.message("a", at: 0), at: 12)
        #expect(effect.outcome == .superseded)
        #expect(effect.touched.isEmpty)
        #expect(desk.inForce == ["b"])
    }

    @Test func equalTimesGoByTheSerialAndThenByArrival() {
        var desk = Desk()
        _ = desk.apply(Desk.message("two", at: 0, serial: 2), at: 1)
        #expect(desk.apply(Desk.message("one", at: 0, serial: 1), at: 2).outcome == .superseded)
        #expect(desk.apply(Desk.message("correction", at: 0, serial: 2), at: 3).outcome == .applied)
        #expect(desk.inForce == ["correction"])
    }

    @Test func theSameMessageTwiceIsADuplicate() {
        var desk = Desk()
        _ = desk.apply(Desk.message("a", at: 0), at: 1)
        #expect(desk.apply(Desk.message("a", at: 0), at: 2).outcome == .duplicate)
        #expect(desk.ledger.entries.count == 1)
    }

    @Test(arguments: [HazardMessage.Status.exercise, .test])
    func drillsAndTestsAreStoredAndNeverAct(status: HazardMessage.Status) {
        var desk = Desk()
        _ = desk.apply(Desk.message("a", at: 0), at: 1)
        for action in HazardMessage.Action.allCases {
            let message = Desk.message(
                "drill \(action)", at: 5, level: 5, action: action, references: ["a"], status: status)
            let effect = desk.apply(message, at: 6)
            #expect(effect.outcome == .stored)
            #expect(effect.touched.isEmpty)
        }
        #expect(desk.inForce == ["a"])
        // Nor does a drill outrank what comes in earnest.
        #expect(desk.apply(Desk.message("b", at: 2), at: 7).outcome == .applied)
    }

    @Test func additionsStandSideBySide() {
        var desk = Desk()
        _ = desk.apply(Desk.message("a", at: 0, action: .add), at: 1)
        _ = desk.apply(Desk.message("b", at: 5, level: 5, action: .add), at: 6)
        _ = desk.apply(Desk.message("late", at: 3, action: .add), at: 7)
        #expect(desk.inForce == ["b", "a", "late"])
    }

    // MARK: Taking back

    @Test func aCancelledReportGivesThePlaceBackToTheOneBefore() {
        var desk = Desk()
        _ = desk.apply(Desk.message("T,office,1,x", at: 0), at: 1)
        _ = desk.apply(Desk.message("T,office,2,x", at: 10, isEmpty: true), at: 11)
        #expect(desk.inForce.isEmpty)
        let effect = desk.apply(
            Desk.message("T,office,2,cancel", at: 12, action: .cancel, references: ["T,office,2"]), at: 13)
        #expect(effect.outcome == .cancelled)
        #expect(desk.inForce == ["T,office,1,x"])
        #expect(effect.touched == [.municipality("22103")])
    }

    @Test func aCancelThatComesFirstStillHolds() {
        var desk = Desk()
        _ = desk.apply(Desk.message("T,o,1", at: 0), at: 1)
        _ = desk.apply(Desk.message("c", at: 12, action: .cancel, references: ["T,o,2"]), at: 13)
        _ = desk.apply(Desk.message("T,o,2,x", at: 10), at: 14)
        #expect(desk.inForce == ["T,o,1"])
    }

    @Test func aCancelWithoutReferencesTakesBackItsSeries() {
        var desk = Desk()
        for name in ["a", "b"] { _ = desk.apply(Desk.message(name, at: 0, action: .add, format: .cap), at: 1) }
        let effect = desk.apply(Desk.message("c", at: 5, action: .cancel, format: .cap), at: 6)
        #expect(effect.taken == 2)
        #expect(desk.inForce.isEmpty)
        #expect(desk.apply(Desk.message("late", at: 2, action: .add, format: .cap), at: 7).outcome == .superseded)
        #expect(desk.apply(Desk.message("new", at: 8, action: .add, format: .cap), at: 9).outcome == .applied)
    }

    @Test func aCancelledCAPUpdateDoesNotBringTheAlertBack() {
        var desk = Desk()
        _ = desk.apply(Desk.message("a", at: 0, action: .add, format: .cap), at: 1)
        _ = desk.apply(Desk.message("u", at: 5, references: ["a"], format: .cap), at: 6)
        #expect(desk.inForce == ["u"])
        _ = desk.apply(Desk.message("c", at: 9, action: .cancel, references: ["u"], format: .cap), at: 10)
        #expect(desk.inForce.isEmpty)
    }

    @Test func updatesOfOneAlertReplaceOneAnother() {
        var desk = Desk()
        _ = desk.apply(Desk.message("a", at: 0, series: "1", action: .add, format: .cap), at: 1)
        _ = desk.apply(Desk.message("u1", at: 5, series: "2", references: ["a"], format: .cap), at: 6)
        _ = desk.apply(Desk.message("u2", at: 9, series: "3", references: ["a"], format: .cap), at: 10)
        #expect(desk.inForce == ["u2"])
        #expect(
            desk.apply(Desk.message("u1b", at: 7, series: "4", references: ["a"], format: .cap), at: 11).outcome
                == .superseded)
        #expect(desk.inForce == ["u2"])
    }

    @Test func anUpdateThatComesBeforeItsAlertWins() {
        var desk = Desk()
        _ = desk.apply(Desk.message("u", at: 5, series: "2", references: ["a"], format: .cap), at: 6)
        #expect(
            desk.apply(Desk.message("a", at: 0, series: "1", action: .add, format: .cap), at: 7).outcome == .superseded)
        #expect(desk.inForce == ["u"])
    }

    /// Replace, clear, cancel and late arrivals in every order end in the same state.
    @Test func theOrderOfArrivalDoesNotMatter() {
        let messages = [
            Desk.message("T,o,1,x", at: 0), Desk.message("T,o,2,x", at: 10, level: 4),
            Desk.message("T,o,3,x", at: 20, isEmpty: true),
            Desk.message("c", at: 25, action: .cancel, references: ["T,o,3"]),
            Desk.message("river", at: 3, series: "r", level: 5),
        ]
        for order in permutations(Array(messages.indices)) {
            var desk = Desk()
            for index in order { _ = desk.apply(messages[index], at: 30) }
            #expect(desk.inForce == ["river", "T,o,2,x"], "order \(order)")
        }
    }

    private func permutations(_ values: [Int]) -> [[Int]] {
        guard let first = values.first else { return [[]] }
        return permutations(Array(values.dropFirst())).flatMap { rest in
            (0...rest.count).map { Array(rest[..<$0]) + [first] + Array(rest[$0...]) }
        }
    }

    // MARK: Time

    @Test func aStatementBeginsAndEndsAtItsTimes() {
        var desk = Desk()
        _ = desk.apply(Desk.message("a", at: 0, from: 60, until: 120), at: 1)
        #expect(desk.inForce.isEmpty)
        #expect(desk.ledger.nextChange == Desk.minute(60))
        #expect(desk.ledger.advance(to: Desk.minute(59)).isEmpty)
        #expect(desk.ledger.advance(to: Desk.minute(60)) == [.municipality("22103")])
        #expect(desk.inForce == ["a"])
        #expect(desk.ledger.nextChange == Desk.minute(120))
        #expect(desk.ledger.advance(to: Desk.minute(120)) == [.municipality("22103")])
        #expect(desk.inForce.isEmpty)
        #expect(desk.ledger.nextChange == nil)
        #expect(desk.ledger.entries.first?.state == .ended)
    }

    @Test func advancingInStepsIsAdvancingAtOnce() {
        let message = Desk.message("a", at: 0, from: 60, until: 120)
        for steps in [[200], [60, 200], [90, 120, 200], [30, 61, 119, 121, 200]] {
            var desk = Desk()
            _ = desk.apply(message, at: 1)
            let touched = steps.flatMap { desk.ledger.advance(to: Desk.minute($0)) }
            #expect(touched.contains(.municipality("22103")))
            #expect(desk.inForce.isEmpty)
        }
    }

    @Test func whatNobodyRepeatsEndsAfterThreeDays() {
        var desk = Desk()
        _ = desk.apply(Desk.message("a", at: 0), at: 1)
        _ = desk.ledger.advance(to: Desk.minute(72 * 60 - 1))
        #expect(desk.inForce == ["a"])
        _ = desk.ledger.advance(to: Desk.minute(72 * 60))
        #expect(desk.inForce.isEmpty)
    }

    @Test func whatWasOverWhenItCameIsPast() {
        var desk = Desk()
        #expect(desk.apply(Desk.message("a", at: 0, until: 30), at: 60).outcome == .past)
        #expect(desk.apply(Desk.message("old", at: -80 * 60), at: 61).outcome == .superseded)
        #expect(desk.inForce.isEmpty)
    }

    @Test func levelUnknownWeighsAsThree() {
        var desk = Desk()
        _ = desk.apply(Desk.message("?", at: 0, series: "1", level: nil), at: 1)
        _ = desk.apply(Desk.message("2", at: 0, series: "2", level: 2), at: 1)
        _ = desk.apply(Desk.message("4", at: 0, series: "3", level: 4), at: 1)
        _ = desk.apply(Desk.message("0", at: 0, series: "4", level: 0), at: 1)
        #expect(desk.inForce == ["4", "?", "2"])
    }

    // MARK: Bounds and checkpoints

    @Test func theLedgerIsBoundedAndDropsWhatDoesNotActFirst() {
        var desk = Desk()
        _ = desk.apply(Desk.message("oldest", at: 0, series: "s"), at: 1)
        for number in 0..<(HazardLedger.entriesMax + 50) {
            _ = desk.apply(Desk.message("drill \(number)", at: 1, status: .exercise), at: 1)
        }
        #expect(desk.ledger.entries.count == HazardLedger.entriesMax)
        #expect(desk.inForce == ["oldest"])
        for number in 0..<HazardLedger.entriesMax {
            _ = desk.apply(
                Desk.message("\(number)", at: 1, series: "\(number)", places: [.municipality("01101")]), at: 2)
        }
        #expect(desk.ledger.entries.count == HazardLedger.entriesMax)
        #expect(desk.inForce.isEmpty)
    }

    @Test func aCheckpointBringsTheLedgerBack() throws {
        var desk = Desk()
        for name in try Fixture.names {
            _ = desk.ledger.apply(try Fixture.message(name), at: Desk.minute(60))
        }
        var writer = ByteWriter()
        desk.ledger.write(to: &writer)
        var reader = ByteReader(writer.bytes)
        let loaded = try HazardLedger(from: &reader)
        #expect(reader.isAtEnd)
        #expect(loaded.entries == desk.ledger.entries)
        #expect(loaded.nextChange == desk.ledger.nextChange)
        #expect(loaded.statements(at: Desk.shimizu) == desk.ledger.statements(at: Desk.shimizu))
        for length in stride(from: 0, to: writer.bytes.count, by: 97) {
            var cut = ByteReader(writer.bytes[..<length])
            #expect(throws: ByteCodingError.self) { try HazardLedger(from: &cut) }
        }
    }
}
