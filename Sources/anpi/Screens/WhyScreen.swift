import AnpiClient
import AnpiModel

/// `anpi task why`: why a task is with whom it is, or with nobody; only what is known, nothing guessed.
struct WhyScreen {
    var task: TaskDetail
    var engineers: [EngineerRow]

    func text(on paper: Paper) -> String {
        let words = paper.words
        let row = task.row
        var lines = [headline(paper)]
        if let why = words.sentence(task.more.why ?? row.reason, paper.moments) {
            lines += paper.fact(words("cli.label.why"), words.reason(why))
        }
        if let skills = row.skills, !skills.isEmpty {
            lines += paper.fact(words("cli.label.needs"), words.list(skills.map { words.term(.skill, $0) }))
        }
        lines += paper.facts(words("cli.label.asked"), asked(paper))
        lines += paper.facts(words("cli.label.others"), others(paper))
        lines += Cells.wrapped(words("cli.why.rule"), to: paper.width)
        return lines.joined(separator: "\n")
    }

    private func headline(_ paper: Paper) -> String {
        let words = paper.words
        let row = task.row
        let what = [row.siteName ?? row.site ?? "", words.term(.taskKind, row.kind)]
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
        return words(
            ["done", "failed", "cancelled"].contains(row.state) ? "cli.why.over" : "cli.why.nobody", arguments)
    }

    private func name(of engineer: String) -> String { engineers.first { $0.id == engineer }?.name ?? engineer }

    private func asked(_ paper: Paper) -> [String] {
        let words = paper.words
        return (task.more.offers ?? []).map { offer in
            let end = offer.ended.map { words.term(.offer, $0) } ?? words("cli.offer.open")
            let reason = words.sentence(offer.reason, paper.moments).map { words.reason($0) } ?? ""
            return [words.person(name(of: offer.engineer)), paper.moments.short(offer.at), end, reason]
                .filter { !$0.isEmpty }.joined(separator: "  ")
        }
    }

    /// Everyone who was not asked, with what speaks against asking now as far as it is known here.
    private func others(_ paper: Paper) -> [String] {
        let words = paper.words
        let asked = Set(
            (task.more.offers ?? []).map(\.engineer) + [task.row.engineer, task.row.offer?.engineer].compactMap(\.self))
        return engineers.filter { !asked.contains($0.id) }.map { engineer in
            var facts: [String] = []
            if engineer.availability != "available" {
                let until = engineer.until.map { words("cli.until", ["time": paper.moments.short($0)]) }
                facts.append(words.list([words.term(.availability, engineer.availability), until]))
            }
            let missing = (task.row.skills ?? []).filter { $0 != "inspect" && engineer.skills?.contains($0) == false }
            if !missing.isEmpty {
                let skills = words.list(missing.map { words.term(.skill, $0) })
                facts.append(words("cli.why.noSkill", ["skills": skills]))
            }
            if engineer.onDuty == false {
                facts.append(
                    engineer.nextOnDuty.map { words("cli.why.offDutyUntil", ["time": paper.moments.short($0)]) }
                        ?? words("cli.why.offDuty"))
            }
            if let task = engineer.task { facts.append(words("cli.why.busy", ["task": task.id])) }
            return words.person(engineer.name) + "  "
                + (facts.isEmpty ? words("cli.why.free") : facts.joined(separator: "  "))
        }
    }
}
