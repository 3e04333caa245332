import AnpiModel

/// What one agent sends, line by line in order of time, made as it is asked for.
///
/// A span in which it beats without anything new is one `heard` line; boots that tell something, the end of a lost line
/// with its backlog, battery, last gasps and goodbyes are heartbeats, and no `heard` line reaches over one.
struct AgentTimeline {
    private let agent: SimulatedAgent
    private let site: SimulatedSite?
    private let outages: [Outage]
    private let plan: SimulationPlan
    private let number: Int

    /// Lines that are ready, the next one last.
    private var ready: [FeedLine] = []
    /// The time in which the device is switched on, as far as it is not told yet.
    private var on: Span?
    private var opening = Opening.boot
    private var nextOutage = 0
    private var nextDay = 0

    private var boots = 0
    private var boot = ""
    private var bootAt: Timestamp
    private var extraBeats = 0
    private var version = OrdinaryLife.firstVersion
    private var toldVersion: String?

    /// How a piece of being heard begins.
    private enum Opening {
        case boot
        case reconnect(lostAt: Timestamp)
    }

    /// A time without interruption.
    private struct Piece {
        var span: Span
        var opening: Opening
        var ending: Outage.Ending
    }

    init(_ number: Int, _ agent: SimulatedAgent, at site: SimulatedSite?, outages: [Outage], plan: SimulationPlan) {
        self.number = number
        self.agent = agent
        self.site = site
        self.outages = outages
        self.plan = plan
        bootAt = plan.start
        if agent.rhythm == .always { on = Span(from: plan.start.later(Double(number % 60)), to: plan.end) }
    }

    mutating func next() -> FeedLine? {
        while ready.isEmpty {
            guard let piece = nextPiece() else { return nil }
            tell(piece)
            ready.reverse()
        }
        return ready.removeLast()
    }

    // MARK: When it is heard

    private mutating func nextPiece() -> Piece? {
        while true {
            guard let on = on ?? nextOn() else { return nil }
            guard on.from < on.to else {
                self.on = nil
                continue
            }
            self.on = on
            while nextOutage < outages.count, outages[nextOutage].to <= on.from {
                version = outages[nextOutage].version ?? version
                nextOutage += 1
            }
            guard nextOutage < outages.count, outages[nextOutage].from < on.to else {
                defer {
                    self.on = nil
                    opening = .boot
                }
                let isEnd = on.to >= plan.end
                return Piece(
                    span: on, opening: opening,
                    ending: agent.saysGoodbye && !isEnd ? .goodbye(.shutdown, onBattery: false) : .none)
            }
            let outage = outages[nextOutage]
            let began = opening
            let isCutShort = outage.from > on.from
            opening = outage.restarts || !isCutShort ? .boot : .reconnect(lostAt: outage.from)
            version = outage.version ?? version
            self.on = Span(from: isStillOn(after: outage) ? outage.to : on.to, to: on.to)
            guard isCutShort else { continue }
            return Piece(span: Span(from: on.from, to: outage.from), opening: began, ending: outage.ending)
        }
    }

    /// A PC that lost its power waits for somebody to switch it on.
    private func isStillOn(after outage: Outage) -> Bool {
        guard outage.restarts, agent.rhythm == .hours else { return true }
        let (date, millisecond) = outage.to.civil()
        return site?.staffed(on: date)?.contains(millisecond / 60_000) ?? false
    }

    /// The next time in which a PC is on: from the morning to the evening, or on through the nights.
    private mutating func nextOn() -> Span? {
        guard agent.rhythm == .hours, let site else { return nil }
        var from: Timestamp?
        while nextDay < plan.days {
            let date = plan.firstDay.adding(days: nextDay)
            var random = SimulationRandom(seed: plan.seed, .ordinaryDays, number, nextDay)
            nextDay += 1
            if let hours = site.staffed(on: date) {
                let opens = Timestamp(date, minuteOfDay: hours.lowerBound)
                let late = random.chance(0.04) ? random.within(0...3_000) : -random.within(240...2_400)
                from = from ?? opens.later(late)
                guard !random.chance(agent.leftOn) else { continue }
                let stays = min(random.logNormal(median: 1_500, sigma: 0.8), 14_400)
                let to = Timestamp(date, minuteOfDay: hours.upperBound).later(stays)
                return Span(from: from ?? opens, to: min(to, plan.end))
            }
            // Somebody comes in on a closing day to do the paperwork.
            if from == nil, random.chance(0.03) {
                let comes = Timestamp(date, minuteOfDay: 540).later(random.within(0...21_600))
                return Span(from: comes, to: min(comes.later(random.within(3_600...14_400)), plan.end))
            }
        }
        return from.map { Span(from: $0, to: plan.end) }
    }

    // MARK: What it sends

    private mutating func tell(_ piece: Piece) {
        let interval = Int64(agent.intervalSeconds) * 1_000
        var from = piece.span.from
        switch piece.opening {
        case .boot:
            boots += 1
            bootAt = from
            extraBeats = 0
            var random = SimulationRandom(seed: plan.seed, .boots, number, boots)
            boot = String(random.next(), radix: 36)
            if agent.rhythm == .always || toldVersion != version {
                send(at: from, [content(at: from)])
                from = Timestamp(milliseconds: from.milliseconds + interval)
            }
        case .reconnect(let lostAt):
            let missed = (from.milliseconds - lostAt.milliseconds) / interval
            if missed > 2 || toldVersion != version {
                var beats: [Beat] = []
                if missed > 2 {
                    let first = Timestamp(milliseconds: from.milliseconds - missed * interval)
                    beats.append(beat(at: first, count: Int(missed)))
                }
                send(at: from, beats + [content(at: from)])
                from = Timestamp(milliseconds: from.milliseconds + interval)
            }
        }
        switch piece.ending {
        case .none: hear(from: from, before: piece.span.to)
        case .lastGasp(let onBatterySince):
            let switched = max(from, onBatterySince.later(2))
            let dies = piece.span.to.later(-5)
            if switched < dies {
                hear(from: from, before: switched)
                var battery = content(at: switched)
                battery.power = Beat.Power(
                    source: .battery, charge: 0.9, runtimeSeconds: (dies - switched).wholeSeconds)
                send(at: switched, [battery])
                from = Timestamp(milliseconds: switched.milliseconds + interval)
            }
            hear(from: from, before: dies)
            guard dies >= piece.span.from else { return }
            var gasp = content(at: max(dies, piece.span.from))
            gasp.power = Beat.Power(source: .battery, charge: 0.08, runtimeSeconds: 5)
            gasp.notice = .lastGasp
            send(at: max(dies, piece.span.from), [gasp])
        case .goodbye(let reason, let onBattery):
            hear(from: from, before: piece.span.to)
            var goodbye = content(at: piece.span.to)
            goodbye.notice = .goodbye
            goodbye.reason = reason
            if onBattery { goodbye.power = Beat.Power(source: .battery, charge: 0.5) }
            send(at: piece.span.to, [goodbye])
        }
    }

    /// One line for the beats from `from` on, the last of them before `end`.
    private mutating func hear(from: Timestamp, before end: Timestamp) {
        let interval = Int64(agent.intervalSeconds) * 1_000
        let length = end.milliseconds - 1 - from.milliseconds
        guard length >= 0 else { return }
        let last = Timestamp(milliseconds: from.milliseconds + length / interval * interval)
        ready.append(FeedLine(at: from, .heard(agent.id, until: last)))
    }

    private mutating func send(at: Timestamp, _ beats: [Beat]) {
        ready.append(
            FeedLine(
                at: at,
                .heartbeat(
                    HeartbeatRequest(
                        agent: agent.id, boot: boot, sentAt: at.later(agent.clockAheadSeconds), version: version,
                        beats: beats))))
        toldVersion = version
    }

    /// A beat with everything that the agent knows of its device.
    private mutating func content(at: Timestamp) -> Beat {
        var beat = beat(at: at, count: nil)
        if agent.isIndependent {
            beat.link = .lte
        } else if agent.rhythm == .always {
            beat.link = .fixed
            if let ups = site?.ups, ups.isRead {
                beat.power = Beat.Power(source: .mains, charge: 1, runtimeSeconds: Int64(ups.runtimeSeconds))
            }
        }
        return beat
    }

    private mutating func beat(at: Timestamp, count: Int?) -> Beat {
        let interval = Int64(agent.intervalSeconds) * 1_000
        // Beats out of turn count too, so that numbers of one boot always rise.
        let seq = (at.milliseconds - bootAt.milliseconds) / interval + Int64(extraBeats)
        extraBeats += count == nil ? 1 : 0
        return Beat(
            seq: max(0, seq), count: count, at: at.later(agent.clockAheadSeconds), interval: agent.intervalSeconds,
            uptimeSeconds: max(0, (at - bootAt).wholeSeconds))
    }
}
