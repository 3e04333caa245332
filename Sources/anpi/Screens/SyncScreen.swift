import AnpiClient
import AnpiModel

/// `anpi sync`: what was told, what waits, and what a person must decide.
struct SyncScreen {
    var report = FieldReport()
    /// What is left.
    var outbox: FieldOutbox
    /// Whether the collector cannot be reached.
    var isOutOfReach = false

    func text(on paper: Paper) -> String {
        let words = paper.words
        var lines: [String] = []
        if !report.delivered.isEmpty {
            let sent = words("cli.sync.sent", ["n": String(report.delivered.count)])
            lines += listed(sent, FieldWords.told(report.delivered, on: paper).map { $0 + " ✓" }, paper)
        }
        for refused in report.letGo {
            let what = FieldWords.told([refused.operation], on: paper).joined()
            lines.append(words("cli.sync.letGo", ["what": what, "reason": refused.reason ?? ""]))
        }
        if !outbox.waiting.isEmpty {
            let key = isOutOfReach ? "cli.sync.outOfReach" : "cli.sync.waiting"
            lines += listed(
                words(key, ["n": String(outbox.waiting.count)]), FieldWords.told(outbox.waiting, on: paper), paper)
        }
        lines += conflicts(paper)
        if lines.isEmpty { lines.append(words("cli.sync.nothing")) }
        return lines.joined(separator: "\n")
    }

    /// A title and what it counts, in lines that hang below it.
    private func listed(_ title: String, _ items: [String], _ paper: Paper) -> [String] {
        let indent = title.cellWidth + 1
        var narrow = paper
        narrow.width = max(paper.width - indent, 16)
        return narrow.heading(items).enumerated().map { index, line in
            (index == 0 ? title + " " : String(repeating: " ", count: indent)) + line
        }
    }

    private func conflicts(_ paper: Paper) -> [String] {
        let words = paper.words
        guard !outbox.conflicts.isEmpty else { return [] }
        var lines = [words("cli.sync.conflicts", ["n": String(outbox.conflicts.count)])]
        for conflict in outbox.conflicts {
            let mine = FieldWords.steps(outbox.operations(of: conflict.task), on: paper)
            lines += paper.heading([
                "  " + conflict.task, words("cli.sync.mine", ["what": mine]),
                words("cli.sync.theirs", ["what": FieldWords.theirs(conflict, on: paper)]),
            ]).enumerated().map { $0.offset == 0 ? $0.element : "    " + $0.element }
            let command = "anpi sync resolve \(conflict.task) --keep mine|theirs [--note …]"
            lines += paper.heading(["  → " + command, words("cli.sync.both")]).enumerated().map {
                $0.offset == 0 ? $0.element : "    " + $0.element
            }
        }
        return lines
    }
}

/// What was done in the field, in words.
enum FieldWords {
    /// `T-412 現着 11:34`, `T-412 写真2枚`: photos of one task that follow one another are counted.
    static func told(_ operations: [FieldOperation], on paper: Paper) -> [String] {
        var texts: [String] = []
        var rest = operations[...]
        while let operation = rest.first {
            var count = 1
            if operation.isPhoto {
                count = rest.prefix { $0.isPhoto && $0.task == operation.task }.count
            }
            texts.append(text(operation, count: count, on: paper))
            rest = rest.dropFirst(count)
        }
        return texts
    }

    private static func text(_ operation: FieldOperation, count: Int, on paper: Paper) -> String {
        let words = paper.words
        let time = paper.moments.short(operation.doneAt)
        let what: String =
            switch operation.work {
            case .step(let request): step(request, words) + " " + time
            case .note: words("cli.sync.note")
            case .photo: words("cli.sync.photos", ["n": String(count)])
            case .road: words("cli.sync.road") + " " + time
            }
        return [operation.task, what].compactMap(\.self).joined(separator: " ")
    }

    /// `現着 11:34、完了 13:20（圏外で記録）`; without steps, what else was refused.
    static func steps(_ operations: [FieldOperation], on paper: Paper) -> String {
        let words = paper.words
        let steps = operations.compactMap { operation in
            operation.step.map { step($0, words) + " " + paper.moments.short(operation.doneAt) }
        }
        let what = steps.isEmpty ? told(Array(operations.prefix(1)), on: paper).joined() : words.list(steps)
        return what + words.bracketed(words("cli.sync.recordedHere"))
    }

    /// `取消 12:58 山田「院長が他社で復旧」`.
    static func theirs(_ conflict: FieldConflict, on paper: Paper) -> String {
        let words = paper.words
        guard let theirs = conflict.theirs else { return conflict.detail ?? "—" }
        var parts = [words.term(.taskState, theirs.state), theirs.at.map { paper.moments.short($0) }]
        parts.append(theirs.by.map { words.person($0) })
        let text = parts.compactMap(\.self).joined(separator: " ")
        return text + (theirs.reason.map { words("cli.sync.quoted", ["text": $0]) } ?? "")
    }

    /// The word for a step: where it led to, or how an offer or a task was given back.
    private static func step(_ request: TransitionRequest, _ words: Words) -> String {
        request.to == "draft" ? words("cli.sync.handedBack") : words.stepWord(request.to)
    }
}

extension FieldOperation {
    fileprivate var isPhoto: Bool {
        if case .photo = work { true } else { false }
    }
}
