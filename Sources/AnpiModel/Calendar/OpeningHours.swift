import Synchronization

/// When a facility is open or a person works: the subset of OpenStreetMap's `opening_hours` syntax that a fleet needs.
///
/// `Mo-We,Fr 09:00-12:30,15:00-18:30; Sa 09:00-12:30; Th,Su,PH off`, `24/7`, `Dec 29-Jan 03 off`, `2022 Sep 24 off`,
/// `Sa[2,4] off`, `Mo-Su 22:00-06:00`. A later rule replaces earlier ones for the days it names, as in OpenStreetMap; an
/// `off` with times closes only those times. A range that crosses midnight belongs whole to the day it began on, so that
/// `PH off` does not cut short the night before a holiday. `PH` are Japan's public holidays (`JapaneseHolidays`).
package struct OpeningHours: Hashable, Sendable {
    /// The text it was read from.
    package let text: String
    let rules: OpeningHoursRules

    /// Reads `text`, or names the first piece of it that cannot be understood.
    package init(parsing text: String) throws(OpeningHoursError) {
        if let known = Self.known.withLock({ $0[text] }) {
            self = known
            return
        }
        var parser = OpeningHoursParser(text)
        self.rules = try parser.rules()
        self.text = text
        Self.known.withLock { [self] known in
            if known.count < Self.knownMax { known[text] = self }
        }
    }

    /// Texts read before. The sites of a fleet share a handful of texts, and equal ones share one value: a fleet of
    /// 100,000 sites is read back in a fraction of the time and of the memory. When full, others are read each time.
    private static let known = Mutex<[String: OpeningHours]>([:])
    private static let knownMax = 4_096

    /// Whether it is open at `instant`, as clocks at `offset` show it.
    package func isOpen(at instant: Timestamp, offset: UTCOffset = .japan) -> Bool {
        let (date, millisecondOfDay) = instant.civil(at: offset)
        return rules.isOpen(on: date, minute: millisecondOfDay / 60_000)
    }

    /// Whether any time that begins on `date` is open.
    package func opens(on date: CivilDate) -> Bool { rules.opens(on: date) }

    /// The first instant after `instant` at which closed turns to open; nil where none comes within 400 days.
    package func nextOpening(after instant: Timestamp, offset: UTCOffset = .japan) -> Timestamp? {
        Self.nextChange(after: instant, offset: offset, boundaries: rules.boundaries) { date, minute in
            rules.isOpen(on: date, minute: minute)
        }
    }

    /// The first instant after `instant` at which open turns to closed; nil where none comes within 400 days.
    package func nextClosing(after instant: Timestamp, offset: UTCOffset = .japan) -> Timestamp? {
        Self.nextChange(after: instant, offset: offset, boundaries: rules.boundaries) { date, minute in
            !rules.isOpen(on: date, minute: minute)
        }
    }

    /// True where some rule closes: what a list of closures must have.
    package var hasClosingRule: Bool { rules.rules.contains { $0.isOff } }

    /// Days that a search for a change looks ahead: a year and a month, so that a closure told by its date is passed.
    static let searchDays = 400

    /// The first instant after `instant` at which `holds` turns true.
    ///
    /// State changes only at the rules' own `boundaries` (minutes of a day, ascending, 0 among them), so these are the
    /// only instants looked at.
    static func nextChange(
        after instant: Timestamp, offset: UTCOffset, boundaries: [Int16], holds: (CivilDate, Int) -> Bool
    ) -> Timestamp? {
        let (today, millisecondOfDay) = instant.civil(at: offset)
        let minute = millisecondOfDay / 60_000
        let first = today.daysSinceEpoch
        var date = today
        var before = holds(today, minute)
        for day in first...(first + searchDays) {
            // Today what has been is over.
            for boundary in boundaries where day > first || Int(boundary) > minute {
                let now = holds(date, Int(boundary))
                if now, !before { return Timestamp(date, minuteOfDay: Int(boundary), offset: offset) }
                before = now
            }
            date = CivilDate(daysSinceEpoch: day + 1)
        }
        return nil
    }

    package static func == (left: Self, right: Self) -> Bool { left.text == right.text }

    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension OpeningHours: CustomStringConvertible {
    package var description: String { text }
}

/// Its source text on the wire.
extension OpeningHours: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do throws(OpeningHoursError) {
            try self.init(parsing: text)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// The piece of an opening-hours text that cannot be understood, for the person who wrote it.
package struct OpeningHoursError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The offending piece as written; empty at the end of the text.
    package var piece: String
    /// Where it begins, counted in characters from 1.
    package var column: Int
    /// What is wrong with it, continuing the sentence that begins with the piece.
    package var problem: String

    package init(piece: String, column: Int, problem: String) {
        self.piece = piece
        self.column = column
        self.problem = problem
    }

    /// `"Mon" at character 1 is not a day…`.
    package var description: String {
        piece.isEmpty
            ? "the end of the text at character \(column) \(problem)"
            : "\"\(piece)\" at character \(column) \(problem)"
    }
}
