import AnpiModel

/// One numbered situation report (状況報告 第n報): its figures are those of its instant and never change again.
struct Sitrep: Hashable, Sendable {
    /// From 1 in its incident.
    let number: Int
    let at: Timestamp
    let by: String
    let text: String?
    let nextDue: Timestamp?
    let figures: [Figure]
    /// What was in force, the highest level first.
    let hazards: [Warning]
    /// The earliest due date of the members' claims; nil where no member was hit.
    let claimsDue: CivilDate?
    /// Members that stand otherwise than in the report before, the first `changesMax`.
    let changes: [Change]
    /// All of them.
    let changeCount: Int

    static let changesMax = 100
    static let hazardsMax = 50

    /// One count, named by the label of what is counted.
    struct Figure: Hashable, Sendable {
        let family: String
        let word: String
        let count: Int

        init(_ family: String, _ word: String, _ count: Int) {
            self.family = family
            self.word = word
            self.count = count
        }

        /// Its name in the label table.
        var labelKey: String { "\(family).\(word)" }
    }

    struct Warning: Hashable, Sendable {
        let name: String
        let area: String
        let level: Int
    }

    /// A member that joined, left, or is judged otherwise.
    struct Change: Hashable, Sendable {
        let site: SiteID
        let name: String
        /// Nil before it was a member, and after it has left.
        let before: Assessment?
        let after: Assessment?
        let rungBefore: Rung?
        let rungAfter: Rung?
    }

    /// The count of a word; 0 where it was not counted.
    func count(_ family: String, _ word: String) -> Int {
        figures.first { $0.family == family && $0.word == word }?.count ?? 0
    }

    /// Days from the report to the due date of the claims.
    var claimsDaysLeft: Int? { claimsDue.map { $0.daysSinceEpoch - at.civil().date.daysSinceEpoch } }
}

// MARK: As JSON

extension Sitrep {
    /// Its line in the list of reports.
    var brief: [JSON.Member] {
        [
            JSON.Member("number", .integer(number)), JSON.Member("at", .time(at)), JSON.Member("by", .string(by)),
            JSON.Member("text", .optional(text)), JSON.Member("nextDue", .time(nextDue)),
        ]
    }

    /// The whole report; counts beside those of the one before.
    func json(after previous: Sitrep?) -> JSON {
        .object(
            brief + [
                JSON.Member("figures", figuresJSON),
                JSON.Member("changedFigures", previous.map { changedFigures(since: $0) } ?? []),
                JSON.Member("hazards", .array(hazards.map(\.json))),
                JSON.Member("claimsDue", .optional(claimsDue?.text)),
                JSON.Member("claimsDaysLeft", .optional(claimsDaysLeft)),
                JSON.Member("changes", .array(changes.map(\.json))),
                JSON.Member("changeCount", .integer(changeCount)),
            ])
    }

    private var figuresJSON: JSON {
        var families: [JSON.Member] = []
        var words: [JSON.Member] = []
        for (place, figure) in figures.enumerated() {
            words.append(JSON.Member(figure.word, .integer(figure.count)))
            guard place + 1 == figures.count || figures[place + 1].family != figure.family else { continue }
            families.append(JSON.Member(figure.family, .object(words)))
            words = []
        }
        return .object(families)
    }

    private func changedFigures(since previous: Sitrep) -> JSON {
        .array(
            figures.compactMap { figure -> JSON? in
                let before = previous.count(figure.family, figure.word)
                guard before != figure.count else { return nil }
                return ["key": .string(figure.labelKey), "from": .integer(before), "to": .integer(figure.count)]
            })
    }
}

extension Sitrep.Warning {
    fileprivate var json: JSON {
        ["name": .string(name), "area": .string(area), "level": .integer(level)]
    }
}

extension Sitrep.Change {
    fileprivate var json: JSON {
        [
            "site": .id(site), "siteName": .string(name), "from": before.map { .word($0) } ?? .null,
            "to": after.map { .word($0) } ?? .null, "rungFrom": rungBefore.map { .word($0) } ?? .null,
            "rungTo": rungAfter.map { .word($0) } ?? .null,
        ]
    }
}

// MARK: In checkpoints

extension Sitrep {
    func write(to writer: inout ByteWriter) {
        writer.put(number)
        writer.put(at)
        writer.put(by)
        writer.put(text) { $0.put($1) }
        writer.put(nextDue) { $0.put($1) }
        writer.put(list: figures) { writer, figure in
            writer.put(figure.family)
            writer.put(figure.word)
            writer.put(figure.count)
        }
        writer.put(list: hazards) { writer, warning in
            writer.put(warning.name)
            writer.put(warning.area)
            writer.put(warning.level)
        }
        writer.put(claimsDue?.daysSinceEpoch) { $0.put($1) }
        writer.put(list: changes) { writer, change in
            writer.put(change.site.text)
            writer.put(change.name)
            for word in [change.before?.rawValue, change.after?.rawValue] { writer.put(word) { $0.put($1) } }
            for word in [change.rungBefore?.rawValue, change.rungAfter?.rawValue] { writer.put(word) { $0.put($1) } }
        }
        writer.put(changeCount)
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        number = try reader.integer()
        at = try reader.timestamp()
        by = try reader.string()
        text = try reader.optionalString()
        nextDue = try reader.optionalTimestamp()
        figures = try reader.list { reader throws(ByteCodingError) in
            Figure(try reader.string(), try reader.string(), try reader.integer())
        }
        hazards = try reader.list { reader throws(ByteCodingError) in
            Warning(name: try reader.string(), area: try reader.string(), level: try reader.integer())
        }
        claimsDue = try reader.date()
        changes = try reader.list { reader throws(ByteCodingError) in
            Change(
                site: SiteID(trusted: try reader.string()), name: try reader.string(),
                before: try reader.optionalWord(), after: try reader.optionalWord(),
                rungBefore: try reader.optionalWord(), rungAfter: try reader.optionalWord())
        }
        changeCount = try reader.integer()
    }
}
