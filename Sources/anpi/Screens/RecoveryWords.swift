import AnpiClient
import AnpiModel

/// What survives and what is planned, as a person would tell it.
enum RecoveryWords {
    /// `R3 外付け＋代替機（次点 R4）`.
    static func rung(_ choice: Recovery.Choice, _ words: Words) -> String {
        let next = choice.runnerUp.map { words.bracketed(words("cli.recovery.runnerUp", ["rung": $0])) } ?? ""
        return choice.rung + " " + words.term(.rung, choice.rung) + next
    }

    /// `R3 外付け＋代替機（仮の案: 現地の報告待ち）`.
    static func rung(ofSite site: SiteRung?, _ words: Words) -> String? {
        guard let site else { return nil }
        let mark = site.provisional == true ? words.bracketed(words("cli.recovery.provisional")) : ""
        return site.rung + " " + words.term(.rung, site.rung) + mark
    }

    /// `全損でも 昨日 23:40 まで`, or that nothing verified would be left.
    static func kept(_ card: Recovery.Card, on paper: Paper) -> String {
        guard let kept = card.keptIfBuildingIsLost else { return paper.words("survival.keptNothing") }
        return paper.words(
            "survival.kept",
            [
                "until": paper.moments.short(kept.until), "tier": paper.words.term(.tier, kept.tier),
                "at": paper.moments.short(kept.verifiedAt), "p": Words.percent(kept.chance),
            ])
    }

    /// The plan of a site's recovery, line by line; none where nothing is planned.
    static func plan(_ recovery: Recovery, on paper: Paper) -> [String] {
        let words = paper.words
        guard let choice = recovery.choice else { return [] }
        let mark = recovery.provisional == true ? words.bracketed(words("cli.recovery.provisional")) : ""
        var lines = [rung(choice, words) + mark]
        if choice.dataLost == true { lines.append(paper.colored(words("cli.recovery.dataLost"), .alarm)) }
        lines += (choice.reasons ?? []).compactMap { words.sentence($0, paper.moments) }
        if let meanwhile = choice.meanwhile { lines.append(words("rung.meanwhile.\(meanwhile)")) }
        if let minutes = recovery.card?.recoveryMinutes {
            lines.append(
                words("survival.recoveryTime", ["span": paper.moments.span(.seconds(60 * minutes))]))
        }
        if let loaner = recovery.loaner { lines.append(words("cli.recovery.loanerThere", ["loaner": loaner])) }
        return lines
    }

    /// `10/10（あと16日）`.
    static func claims(_ claims: Recovery.Claims, _ words: Words) -> String {
        let late = claims.daysLeft < 0
        let key = late ? "cli.recovery.claimsOver" : "cli.recovery.claims"
        return words(key, ["due": claims.due, "n": String(late ? -claims.daysLeft : claims.daysLeft)])
    }

    /// `R3 代替機に復旧`: the rung before the work, where the work belongs to one.
    static func work(_ task: TaskRow, _ words: Words) -> String {
        [task.rung, words.term(.taskKind, task.kind)].compactMap(\.self).joined(separator: " ")
    }

    /// `L-07（静岡保管庫で受取）`.
    static func loaner(_ plan: TaskPlan?, _ words: Words) -> String? {
        guard let plan, let loaner = plan.loaner else { return nil }
        return words("cli.task.loaner", ["loaner": loaner, "depot": plan.depotName ?? "—"])
    }

    /// `田中 拓也さん 11:30–14:00`.
    static func visit(_ plan: TaskPlan?, on paper: Paper) -> String? {
        guard let plan else { return nil }
        return paper.words.person(plan.engineerName ?? plan.engineer) + "  "
            + paper.moments.short(plan.startsAt) + "–" + paper.moments.short(plan.endsAt)
    }

    /// Who named the engineer, and why.
    static func pin(_ pin: TaskPinned?, names: [String: String], _ words: Words) -> String? {
        guard let pin else { return nil }
        let details = words.list([pin.by, pin.reason])
        return words.person(names[pin.engineer] ?? pin.engineer) + (details.isEmpty ? "" : words.bracketed(details))
    }

    /// The checklist as the office wrote it, else the usual steps of the kind of work.
    static func steps(_ task: TaskDetail, _ words: Words) -> [String] {
        guard let steps = task.more.steps, !steps.isEmpty else { return TaskScreen.steps(task.row.kind, words) }
        return steps.enumerated().map { "\($0.offset + 1) " + (words.language == .ja ? $0.element.ja : $0.element.en) }
    }
}
