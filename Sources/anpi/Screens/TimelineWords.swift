import AnpiClient
import AnpiModel

/// A line of a timeline.
enum TimelineWords {
    /// - Parameter names: Of engineers, by id; an id without one shows itself.
    static func line(_ item: TimelineItem, names: [String: String] = [:], on paper: Paper) -> String {
        let words = paper.words
        let details = item.details
        var parts: [String?] = []
        let isCommand = item.name?.hasPrefix("command.") == true
        if let text = words.sentence(details.text, paper.moments), !isCommand {
            parts.append(text)
        } else {
            parts.append(item.name.map { words.event($0) })
            if let state = details.state ?? details.to { parts.append(words.stepWord(state)) }
            parts.append(details.contact.map { words.term(.contact, $0) })
            parts.append(details.assessment.map { words.term(.assessment, $0) })
            parts.append(details.result.map { words.term(.result, $0) })
            parts.append(words.sentence(details.reason, paper.moments).map { words.reason($0) })
            parts.append(words.sentence(details.text, paper.moments))
            parts.append(details.note)
            parts.append(details.doneAt.map { words("cli.timeline.doneAt", ["time": paper.moments.short($0)]) })
        }
        let text = parts.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " ")
        let person = (item.actor ?? details.engineer).map { names[$0] ?? $0 }
        return paper.moments.short(item.at) + "  " + text + (person.map { words.bracketed($0) } ?? "")
    }
}

extension [TimelineItem] {
    /// Without the commands that only repeat the decision they led to: same time, same person, no note.
    var withoutEchoes: [TimelineItem] {
        filter { item in
            guard item.name == "command.task", item.details.note == nil else { return true }
            return !contains { other in
                other.at == item.at && other.name == "task.changed" && other.details.engineer == item.actor
            }
        }
    }

    /// The newest `count`, newest first, whichever way the answer was ordered.
    func newest(_ count: Int) -> ArraySlice<TimelineItem> {
        // Stable for equal times: the answer's own order stays.
        enumerated().sorted { left, right in
            left.element.at != right.element.at ? left.element.at > right.element.at : left.offset < right.offset
        }.map(\.element).prefix(count)
    }
}
