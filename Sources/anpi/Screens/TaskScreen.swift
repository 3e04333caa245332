import AnpiClient
import AnpiModel

/// `anpi task show`: what an engineer needs before driving.
struct TaskScreen {
    var task: TaskDetail
    var engineerNames: [String: String] = [:]
    /// Whether the reader is the one who is to do it.
    var isMine = true
    /// When it was kept; nil where it is the collector's answer of now.
    var keptAt: Timestamp?
    /// What was done here and not told yet.
    var outbox = FieldOutbox()

    static let timelineLines = 6

    func text(on paper: Paper) -> String {
        let words = paper.words
        let row = task.row
        var lines = paper.heading([
            row.id + "  " + RecoveryWords.work(row, words), row.siteName ?? row.site, task.more.address,
            place(words),
            keptAt.map { words("cli.task.kept", ["time": paper.moments.short($0)]) },
        ])
        lines += paper.fact(words("cli.label.state"), state(paper))
        if let why = words.sentence(task.more.why ?? row.reason, paper.moments) {
            lines += paper.fact(words("cli.label.why"), words.reason(why))
        }
        lines += planned(paper)
        lines += paper.facts(words("cli.label.people"), Self.people(task.more, words))
        if let key = task.more.keyHolder { lines += paper.fact(words("cli.label.key"), key) }
        lines += paper.facts(
            words("cli.label.data"), (task.more.copies ?? []).map { CopyWords.line($0, on: paper) })
        lines += paper.facts(words("cli.label.offers"), offers(paper))
        if let photos = task.more.photos, !photos.isEmpty {
            let newest = paper.moments.short(photos.compactMap(\.at).max())
            lines += paper.fact(
                words("cli.label.photos"),
                words("cli.task.photos", ["n": String(photos.count), "time": newest]))
        }
        lines += paper.facts(words("cli.label.steps"), RecoveryWords.steps(task, words))
        lines += paper.facts(
            words("cli.label.timeline"),
            (task.more.timeline ?? []).withoutEchoes.newest(Self.timelineLines).map {
                TimelineWords.line($0, names: engineerNames, on: paper)
            })
        if !["done", "failed", "cancelled"].contains(row.state) {
            lines.append(paper.next(isMine ? TaskStep.next(after: row, isMine: true) : TaskStep.nextForOthers(row)))
        }
        return lines.joined(separator: "\n")
    }

    /// Who is to go when, what comes first, and which machine to fetch where.
    private func planned(_ paper: Paper) -> [String] {
        let words = paper.words
        let row = task.row
        var lines: [String] = []
        if let rung = RecoveryWords.rung(ofSite: row.recovery, words) {
            lines += paper.fact(words("cli.label.recovery"), rung)
        }
        if let visit = RecoveryWords.visit(row.plan, on: paper) { lines += paper.fact(words("cli.label.plan"), visit) }
        if let pin = RecoveryWords.pin(row.pin, names: engineerNames, words) {
            lines += paper.fact(words("cli.label.pin"), pin)
        }
        if let after = row.after, !after.isEmpty { lines += paper.fact(words("cli.label.first"), words.list(after)) }
        if let loaner = RecoveryWords.loaner(row.plan, words) { lines += paper.fact(words("cli.label.bring"), loaner) }
        return lines
    }

    private func place(_ words: Words) -> String? {
        guard let latitude = task.more.latitude, let longitude = task.more.longitude else { return nil }
        return words.place(latitude, longitude)
    }

    private func state(_ paper: Paper) -> String {
        let words = paper.words
        let row = task.row
        var parts: [String?] = []
        if let name = row.engineerName ?? row.engineer.map({ engineerNames[$0] ?? $0 }) {
            parts.append(words.person(name))
        } else if let offer = row.offer {
            parts.append(
                words("cli.task.offeredTo", ["person": words.person(engineerNames[offer.engineer] ?? offer.engineer)]))
        }
        if outbox.conflict(of: row.id) != nil {
            parts.append(words("cli.queue.conflict"))
        } else if !outbox.operations(of: row.id).isEmpty {
            parts.append(words("cli.queue.unsent"))
        }
        parts.append(row.eta.map { words("cli.task.eta", ["time": paper.moments.short($0)]) })
        if row.state != "draft" { parts.append(TaskStep.condition(of: row, on: paper)) }
        parts.append(Moments.hoursAndMinutes(row.durationMinutes).map { words("cli.task.takes", ["time": $0]) })
        let details = words.list(parts)
        let state = paper.colored(words.term(.taskState, row.state), Tone(task: row.state))
        return details.isEmpty ? state : state + words.bracketed(details)
    }

    private func offers(_ paper: Paper) -> [String] {
        let words = paper.words
        return (task.more.offers ?? []).map { offer in
            let end = offer.ended.map { words.term(.offer, $0) } ?? words("cli.offer.open")
            let reason = words.sentence(offer.reason, paper.moments).map { words.reason($0) }
            return [
                words.person(engineerNames[offer.engineer] ?? offer.engineer),
                paper.moments.short(offer.at) + "–" + paper.moments.short(offer.endedAt ?? offer.until), end,
                reason ?? "",
            ].filter { !$0.isEmpty }.joined(separator: "  ")
        }
    }

    /// Whom to ring, each with the number.
    static func people(_ more: TaskDetail.More, _ words: Words) -> [String] {
        var people: [String] = []
        let contact = [more.contactName, more.contactPhone].compactMap(\.self).joined(separator: " ")
        if !contact.isEmpty { people.append(contact) }
        if let phone = more.phone { people.append(words("cli.phone.main", ["phone": phone])) }
        return people
    }

    /// The usual steps of a kind of work; none for a kind that is newer than this program.
    static func steps(_ kind: String, _ words: Words) -> [String] {
        let text = words("cli.steps.\(kind)")
        guard text != "cli.steps.\(kind)" else { return [] }
        return text.split(separator: "|").enumerated().map { "\($0.offset + 1) \($0.element)" }
    }
}
