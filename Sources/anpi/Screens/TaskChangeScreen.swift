import AnpiClient
import AnpiModel

/// What a step of a task changed, and what is next.
struct TaskChangeScreen {
    var request: TransitionRequest
    var before: TaskRow
    var after: TaskRow

    func text(on paper: Paper) -> String {
        let words = paper.words
        let said = words("cli.task.did.\(request.to)", ["task": after.id])
        let details = words.list([
            after.siteName ?? after.site ?? before.siteName,
            request.onBehalfOf.map { id in
                words("cli.task.for", ["person": words.person(after.engineer == id ? after.engineerName ?? id : id)])
            },
            request.reason.map { words.reason($0) },
            request.eta.map { words("cli.task.eta", ["time": paper.moments.short($0)]) },
            request.retryAt.map { words("cli.task.lookAgain", ["time": paper.moments.short($0)]) },
        ])
        var lines = [words("cli.task.did", ["said": said, "details": details.isEmpty ? "" : words.bracketed(details)])]
        if request.to == "accepted", let until = before.offer?.until, until > paper.now {
            lines[0] += words("cli.task.timeLeft", ["span": paper.moments.span(until - paper.now)])
        }
        if ["declined", "draft"].contains(request.to) { lines.append(whoIsNext(paper)) }
        var next = TaskStep.next(after: after, isMine: isMine)
        // Who acted for somebody goes on acting for them.
        if isMine, let engineer = request.onBehalfOf, next.hasPrefix("anpi task ") { next += " --for \(engineer)" }
        lines.append(paper.next(next))
        // Answer and next step in one line where they fit, as one says it.
        let joined = lines.joined(separator: "    ")
        let told = joined.cellWidth <= paper.width ? joined : lines.joined(separator: "\n")
        return [told, road(paper)].compactMap(\.self).joined(separator: "\n")
    }

    /// The finding that the road became, and how others learn where it is if nobody said.
    private func road(_ paper: Paper) -> String? {
        guard let road = request.road, let finding = after.finding else { return nil }
        guard road.isPlaced else {
            return paper.words("cli.finding.roadNotPlaced", ["finding": finding.id, "result": finding.result])
        }
        let meters = JSON.fixed((road.radiusKilometers ?? 0) * 1_000, digits: 0)
        let until = finding.expiresAt.map { paper.moments.short($0) } ?? "—"
        return paper.words("cli.finding.roadAdded", ["finding": finding.id, "meters": meters, "until": until])
    }

    /// After a decline the task is somebody else's or nobody's.
    private func whoIsNext(_ paper: Paper) -> String {
        let words = paper.words
        if let offer = after.offer { return words("cli.task.wentTo", ["person": words.person(offer.engineer)]) }
        let reason = words.sentence(after.reason, paper.moments)
        return words("cli.task.withNobody") + (reason.map { words.bracketed($0) } ?? "")
    }

    private var isMine: Bool { !["declined", "draft"].contains(request.to) }

    /// `T-415 は 11:06 に鈴木さんが受諾済みです。何も変更していません。`
    static func conflict(_ task: TaskDetail, names: [String: String], on paper: Paper) -> String {
        let words = paper.words
        let row = task.row
        let person = (row.engineerName ?? row.engineer.map { names[$0] ?? $0 }).map { words.person($0) }
        let accepted = (task.more.offers ?? []).last { $0.ended == "accepted" && $0.engineer == row.engineer }
        var arguments = ["task": row.id, "state": words.term(.taskState, row.state)]
        if row.state == "accepted", let person, let at = accepted?.endedAt {
            arguments["person"] = person
            arguments["time"] = paper.moments.short(at)
            return words("cli.task.takenAt", arguments)
        }
        arguments["details"] = person.map { words.bracketed($0) } ?? ""
        return words("cli.task.isNow", arguments)
    }
}
