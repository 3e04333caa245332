import AnpiClient
import AnpiModel

/// `anpi site show`: how a site is, why we think so, what survives of its data, and the next step.
struct SiteScreen {
    var site: SiteDetail
    /// What survives and what is planned; nil where it could not be read.
    var recovery: Recovery?
    var engineerNames: [String: String] = [:]

    func text(on paper: Paper) -> String {
        let words = paper.words
        let row = site.row
        let more = site.more
        var lines = paper.heading([headName(words), assessment(paper), contact(paper), blindTime(paper)])
        lines += paper.facts(words("cli.label.reason"), reasons(paper))
        if let rivals = more.rivals, !rivals.isEmpty {
            lines += paper.fact(words("rival.title"), BeliefWords.rivals(rivals, words))
        }
        lines += paper.facts(words("hazard.title"), (more.hazards ?? []).map { BeliefWords.hazard($0, on: paper) })
        lines += paper.facts(
            words("cli.label.data"),
            (more.copies ?? []).map { CopyWords.line($0, chance: chance(of: $0.tier), on: paper) })
        if let asked = more.asked { lines += paper.fact(words("cli.label.backup"), backup(asked, paper)) }
        lines += planned(paper)
        lines += paper.facts(words("availability.title"), (more.availability ?? []).map { heard($0, paper) })
        lines += paper.facts(words("cli.label.agents"), (more.agents ?? []).map { agent($0, paper) })
        lines += paper.facts(words("cli.label.people"), people(words))
        if let call = row.lastCall { lines += paper.fact(words("cli.label.lastCall"), self.call(call, paper)) }
        lines += paper.facts(
            words("cli.label.findings"), (more.findings ?? []).map { FindingWords.line($0, on: paper) })
        lines += paper.facts(words("cli.label.tasks"), (more.tasks ?? []).map { task($0, paper) })
        lines += paper.facts(words("cli.label.incidents"), (more.incidents ?? []).map { incident($0, paper) })
        lines += paper.facts(words("cli.label.place"), place(words))
        lines.append(paper.next(next))
        return lines.joined(separator: "\n")
    }

    private func headName(_ words: Words) -> String {
        let retired = site.row.retired == true ? words.bracketed(words("cli.site.retired")) : ""
        return site.row.name + words.bracketed(site.row.id) + retired
    }

    private func assessment(_ paper: Paper) -> String {
        paper.colored(
            paper.words.belief(site.row.assessment, site.row.probability), Tone(assessment: site.row.assessment))
    }

    private func contact(_ paper: Paper) -> String {
        let words = paper.words
        let row = site.row
        var text = words.marked(.contact, row.contact)
        if let since = row.contactSince {
            text +=
                " "
                + words(
                    "cli.since", ["time": paper.moments.short(since), "span": paper.moments.span(paper.now - since)])
        }
        if let attribution = row.attribution, row.contact != "reporting" {
            text += "  " + words.term(.attribution, attribution)
        }
        return paper.colored(text, Tone(contact: row.contact))
    }

    /// How much of its silence is our own.
    private func blindTime(_ paper: Paper) -> String? {
        guard site.row.contact == "silent", let blind = site.more.blindSeconds else { return nil }
        return paper.words("belief.blind", ["span": paper.moments.span(.seconds(blind))])
    }

    /// Why we believe it, in order; where nothing weighs, the plain sentence first.
    private func reasons(_ paper: Paper) -> [String] {
        let terms = site.more.evidence ?? []
        let weighs = terms.contains { ($0.weight ?? 0) != 0 }
        let plain = weighs ? nil : paper.words.sentence(site.row.reason, paper.moments)
        return [plain].compactMap(\.self)
            + terms.enumerated().map { "\($0 + 1) " + BeliefWords.evidence($1, on: paper) }
    }

    /// Of survival; before anything has happened it is no question.
    private func chance(of tier: String) -> Double? {
        guard let recovery, recovery.openedAt != nil, recovery.endedAt == nil else { return nil }
        return recovery.card?.copies?.first { $0.tier == tier }?.chance
    }

    private func backup(_ asked: AskedBackup, _ paper: Paper) -> String {
        guard let doneAt = asked.doneAt else {
            return paper.words("directive.asked", ["at": paper.moments.short(asked.at)])
        }
        return paper.words(
            "directive.done", ["at": paper.moments.short(asked.at), "doneAt": paper.moments.short(doneAt)])
    }

    /// How far the data goes back if the worst comes, and how the site gets going again.
    private func planned(_ paper: Paper) -> [String] {
        guard let recovery else { return [] }
        let words = paper.words
        var lines: [String] = []
        if let card = recovery.card {
            lines += paper.fact(words("cli.label.kept"), RecoveryWords.kept(card, on: paper))
        }
        guard recovery.openedAt != nil, recovery.endedAt == nil else { return lines }
        lines += paper.facts(words("cli.label.recovery"), RecoveryWords.plan(recovery, on: paper))
        if let claims = recovery.claims {
            lines += paper.fact(words("cli.label.claims"), RecoveryWords.claims(claims, words))
        }
        return lines
    }

    private func agent(_ agent: AgentState, _ paper: Paper) -> String {
        let words = paper.words
        var parts = [
            agent.id + words.bracketed(words.term(.device, agent.device)),
            paper.colored(words.marked(.contact, agent.contact), Tone(contact: agent.contact)),
        ]
        if let rhythm = agent.rhythm { parts.append(words.term(.rhythm, rhythm)) }
        if let heard = agent.lastHeardAt {
            parts.append(words("cli.agent.heard", ["time": paper.moments.short(heard)]))
        }
        if let skew = agent.skewSeconds, skew.magnitude > 120 {
            parts.append(
                paper.colored(words("cli.agent.skew", ["span": paper.moments.span(.seconds(skew.magnitude))]), .warning)
            )
        }
        if let dropped = agent.dropped, dropped > 0 {
            parts.append(words("cli.agent.dropped", ["n": String(dropped)]))
        }
        if agent.canary == true { parts.append(words("cli.agent.canary")) }
        return parts.joined(separator: "  ")
    }

    /// `30日 99.93%（予定 719時間、受信不能時間 1時間を除く）`
    private func heard(_ figure: HeardShare, _ paper: Paper) -> String {
        var arguments = ["n": String(figure.days)]
        guard let share = figure.share else { return paper.words("availability.figure.none", arguments) }
        arguments["share"] = JSON.fixed(share * 100, digits: 2) + "%"
        arguments["expected"] = paper.moments.span(.seconds(figure.expectedSeconds))
        guard figure.blindSeconds >= 1 else { return paper.words("availability.figure", arguments) }
        arguments["blind"] = paper.moments.span(.seconds(figure.blindSeconds))
        return paper.words("availability.figure.blind", arguments)
    }

    private func people(_ words: Words) -> [String] {
        let contact = [site.row.contactName, site.row.contactPhone].compactMap(\.self).joined(separator: " ")
        return [
            contact, site.row.phone.map { words("cli.phone.main", ["phone": $0]) } ?? "",
            site.more.keyHolder.map { words("cli.phone.key", ["who": $0]) } ?? "",
        ].filter { !$0.isEmpty }
    }

    private func call(_ call: SiteRow.LastCall, _ paper: Paper) -> String {
        [paper.moments.short(call.at), paper.words.term(.result, call.result), call.author ?? ""]
            .filter { !$0.isEmpty }.joined(separator: "  ")
    }

    private func task(_ task: TaskRow, _ paper: Paper) -> String {
        let words = paper.words
        let who = task.engineerName ?? (task.engineer ?? task.offer?.engineer).map { engineerNames[$0] ?? $0 }
        return [
            task.id, words.term(.taskKind, task.kind), words.term(.taskState, task.state),
            who.map { words.person($0) } ?? "",
        ].filter { !$0.isEmpty }.joined(separator: "  ")
    }

    private func incident(_ incident: IncidentRow, _ paper: Paper) -> String {
        let words = paper.words
        return [
            incident.id, words.term(.incidentKind, incident.kind), words.term(.incidentState, incident.state),
            paper.moments.short(incident.openedAt),
        ].joined(separator: "  ")
    }

    private func place(_ words: Words) -> [String] {
        var lines: [String] = []
        if let address = site.more.address { lines.append(address) }
        if let latitude = site.row.latitude, let longitude = site.row.longitude {
            lines.append(words.place(latitude, longitude))
        }
        if let hours = site.more.hours {
            lines.append(words("cli.site.hours", ["hours": hours, "slot": words.term(.slot, site.more.slot)]))
        }
        if let depth = site.more.floodDepthMeters, depth > 0 {
            lines.append(words("cli.site.flood", ["meters": JSON.fixed(depth, digits: 1)]))
        }
        return lines
    }

    private var next: String {
        let open = site.more.tasks?.first { !["done", "failed", "cancelled"].contains($0.state) }
        if let open { return "anpi task show \(open.id)" }
        if site.row.contact == "silent" {
            return "anpi finding add --call out --site \(site.row.id) --result …"
        }
        return "anpi site list"
    }
}

/// A finding in a line.
enum FindingWords {
    static func line(_ finding: FindingAnswer, on paper: Paper) -> String {
        let words = paper.words
        var parts = [
            finding.id, paper.moments.short(finding.observedAt ?? finding.at), words.term(.findingKind, finding.kind),
            words.term(finding.kind == "override" ? .assessment : .result, finding.result),
        ]
        if let text = finding.text, !text.isEmpty { parts.append(text) }
        if let author = finding.author { parts.append(words.bracketed(author)) }
        if let expires = finding.expiresAt {
            parts.append(words("cli.finding.until", ["time": paper.moments.short(expires)]))
        }
        if finding.placed == false { parts.append(words("cli.finding.notPlaced")) }
        return parts.joined(separator: "  ")
    }
}
