import AnpiModel

extension Engine {
    /// A script said how a copy's job went: its site is heard, its copy has news (CONTRACTS §2).
    mutating func pingArrived(_ ping: Ping, into step: inout Step) {
        guard let site = index.number(of: ping.site), !index.sites[site].isRetired else {
            step.append(
                Step.Note(
                    at: now, kind: "input.ignored",
                    body: ["site": .id(ping.site), "reason": "a ping of a site that is not in the fleet"]))
            return
        }
        dirty.touch(site: site)
        sites[site].lastHeard = max(sites[site].lastHeard, ping.receivedAt)
        var pings = pings(of: site)
        pings.at = max(pings.at, ping.receivedAt)
        pings.until = max(pings.until, ping.receivedAt + worth(of: ping, at: site))
        pings.dueAt = max(pings.dueAt, ping.receivedAt + pause(of: ping, at: site))
        keep(pings, of: site)
        if let report = report(of: ping, at: site) {
            copiesReported([report], of: site, source: -1, at: ping.receivedAt, into: &step)
        }
        siteMayHaveChanged(site, into: &step)
    }

    /// When the scripts of a site were heard.
    func pings(of site: Int) -> HeardPings {
        let number = sites[site].pings
        return number < 0 ? .never : pings[Int(number)]
    }

    /// Keeps what is known of a site's pings; a site that never pinged takes no room.
    mutating func keep(_ heard: HeardPings, of site: Int) {
        let number = Int(sites[site].pings)
        if number >= 0 {
            pings[number] = heard
        } else if heard != .never {
            sites[site].pings = Int32(pings.count)
            pings.append(heard)
        }
    }

    /// How long a ping stands for its site: with agents as long as the most patient of them would, without until the
    /// copy is due again.
    private func worth(of ping: Ping, at site: Int) -> Duration {
        var patience: Int64 = 0
        index.forEachAgent(of: site) { number in
            guard !index.agents[number].isCanary, !index.agents[number].isRetired else { return }
            let contact = agents[number].contact
            patience = max(patience, contact.interval + contact.grace(parameters))
        }
        return patience > 0 ? .milliseconds(patience) : pause(of: ping, at: site)
    }

    /// How long after a ping the next one is due.
    private func pause(of ping: Ping, at site: Int) -> Duration {
        place(of: ping.tier, at: site)?.period ?? parameters.pingHeardFor
    }

    func place(of tier: CopyTier, at site: Int) -> CopyPlace? {
        index.copies(of: site).first { $0.tier == tier }
    }

    /// What a ping says of its copy; nil where it says nothing of it.
    private func report(of ping: Ping, at site: Int) -> CopyReport? {
        let known = sites[site].copies.first { $0.tier == ping.tier }
        switch ping.kind {
        case .success:
            return CopyReport(
                tier: ping.tier, state: .good, goodAt: ping.receivedAt, verifiedAt: known?.verifiedAt,
                bytes: known.flatMap { $0.bytes < 0 ? nil : $0.bytes }, message: ping.message)
        case .fail:
            return CopyReport(
                tier: ping.tier, state: .failing, goodAt: known?.goodAt, verifiedAt: known?.verifiedAt,
                bytes: known.flatMap { $0.bytes < 0 ? nil : $0.bytes }, message: ping.message)
        case .start, .log: return nil
        }
    }

    /// An agent or a ping told how copies are; only what changed is kept.
    mutating func copiesReported(
        _ reports: [CopyReport], of site: Int, source: Int, at: Timestamp, into step: inout Step
    ) {
        var hasChanged = false
        for report in reports {
            let known = report.message == nil ? nil : copyMessages[site, report.tier]
            let isNews = sites[site].copyReported(report, known: known, source: Int32(source), at: at)
            guard isNews else { continue }
            hasChanged = true
            copyMessages[site, report.tier] = report.message
            keep(report, of: site, source: source, at: at, into: &step)
        }
        guard hasChanged else { return }
        siteChanged(site, into: &step)
        copiesChangedBeforeStorm(at: site, into: &step)
        recoveryMayHaveChanged(at: site)
    }

    private func keep(_ report: CopyReport, of site: Int, source: Int, at: Timestamp, into step: inout Step) {
        let source = source < 0 ? "ping" : index.id(ofAgent: source).text
        step.history.append(.copy(site: index.sites[site].id, report: report, source: source, at: at))
    }
}

/// When the scripts of one site were heard: kept beside its state, for few sites have such scripts.
struct HeardPings: Hashable, Sendable {
    /// The last one.
    var at: Timestamp
    /// It counts as hearing the site until then.
    var until: Timestamp
    /// The next one is due then: until it, devices that were silent before the last one say nothing of the site.
    var dueAt: Timestamp

    static let never = HeardPings(at: .distantPast, until: .distantPast, dueAt: .distantPast)
}

extension CopyPlace {
    /// After how long a new copy is due, ten years at most; nil where none is asked for.
    var period: Duration? {
        guard let everyHours, everyHours > 0 else { return nil }
        return .milliseconds(Int64(min(everyHours, 87_600) * 3_600_000))
    }
}
