package import AnpiModel

/// What one agent is asked to do at the moment.
package struct AgentDirectives: Hashable, Sendable {
    package var agent: AgentID
    package var directives: [Directive]
    /// At which it is asked to beat, unless its own interval is shorter.
    package var intervalSeconds: Int

    package init(agent: AgentID, directives: [Directive], intervalSeconds: Int) {
        self.agent = agent
        self.directives = directives
        self.intervalSeconds = intervalSeconds
    }
}

/// What agents of warned sites are asked to do: while there is time, their data leaves the building, and what happens to
/// them is heard sooner.
extension Engine {
    /// Moves whenever `directives` may have changed.
    package var directivesVersion: Int { askings.version }

    /// What agents are asked to do, by agent of each asked site; empty but for a storm.
    ///
    /// All that doors have to know: whether an agent does it is decided by its own configuration.
    package var directives: [AgentDirectives] {
        askings.sites.flatMap { site, askedAt in
            asked(at: site).map { agent in
                AgentDirectives(
                    agent: index.id(ofAgent: agent), directives: [.backupOffsite(askedAt: askedAt), .reportFaster],
                    intervalSeconds: Int(parameters.beatsBeforeStormEvery.wholeSeconds))
            }
        }
    }

    /// The agents of a site that can be asked.
    private func asked(at site: Int) -> [Int] { index.agents(of: site).filter { !index.agents[$0].isCanary } }

    /// A storm is coming to these sites, which may lose their data in it, and is over for those.
    ///
    /// Who is silent is asked as well: a PC that is switched on in the morning, while the warning stands, learns it then.
    mutating func ask(_ threatened: [Int], nowSafe safe: [Int], into step: inout Step) {
        let begun = threatened.filter { !asked(at: $0).isEmpty && askings[$0] == nil }
        let ended = safe.filter { askings[$0] != nil }
        askings.change(begun: begun, ended: ended, at: now)
        for (kind, sites) in [("directives.asked", begun), ("directives.ended", ended)] where !sites.isEmpty {
            step.append(
                Step.Note(at: now, kind: kind, body: ["sites": .array(sites.map { .id(index.sites[$0].id) })]))
        }
    }

    /// Since when the site's agents are asked for a copy away from the building, and when the one was made that answers it.
    func asking(of site: Int) -> (at: Timestamp, doneAt: Timestamp?)? {
        guard let askedAt = askings[site] else { return nil }
        let answers = sites[site].copies.compactMap { copy -> Timestamp? in
            guard !copy.tier.isInBuilding, let goodAt = copy.goodAt else { return nil }
            // The agent dated it by its own clock; the asking is by ours.
            let skew = copy.source < 0 ? 0 : Int64(agents[Int(copy.source)].skewSeconds)
            let madeAt = goodAt.adding(skew * 1_000)
            return madeAt > askedAt ? madeAt : nil
        }
        return (askedAt, answers.min())
    }

    /// The same for lists and pages: `{"at","doneAt"}`, or null.
    func askedJSON(of site: Int) -> JSON {
        guard let asking = asking(of: site) else { return .null }
        return ["at": .time(asking.at), "doneAt": .time(asking.doneAt)]
    }

    /// The same in words; empty where nobody was asked.
    func askedText(of site: Int, _ language: Language) -> String {
        guard let asking = asking(of: site) else { return "" }
        guard let doneAt = asking.doneAt else {
            return Labels.sentence("directive.asked", language, ["at": asking.at.rfc3339()], asOf: now)
        }
        return Labels.sentence(
            "directive.done", language, ["at": asking.at.rfc3339(), "doneAt": doneAt.rfc3339()], asOf: now)
    }
}
