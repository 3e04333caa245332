import AnpiClient
import AnpiModel

/// `anpi queue`: what is mine to do, and the one next step.
struct QueueScreen {
    var identity: Identity
    /// The base of the engineer, where the person is one.
    var base: String?
    var tasks: [TaskRow]
    var engineerNames: [String: String] = [:]
    /// The engine's time that the list rests on.
    var asOf: Timestamp?
    /// Whether the collector has more than was asked for.
    var hasMore = false
    /// When it was kept; nil where it is the collector's answer of now.
    var keptAt: Timestamp?
    /// What was done and not told yet.
    var outbox = FieldOutbox()

    func text(on paper: Paper) -> String {
        let words = paper.words
        var lines = paper.heading([
            identity.name, base ?? words.term(.role, identity.role), paper.moments.headline(paper.now),
            connection(paper),
        ])
        guard !tasks.isEmpty else {
            lines.append(words(identity.engineer == nil ? "cli.queue.emptyAll" : "cli.queue.emptyMine"))
            return lines.joined(separator: "\n")
        }
        lines += table(paper).lines(on: paper)
        lines += paper.more(hasMore)
        if let next { lines.append(paper.next(TaskStep.next(after: next, isMine: isMine(next)))) }
        return lines.joined(separator: "\n")
    }

    private func connection(_ paper: Paper) -> String? {
        if let keptAt {
            return paper.words(
                "cli.queue.kept",
                ["time": paper.moments.short(keptAt), "n": String(outbox.operations.count)])
        }
        guard let asOf else { return nil }
        let lag = max(.zero, paper.now - asOf)
        return paper.words(
            lag <= Self.freshFor ? "cli.queue.fresh" : "cli.queue.stale", ["span": paper.moments.span(lag)])
    }

    /// The list is told as good up to here; the engine's time moves several times a second.
    private static let freshFor: Duration = .seconds(15)

    private func table(_ paper: Paper) -> Table {
        let words = paper.words
        var table = Table([
            .init(title: words("column.id")),
            .init(title: words("column.state")),
            .init(title: words("column.site"), least: 10),
            .init(title: words("cli.column.work"), least: 8),
            .init(title: words("column.engineer"), rank: 3, least: 8),
            .init(title: words("column.start"), rank: 2),
            .init(title: words("column.duration"), rank: 1),
            .init(title: words("column.condition"), rank: 4, least: 12),
        ])
        let marked = next?.id
        for task in tasks {
            table.append([
                .init(task.id + (task.id == marked ? " ▶" : "")),
                .init(words.term(.taskState, task.state), Tone(task: task.state)),
                .init(task.siteName ?? task.site),
                .init(RecoveryWords.work(task, words)),
                .init(isMine(task) ? nil : engineer(of: task, words)),
                .init((task.eta ?? (isOver(task) ? nil : task.plan?.startsAt)).map(paper.moments.short) ?? "—"),
                .init(Moments.hoursAndMinutes(task.durationMinutes)),
                .init(condition(of: task, on: paper)),
            ])
        }
        return table
    }

    /// What to know before setting off, what changes soonest first: the answer that is due, the machine to fetch, the
    /// site's rung where the work itself names none, and why.
    private func condition(of task: TaskRow, on paper: Paper) -> String {
        let words = paper.words
        let said = saidByPlan(task) ? nil : TaskStep.condition(of: task, on: paper)
        guard !isOver(task) else { return words.list([unsent(task, words), said]) }
        let machine = task.plan.flatMap { plan in
            plan.loaner.map { words("cli.queue.loaner", ["loaner": $0, "depot": plan.depotName ?? ""]) }
        }
        let rung = task.rung == nil ? task.recovery.map { words(rungKey($0), ["rung": $0.rung]) } : nil
        let isUrgent = ["offered", "blocked"].contains(task.state)
        return words.list([unsent(task, words)] + (isUrgent ? [said, machine, rung] : [machine, rung, said]))
    }

    private func rungKey(_ rung: SiteRung) -> String {
        rung.provisional == true ? "cli.queue.rung.provisional" : "cli.queue.rung"
    }

    /// Whether the collector's reason says only what stands in the row's plan.
    private func saidByPlan(_ task: TaskRow) -> Bool {
        guard task.plan != nil, case .labelled("task.reason.planned", _)? = task.reason else { return false }
        return true
    }

    private func isOver(_ task: TaskRow) -> Bool { TaskState(rawValue: task.state)?.isFinal == true }

    /// That a step of the task has not been told, or waits for the person's decision.
    private func unsent(_ task: TaskRow, _ words: Words) -> String? {
        if outbox.conflict(of: task.id) != nil { return words("cli.queue.conflict") }
        return outbox.operations(of: task.id).isEmpty ? nil : words("cli.queue.unsent")
    }

    /// Who has it or is asked; of what nobody was asked yet, who is planned.
    private func engineer(of task: TaskRow, _ words: Words) -> String? {
        if let id = task.engineer ?? task.offer?.engineer { return task.engineerName ?? engineerNames[id] ?? id }
        return task.plan.map { words("cli.queue.planned", ["person": $0.engineerName ?? $0.engineer]) }
    }

    private func isMine(_ task: TaskRow) -> Bool {
        guard let me = identity.engineer else { return false }
        return task.engineer == me || task.offer?.engineer == me
    }

    /// What to go on with: what has been begun before what was promised, and that before what is asked.
    private var next: TaskRow? {
        for state in ["onSite", "travelling", "accepted", "offered", "blocked", "draft"] {
            if let task = tasks.first(where: { $0.state == state }) { return task }
        }
        return nil
    }
}

/// What one says of a task's state and of the step after it.
enum TaskStep {
    /// The command that leads on; for somebody else's task, the one that shows it.
    static func next(after task: TaskRow, isMine: Bool) -> String {
        guard isMine else { return "anpi task \(task.state == "draft" ? "why" : "show") \(task.id)" }
        return switch task.state {
        case "offered": "anpi task accept \(task.id)"
        case "accepted": "anpi task start \(task.id)"
        case "travelling": "anpi task arrive \(task.id)"
        case "onSite": "anpi task done \(task.id) --note … --photo …"
        case "blocked": "anpi task resume \(task.id)"
        case "draft": "anpi task why \(task.id)"
        default: "anpi queue"
        }
    }

    /// What somebody else can do about a task that is shown already: a coordinator acts for the engineer.
    static func nextForOthers(_ task: TaskRow) -> String {
        switch task.state {
        case "draft": "anpi task why \(task.id)"
        case "offered": "anpi task accept \(task.id) --for \(task.offer?.engineer ?? "…")"
        default: "anpi queue"
        }
    }

    /// `返答 11:20 まで`, `国道150号 通行止 13:00再確認`.
    static func condition(of task: TaskRow, on paper: Paper) -> String? {
        let words = paper.words
        let reason = words.sentence(task.reason, paper.moments).map { words.reason($0) }
        switch task.state {
        case "offered":
            return task.offer?.until.map { words("cli.task.answerBy", ["time": paper.moments.short($0)]) }
        case "blocked":
            let again = task.retryAt.map { words("cli.task.lookAgain", ["time": paper.moments.short($0)]) }
            return words.list([reason, again])
        default:
            return reason
        }
    }
}
