import AnpiEngine
import AnpiModel

/// A site's past, newest first: its journal with the history of its contact.
///
/// A closed span of contact mostly began with a `site.contact` in the journal: then that entry says until when it held.
/// A span whose beginning the journal does not tell stands on its own, as kind `contact`.
enum SiteTimeline {
    /// One line of it.
    enum Moment: Hashable, Sendable {
        case entry(JournalLine, until: Timestamp?)
        case span(ContactSpan)

        func json(site: SiteID, names: JournalNames) -> JSON {
            switch self {
            case .entry(let line, nil): return JournalView.event(line, names: names)
            case .entry(let line, let until?):
                guard case .object(let members) = JournalView.event(line, names: names) else { return .null }
                return .object(members.filter { $0.key != "until" } + [.init("until", .time(until))])
            case .span(let span):
                return [
                    "number": .null, "at": .time(span.from), "kind": "contact", "actor": .null, "site": .id(site),
                    "contact": .word(span.contact), "until": .time(span.to),
                ]
            }
        }
    }

    /// Where a page ended in both.
    struct Place: Hashable, Sendable {
        /// The last journal number told.
        var number: Int64?
        /// The last span told.
        var span: ContactSpan?

        init(number: Int64? = nil, span: ContactSpan? = nil) {
            self.number = number
            self.span = span
        }

        /// `<number>`, or `<number>.<from in ms>.<contact>`; the number is 0 where no entry was told yet.
        init(cursor: String?) throws(Problem) {
            guard let cursor else { return }
            let parts = cursor.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 1 || parts.count == 3, let number = Int64(parts[0]), number >= 0 else {
                throw Problem(path: "query.cursor", "is not a cursor of this list")
            }
            if number > 0 { self.number = number }
            guard parts.count == 3 else { return }
            guard let from = Int64(parts[1]), let contact = Contact(rawValue: String(parts[2])) else {
                throw Problem(path: "query.cursor", "is not a cursor of this list")
            }
            let at = Timestamp(milliseconds: from)
            span = ContactSpan(contact: contact, from: at, to: at)
        }

        var cursor: String {
            let text = String(number ?? 0)
            return span.map { "\(text).\($0.from.milliseconds).\($0.contact.rawValue)" } ?? text
        }
    }

    /// At most `limit` moments after `place`; `next` is nil at the end.
    ///
    /// Both lists are newest first and begin after `place`, each with more than `limit` unless it ends.
    static func page(_ lines: [JournalLine], _ spans: [ContactSpan], from place: Place, limit: Int)
        -> (moments: [Moment], next: Place?)
    {
        var moments: [Moment] = []
        var place = place
        var lines = lines[...]
        var spans = spans[...]
        while moments.count < limit {
            if let span = spans.first, lines.first.map({ $0.at < span.from }) ?? true {
                moments.append(.span(span))
                place.span = spans.removeFirst()
            } else if let line = lines.popFirst() {
                place.number = line.number
                guard let span = spans.first, begins(line, span) else {
                    moments.append(.entry(line, until: nil))
                    continue
                }
                moments.append(.entry(line, until: span.to))
                place.span = spans.removeFirst()
            } else {
                return (moments, nil)
            }
        }
        return (moments, lines.isEmpty && spans.isEmpty ? nil : place)
    }

    /// An entry that was erased no longer says which contact it told.
    private static func begins(_ line: JournalLine, _ span: ContactSpan) -> Bool {
        line.kind == DecisionName.siteContact.rawValue && line.at == span.from
            && (line.body == nil || line.text(of: "contact") == span.contact.rawValue)
    }
}
