extension RecoveryTemplates {
    /// The templates that `text` describes, or every mistake in it with its line.
    package static func read(_ text: String, file: String = file) throws(TOMLMistakes) -> RecoveryTemplates {
        let document: TOMLDocument
        do {
            document = try TOMLDocument.parse(text, file: file)
        } catch {
            throw TOMLMistakes([error])
        }
        let reader = TOMLReader(document)
        let read = reader.tables("task").map { table in (table: table, template: template(of: table)) }
        if read.isEmpty { reader.mistake("task", "is missing: without a [[task]] no rung has work") }
        let rows = read.compactMap { row in row.template.map { (table: row.table, template: $0) } }
        for index in rows.indices {
            check(
                rows[index].template, rows[index].table, before: rows[..<index].map(\.template),
                of: rows.map(\.template))
        }
        try reader.finish()
        return RecoveryTemplates(tasks: rows.map(\.template))
    }

    private static func template(of table: TOMLReader) -> Template? {
        let rung = word("rung", Rung.self, table, isRequired: true)
        let kind = word("kind", TaskKind.self, table, isRequired: true)
        let place = word("where", Place.self, table, isRequired: true)
        let minutes = table.required("minutes", Int.self)
        let perGigabyte = table.value("minutesPerGigabyte", default: 0.0)
        if let minutes, !(0...minutesMax).contains(minutes) {
            table.mistake("minutes", "must lie in 0 to \(minutesMax)")
        }
        if !(0...100).contains(perGigabyte) { table.mistake("minutesPerGigabyte", "must lie in 0 to 100") }
        let skills = words("skills", Skill.self, table)
        let from = word("from", TaskPlace.self, table)
        let stock = word("stock", Stock.self, table)
        let after = words("after", TaskKind.self, table)
        let within = word("within", AccessWindow.self, table)
        let onlyAt = word("onlyAt", TaskPlace.self, table)
        let steps = steps(of: table)
        guard let rung, let kind, let place, let minutes else { return nil }
        return Template(
            rung: rung, kind: kind, minutes: minutes,
            milliminutesPerGigabyte: Int((min(max(perGigabyte, 0), 100) * 1_000).rounded(.toNearestOrAwayFromZero)),
            skills: Skill.allCases.filter { skills.contains($0) }, place: place, from: from,
            needsLoaner: stock == .loaner, after: after, within: within, onlyAt: onlyAt, steps: steps)
    }

    /// What a template may take from stock.
    private enum Stock: String, CaseIterable {
        case loaner
    }

    private static func steps(of table: TOMLReader) -> [Step] {
        let ja = table.value("steps", default: [String]())
        let en = table.optional("stepsEnglish", [String].self) ?? ja
        if ja.count != en.count {
            table.mistake("stepsEnglish", "has \(en.count) lines and steps has \(ja.count): they belong together")
        }
        return zip(ja, en).map { Step(ja: $0, en: $1) }
    }

    /// What a template must be beside the others: once of its kind, after kinds that there are, and in no circle.
    private static func check(
        _ template: Template, _ table: TOMLReader, before: [Template], of all: [Template]
    ) {
        let twin = before.contains {
            $0.rung == template.rung && $0.kind == template.kind
                && ($0.onlyAt == template.onlyAt || $0.onlyAt == nil || template.onlyAt == nil)
        }
        if twin { table.mistake("kind", "\(template.kind.rawValue) is there twice in \(template.rung.rawValue)") }
        let siblings = all.filter { $0.rung == template.rung }
        for kind in template.after where !siblings.contains(where: { $0.kind == kind }) {
            table.mistake("after", "names \(kind.rawValue), which is no task of \(template.rung.rawValue)")
        }
        if leads(from: template.kind, to: template.kind, in: siblings) {
            table.mistake("after", "leads in a circle: \(template.kind.rawValue) would wait for itself")
        }
    }

    /// Whether `kind` waits, directly or through others, for `goal`.
    private static func leads(from kind: TaskKind, to goal: TaskKind, in siblings: [Template]) -> Bool {
        var reached: [TaskKind] = []
        var next = siblings.filter { $0.kind == kind }.flatMap(\.after)
        while let kind = next.popLast() {
            if kind == goal { return true }
            guard !reached.contains(kind) else { continue }
            reached.append(kind)
            next += siblings.filter { $0.kind == kind }.flatMap(\.after)
        }
        return false
    }

    private static func word<Word: RawRepresentable<String> & CaseIterable>(
        _ key: String, _: Word.Type, _ table: TOMLReader, isRequired: Bool = false
    ) -> Word? {
        let text = isRequired ? table.required(key, String.self) : table.optional(key, String.self)
        guard let text else { return nil }
        return known(text, key, table)
    }

    private static func words<Word: RawRepresentable<String> & CaseIterable>(
        _ key: String, _: Word.Type, _ table: TOMLReader
    ) -> [Word] {
        table.value(key, default: [String]()).compactMap { known($0, key, table) }
    }

    private static func known<Word: RawRepresentable<String> & CaseIterable>(
        _ text: String, _ key: String, _ table: TOMLReader
    ) -> Word? {
        if let word = Word(rawValue: text) { return word }
        let words = Word.allCases.map(\.rawValue)
        let nearest = Spelling.nearest(to: text, in: words).map { "; did you mean \($0)?" } ?? ""
        table.mistake(key, "\"\(text)\" is none of \(words.joined(separator: ", "))\(nearest)")
        return nil
    }
}
