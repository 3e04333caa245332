import AnpiModel

extension Engine {
    /// One authenticated request with runs of beats.
    mutating func heartbeatsArrived(_ heartbeats: Heartbeats, into step: inout Step) {
        let request = heartbeats.request
        guard let number = index.number(of: request.agent), !index.agents[number].isRetired else {
            // Doors refuse them; a row written just before a fleet import may still hold one.
            ignore("heartbeats of an agent that is not in the fleet", agent: request.agent, into: &step)
            return
        }
        let site = Int(index.agents[number].site)
        dirty.touch(site: site)
        let before = agents[number].contact.contact
        let powerBefore = agents[number].power
        let received = heartbeats.receivedAt
        let correction = request.sentAt.map { received.milliseconds - $0.milliseconds }
        if let correction { agents[number].skewSeconds = Int32(clamping: correction / 1_000) }
        if let dropped = request.dropped { agents[number].dropped = Int32(clamping: dropped) }

        cutSpan(ofAgent: number, at: received)
        let boot = TextHash.of(request.boot)
        let bootBefore = agents[number].seen.current?.hash
        let isOlderBoot = self.isOlderBoot(boot, of: number, request, receivedAt: received, correction: correction)
        var hasNews = false
        var late = LateRuns()
        for beat in request.beats {
            guard let run = Run(beat, receivedAt: received, correction: correction) else {
                ignore("a run beyond all bounds", agent: request.agent, into: &step)
                continue
            }
            let isNews = runArrived(run, of: number, boot: boot, isOlderBoot: isOlderBoot, late: &late)
            guard isNews else { continue }
            // A new boot has power, whatever the last one said before it died.
            if !hasNews, agents[number].seen.current?.hash != bootBefore { agents[number].power = .unknown }
            hasNews = true
            if let version = request.version { versionReported(version, by: number) }
            beatIsNews(beat, run, of: number, at: received, into: &step)
        }
        for run in late.runs {
            step.history.append(
                .lateRun(
                    agent: request.agent, boot: request.boot, seq: run.numbers.lowerBound,
                    count: run.numbers.count, from: run.from, to: run.to))
        }
        if agents[number].seen.current?.hash != bootBefore { agents[number].booted(as: request.boot) }
        if !hasNews { agents[number].contact.requestArrived(at: received) }
        if agents[number].contact.contact != before || agents[number].power != powerBefore { powerChanged(at: site) }
        if index.agents[number].isCanary { canaryWasHeard(into: &step) }
        sites[site].lastHeard = max(sites[site].lastHeard, index.agents[number].isCanary ? .distantPast : received)
        if agents[number].contact.contact != before { agentContactChanged(number, from: before, into: &step) }
        enqueue(agent: number)
    }

    /// A run as the engine reads it: numbers checked, times corrected and clamped to the receipt.
    private struct Run {
        let numbers: ClosedRange<Int64>
        let receivedAt: Timestamp
        /// Of its first and its last beat.
        let from: Timestamp
        let to: Timestamp
        /// In milliseconds.
        let interval: Int64
        /// False where the agent's clock could not be corrected: then its times are data only.
        let isCorrected: Bool

        /// More beats than an agent sends in a year at one a second.
        static let countMax = 40_000_000

        init?(_ beat: Beat, receivedAt: Timestamp, correction: Int64?) {
            let count = max(1, beat.count ?? 1)
            guard count <= Self.countMax, (1...86_400).contains(beat.interval), beat.seq >= 0,
                beat.seq < BeatBounds.sequenceEnd, BeatBounds.holds(beat.at), (correction ?? 0).magnitude < 1 << 53
            else { return nil }
            interval = Int64(beat.interval) * 1_000
            numbers = beat.seq...(beat.seq + Int64(count - 1))
            self.receivedAt = receivedAt
            let first = beat.at.adding(correction ?? 0)
            from = min(receivedAt, first)
            to = min(receivedAt, first.adding(Int64(count - 1) * Int64(beat.interval) * 1_000))
            isCorrected = correction != nil
        }

        /// The time of the beat with this number.
        func time(of number: Int64) -> Timestamp {
            min(to, from.adding((number - numbers.lowerBound) * interval))
        }
    }

    /// What one request tells of the past. Beats that a sender did not merge become one record here, where none is
    /// missing between them: a backlog of single beats would write a row each.
    private struct LateRuns {
        private(set) var runs: [(numbers: ClosedRange<Int64>, from: Timestamp, to: Timestamp)] = []

        mutating func append(_ numbers: ClosedRange<Int64>, of run: Run) {
            let from = run.time(of: numbers.lowerBound)
            let to = run.time(of: numbers.upperBound)
            guard let last = runs.last, last.numbers.upperBound + 1 == numbers.lowerBound, last.to <= from,
                from < last.to.adding(2 * run.interval)
            else { return runs.append((numbers, from, to)) }
            runs[runs.count - 1] = (last.numbers.lowerBound...numbers.upperBound, last.from, to)
        }
    }

    /// True for a boot never met before whose beats are older than what the agent's current boot sent.
    private func isOlderBoot(
        _ boot: UInt64, of number: Int, _ request: HeartbeatRequest, receivedAt: Timestamp, correction: Int64?
    ) -> Bool {
        guard correction != nil, let current = agents[number].seen.current, current.hash != boot else { return false }
        return request.beats.allSatisfy { beat in
            guard let run = Run(beat, receivedAt: receivedAt, correction: correction) else { return true }
            return run.to < agents[number].newestBeatAt
        }
    }

    /// True where the run tells how the agent is now; what it tells of the past becomes history.
    private mutating func runArrived(
        _ run: Run, of number: Int, boot: UInt64, isOlderBoot: Bool, late: inout LateRuns
    ) -> Bool {
        let seen = agents[number].seen.beatsArrived(run.numbers, boot: boot, isOlderBoot: isOlderBoot)
        let isLast: Bool
        let insert: SequenceRanges.OnInsert
        switch seen {
        case .current(let answer, let isNewest): (isLast, insert) = (isNewest, answer)
        case .past(let answer): (isLast, insert) = (false, answer)
        }
        let isOld = run.isCorrected && run.to < run.receivedAt.adding(-2 * run.interval)
        let isNews = isLast && !isOld
        // The ordinary beat: one, and nothing of the past in it.
        if isNews, run.numbers.lowerBound == run.numbers.upperBound { return true }
        for part in insert.parts(of: run.numbers) {
            // Of a run that is news only its past is history; the newest beat speaks for itself.
            let last = isNews && part.upperBound == run.numbers.upperBound ? part.upperBound - 1 : part.upperBound
            guard last >= part.lowerBound else { continue }
            late.append(part.lowerBound...last, of: run)
        }
        return isNews
    }

    /// The newest beat of an agent: how it is now.
    private mutating func beatIsNews(
        _ beat: Beat, _ run: Run, of number: Int, at received: Timestamp, into step: inout Step
    ) {
        let interval = run.interval
        agents[number].newestBeatAt = max(agents[number].newestBeatAt, run.to)
        let powerBefore = agents[number].power
        if beat.notice == .goodbye, beat.reason == .update {
            agents[number].leftForUpdate = true
            agents[number].versionSince = received
        } else {
            agents[number].leftForUpdate = false
        }
        agents[number].deviceReported(beat)
        switch beat.notice {
        case nil:
            agents[number].contact.beatArrived(at: received, interval: interval)
        case .lastGasp:
            agents[number].contact.lastGaspArrived(at: received, interval: interval)
        case .goodbye where beat.power?.source == .battery || sites[Int(index.agents[number].site)].hazardLevel >= 3:
            // A clean shutdown by the UPS must not hide the site.
            agents[number].contact.lastGaspArrived(at: received, interval: interval)
        case .goodbye:
            let claim = claim(of: number, beat, run: run, at: received)
            agents[number].contact.goodbyeArrived(at: received, interval: interval, claim: claim)
        }
        if agents[number].power != powerBefore, agents[number].power == .battery {
            touchAreas(of: Int(index.agents[number].site), always: true)
        }
        if let copies = beat.copies, !copies.isEmpty {
            copiesReported(copies, of: Int(index.agents[number].site), source: number, at: received, into: &step)
        }
    }

    /// Until when a goodbye is believed: `backAt`, else the next declared opening, for an `always` agent a span.
    private func claim(of number: Int, _ beat: Beat, run: Run, at received: Timestamp) -> AgentContact.Claim {
        let limit = received + parameters.goodbyeLastsAtMost
        let entry = index.agents[number]
        if let backAt = beat.backAt, backAt.milliseconds.magnitude < 1 << 52 {
            // The agent's clock was corrected for the run; the same correction holds for what it plans.
            let planned = backAt.adding(run.to.milliseconds - lastTime(of: beat).milliseconds)
            if planned > received {
                let grace = agents[number].contact.grace(parameters)
                return AgentContact.Claim(until: min(limit, planned.adding(grace)), isTimeOfDay: true)
            }
        }
        switch entry.rhythm {
        case .always:
            return AgentContact.Claim(until: min(limit, received + parameters.goodbyeOfAlwaysLasts), isTimeOfDay: false)
        case .hours:
            let opening = index.calendar(of: Int(entry.site))?.nextOpening(after: received)
            return AgentContact.Claim(until: min(limit, opening ?? limit), isTimeOfDay: true)
        }
    }

    private func lastTime(of beat: Beat) -> Timestamp {
        beat.at.adding(Int64(max(1, beat.count ?? 1) - 1) * Int64(beat.interval) * 1_000)
    }

    /// Makes sure that an entry waits for the agent that fires no later than its next deadline.
    ///
    /// A later deadline is left to the entry that is there: it looks again when it fires. That is why a beat costs
    /// the same whatever the size of the index.
    mutating func enqueue(agent number: Int) {
        guard !agents[number].waitsForOurselves, let due = agents[number].contact.due(parameters),
            due.at < agents[number].queuedAt
        else { return }
        agents[number].queuedAt = max(due.at, now)
        schedule(agents[number].queuedAt, .agent, number)
    }

    /// The entry that waited for an agent fired.
    mutating func agentDeadlinePassed(_ number: Int, into step: inout Step) {
        agents[number].queuedAt = .distantFuture
        dirty.touch(site: Int(index.agents[number].site))
        guard !index.agents[number].isRetired else { return }
        let before = agents[number].contact.contact
        switch agents[number].contact.deadlinePassed(at: now, parameters: parameters, blind: blind) {
        case .idle: break
        case .wait(let until):
            agents[number].queuedAt = until
            schedule(until, .agent, number)
        case .waitForOurselves:
            agents[number].waitsForOurselves = true
            waitingForOurselves.append(Int32(number))
        case .became:
            powerChanged(at: Int(index.agents[number].site))
            enqueue(agent: number)
            agentContactChanged(number, from: before, into: &step)
            if index.agents[number].isCanary { canaryFellBehind(into: &step) }
        }
    }

    /// What reached the engine and can not be used is said, never silently dropped.
    mutating func ignore(_ reason: String, agent: AgentID, into step: inout Step) {
        step.append(
            Step.Note(at: now, kind: "input.ignored", body: ["agent": .id(agent), "reason": .string(reason)]))
    }

    private mutating func versionReported(_ version: String, by number: Int) {
        let known = Int(agents[number].version)
        if known >= 0, versions[known] == version { return }
        // The first version that an agent tells is not a new release to it.
        if known >= 0 { agents[number].versionSince = now }
        agents[number].version = self.number(ofVersion: version)
    }

    /// An agent is heard without a break for a while.
    mutating func spanArrived(_ heard: HeardSpan, into step: inout Step) {
        guard let number = index.number(of: heard.agent), !index.agents[number].isRetired else {
            return ignore("a span of an agent that is not in the fleet", agent: heard.agent, into: &step)
        }
        let site = Int(index.agents[number].site)
        dirty.touch(site: site)
        cutSpan(ofAgent: number, at: heard.receivedAt)
        let before = agents[number].contact.contact
        agents[number].contact.spanArrived(until: max(heard.until, heard.receivedAt))
        if agents[number].contact.contact != before { powerChanged(at: site) }
        if index.agents[number].isCanary {
            canaryWasHeard(into: &step)
        } else {
            sites[site].lastHeard = max(sites[site].lastHeard, agents[number].contact.lastHeard)
        }
        if agents[number].contact.contact != before { agentContactChanged(number, from: before, into: &step) }
        enqueue(agent: number)
    }

    /// Something arrives inside a span that was told beforehand: the span ends here.
    private mutating func cutSpan(ofAgent number: Int, at received: Timestamp) {
        guard agents[number].contact.lastHeard > received else { return }
        agents[number].contact.spanIsCut(at: received)
        guard !index.agents[number].isCanary else { return }
        let site = Int(index.agents[number].site)
        var last = pings(of: site).at
        index.forEachAgent(of: site) { other in
            if !index.agents[other].isCanary { last = max(last, agents[other].contact.lastHeard) }
        }
        sites[site].lastHeard = last
    }

    /// The number of an agent's release; new ones are counted on, up to a bound that no fleet reaches.
    private mutating func number(ofVersion version: String) -> Int16 {
        if let number = versions.lastIndex(of: version) { return Int16(number) }
        guard versions.count < 1_000 else { return -1 }
        versions.append(version)
        return Int16(versions.count - 1)
    }
}

extension SequenceRanges.OnInsert {
    /// The parts of `run` that had not been seen, ascending.
    func parts(of run: ClosedRange<Int64>) -> [ClosedRange<Int64>] {
        switch self {
        case .known: []
        case .new: [run]
        case .partlyNew(let parts): parts
        }
    }
}
