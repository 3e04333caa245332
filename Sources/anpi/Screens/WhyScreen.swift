import AnpiClient
import AnpiModel

/// `anpi task why`: why a task is with whom it is and who would be next, or what keeps everybody away and what would help.
struct WhyScreen {
    var task: TaskDetail
    var why: PlanWhy
    var engineers: [EngineerRow]

    func text(on paper: Paper) -> String {
        let words = paper.words
        let row = task.row
        var lines = Cells.wrapped(headline(paper), to: paper.width)
        let isPlanned = why.outcome != "unassigned"
        if isPlanned, let reason = words.sentence(row.reason, paper.moments) {
            lines += paper.fact(words("cli.label.why"), words.reason(reason))
        }
        if let visit = RecoveryWords.visit(why.plan, on: paper) {
            lines += paper.fact(words("cli.label.plan"), words.list([visit, RecoveryWords.loaner(why.plan, words)]))
        }
        if let next = runnerUp(paper) { lines += paper.fact(words("cli.label.runnerUp"), next) }
        let pin = RecoveryWords.pin(why.pin, names: engineers.names, words)
        if let pin { lines += paper.fact(words("cli.label.pin"), pin) }
        lines += (why.obstacles ?? []).flatMap { obstacle in
            paper.fact(
                "  " + words.person(obstacle.engineerName), self.obstacle(obstacle, paper), labelCells: nameCells(words)
            )
        }
        if let from = why.reachableFrom {
            lines += paper.fact(
                words("cli.label.roads"), words("cli.why.reachable", ["time": paper.moments.short(from)]))
        }
        lines += paper.facts(words("cli.label.asked"), asked(paper))
        if let help = relaxations(words) { lines += Cells.wrapped(help, to: paper.width) }
        return lines.joined(separator: "\n")
    }

    private func headline(_ paper: Paper) -> String {
        let words = paper.words
        let row = task.row
        let what = [row.siteName ?? row.site ?? "", RecoveryWords.work(row, words)]
            .filter { !$0.isEmpty }.joined(separator: " ")
        var arguments = ["task": row.id, "what": what, "state": words.term(.taskState, row.state)]
        if let engineer = row.engineerName ?? row.engineer.map(name) {
            arguments["person"] = words.person(engineer)
            return words("cli.why.with", arguments)
        }
        if let offer = row.offer {
            arguments["person"] = words.person(name(of: offer.engineer))
            arguments["time"] = paper.moments.short(offer.until)
            return words("cli.why.offered", arguments)
        }
        if ["done", "failed", "cancelled"].contains(row.state) { return words("cli.why.over", arguments) }
        if let plan = why.plan {
            arguments["person"] = words.person(plan.engineerName ?? name(of: plan.engineer))
            return words("cli.why.planned", arguments)
        }
        guard let reason = words.sentence(row.reason, paper.moments) else {
            return words("cli.why.nobody", arguments)
        }
        arguments["reason"] = words.reason(reason)
        return words("cli.why.nobodyBecause", arguments)
    }

    private func name(of engineer: String) -> String { engineers.names[engineer] ?? engineer }

    /// `鈴木 一郎さんなら +55分`.
    private func runnerUp(_ paper: Paper) -> String? {
        guard why.outcome == "assigned" else { return nil }
        guard let next = why.runnerUp else { return paper.words("cli.why.nobodyElse") }
        let sign = next.laterMinutes < 0 ? "−" : "+"
        return paper.words(
            "cli.why.runnerUp",
            [
                "person": paper.words.person(next.engineerName),
                "minutes": sign + String(next.laterMinutes.magnitude),
            ])
    }

    /// Names in a column, so that the reasons stand below one another.
    private func nameCells(_ words: Words) -> Int {
        let widest = (why.obstacles ?? []).map { words.person($0.engineerName).cellWidth }.max() ?? 0
        return min(widest, 24) + 4
    }

    private func obstacle(_ obstacle: PlanWhy.Obstacle, _ paper: Paper) -> String {
        let words = paper.words
        var arguments = [
            "person": obstacle.to.map { words.person(name(of: $0)) } ?? "", "task": obstacle.task ?? "",
            "time": paper.moments.short(obstacle.until), "n": String(obstacle.minutes ?? 0),
        ]
        arguments["skills"] = words.list((obstacle.skills ?? []).map { words.term(.skill, $0) })
        let stock = (obstacle.stock ?? []).map {
            words("cli.why.stock", ["depot": $0.depot, "n": String($0.machines)])
        }
        arguments["stock"] = stock.isEmpty ? "" : words.bracketed(words.list(stock))
        let key = "cli.why.obstacle.\(obstacle.obstacle)"
        return Labels.has(key) ? words(key, arguments) : obstacle.obstacle
    }

    /// `できるようになる条件: 静岡保管庫に代替機 +1 ／ 佐野 健さんの勤務 +40分`.
    private func relaxations(_ words: Words) -> String? {
        guard why.outcome == "unassigned" else { return nil }
        let changes = (why.relaxations ?? []).compactMap { change -> String? in
            switch change.change {
            case "loaner": words("cli.why.relax.loaner", ["depot": change.depotName ?? ""])
            case "longerShift":
                words(
                    "cli.why.relax.longerShift",
                    ["person": words.person(change.engineerName ?? ""), "n": String(change.minutes ?? 0)])
            default: nil
            }
        }
        guard !changes.isEmpty else { return words("cli.why.noHelp") }
        return words("cli.why.help", ["changes": changes.joined(separator: words.language == .ja ? " ／ " : " / ")])
    }

    private func asked(_ paper: Paper) -> [String] {
        let words = paper.words
        return (task.more.offers ?? []).map { offer in
            let end = offer.ended.map { words.term(.offer, $0) } ?? words("cli.offer.open")
            let reason = words.sentence(offer.reason, paper.moments).map { words.reason($0) } ?? ""
            return [words.person(name(of: offer.engineer)), paper.moments.short(offer.at), end, reason]
                .filter { !$0.isEmpty }.joined(separator: "  ")
        }
    }
}
