import AnpiClient
import AnpiModel

/// `anpi damage set`: what the report changed, and what is next.
struct DamageSetScreen {
    var id: String
    /// The site before and after; nil where it could not be read.
    var siteBefore: SiteRow?
    var siteAfter: SiteRow?
    var before: Recovery?
    var after: Recovery
    var loaners: [LoanerRow] = []

    func text(on paper: Paper) -> String {
        let words = paper.words
        var lines = [words("cli.damage.set", ["what": words.list([site(words)])])]
        if let rung = rung(words) { lines.append(rung) }
        if after.choice?.dataLost == true { lines.append(paper.colored(words("cli.recovery.dataLost"), .alarm)) }
        lines += held(paper)
        lines.append(paper.next(next))
        return lines.joined(separator: "\n")
    }

    /// `大村眼科: △ 被災の疑い 41% → ■ 被災確認`.
    private func site(_ words: Words) -> String {
        let name = after.siteName ?? id
        guard let siteAfter else { return name }
        let now = words.belief(siteAfter.assessment, siteAfter.probability)
        let was = siteBefore.map { words.belief($0.assessment, $0.probability) } ?? now
        return name + ": " + (was == now ? now : was + " → " + now)
    }

    /// `復旧案 R2 → R3 外付け＋代替機（次点 R4）`.
    private func rung(_ words: Words) -> String? {
        guard let choice = after.choice else { return nil }
        let was = before?.choice?.rung
        let change = was.flatMap { $0 == choice.rung ? nil : $0 + " → " } ?? ""
        return words("cli.recovery.plan", ["rung": change + RecoveryWords.rung(choice, words)])
    }

    /// Machines that the plan holds for the site, with how many that fit are left.
    private func held(_ paper: Paper) -> [String] {
        let words = paper.words
        var lines: [String] = []
        var told: [String] = []
        for plan in (after.tasks ?? []).compactMap(\.plan) {
            guard let loaner = plan.loaner, !told.contains(loaner) else { continue }
            told.append(loaner)
            let systems = loaners.first { $0.id == loaner }?.fits ?? []
            let left = loaners.count { other in
                other.state == "inStock" && other.task == nil
                    && (other.fits ?? []).contains { systems.contains($0) }
            }
            lines.append(
                words("cli.damage.held", ["loaner": loaner, "depot": plan.depotName ?? "—", "n": String(left)]))
        }
        return lines
    }

    private var next: String {
        let open = (after.tasks ?? []).first {
            $0.rung != nil && !["done", "failed", "cancelled"].contains($0.state)
        }
        guard let open else { return "anpi site show \(id)" }
        return "anpi task \(open.state == "draft" ? "why" : "show") \(open.id)"
    }
}
