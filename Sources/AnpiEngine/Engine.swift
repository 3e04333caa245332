package import AnpiModel

/// The decisions of one lane: pure, deterministic, a value.
///
/// Inputs go in with their time, what has to be written comes out in a `Step`; nothing else happens. The same inputs
/// in the same order give the same decisions on every machine, live, in a replay and after a restart. A copy is a
/// snapshot: pages are read from one while the next input is applied.
package struct Engine: Sendable {
    package let parameters: Parameters
    /// Whether this lane is a drill's: its incidents say so. The lane's own, so it stands in no checkpoint.
    package var isDrill = false
    /// Everything up to here has been judged; never goes back.
    package internal(set) var now: Timestamp = .distantPast

    var index = FleetIndex()
    /// By agent number.
    var agents: [AgentState] = []
    /// By site number.
    var sites: [SiteState] = []
    /// By `SiteState.pings`.
    var pings: [HeardPings] = []
    /// By engineer number.
    var engineers: [EngineerState] = []
    var incidents = NumberedLedger<IncidentRecord>()
    var tasks = NumberedLedger<TaskRecord>()
    var findings = NumberedLedger<FindingRecord>()
    var blind = BlindLedger()
    /// Official warnings, and how far their sources are to be believed.
    var hazards = HazardLedger() {
        didSet { warnings = [:] }
    }
    /// What is in force for the sites that were asked about lately; looked up, never iterated.
    var warnings: [Int32: [HazardLedger.Statement]] = [:]
    var feeds: [KnownFeed] = []
    var hazardQuarantine = HazardQuarantine()
    /// Sites whose agents are asked to bring their data away.
    var askings = Askings()
    /// Ends of blind time that are still to be told.
    var blindEnds: [Input.Span] = []
    var deadlines = DeadlineQueue()
    var copyMessages = CopyMessages()
    /// Which sites a warning touches; made when the first one comes, for it is of no use before.
    var hazardIndex: HazardSiteIndex?
    /// By area number.
    var rivals: [RivalState] = []
    /// By area number, of those with a rival; they follow from the votes alone.
    var ballots: [JudgedBallot?] = []
    var voteLogarithms = VoteLogarithms()
    var releases: [ReleaseState] = []
    /// Valid outage findings with their sites, in the order of their numbers.
    var outages: [OutageArea] = []
    /// Valid reports that name a place or an area, ascending.
    var placedReports: [Int32] = []
    /// Sites whose silence says something, ascending.
    var told: [Int32] = []
    /// Those of them that areas have not been asked about yet.
    var newlyTold: [Int32] = []
    /// Areas to judge at `judgementAt`, in the order they were touched.
    var touched: [Int32] = []
    var isTouched: [Bool] = []
    var judgementAt: Timestamp = .distantFuture
    /// What chance alone does in the fleet; nil before the first night.
    package internal(set) var calibration: Calibration?
    /// What an ordinary device of each kind does.
    var profile = SilenceProfile()
    /// Silences that are too young to learn from, by block of sites.
    var recentSilences = RecentSilences()
    /// Answers to the last commands, for those that reach the log twice.
    var answered = AnsweredCommands()
    /// By engineer number: offers that wait for their answer.
    var offersWaiting: [Int32] = []
    /// What is known and planned of sites that were hit.
    var recoveries = NumberedLedger<RecoveryRecord>()
    /// What has to be planned anew.
    var planning = PlanningState()
    /// Loaners that are not in stock, by id.
    var lentLoaners: [LentLoaner] = []
    /// Valid findings about roads, ascending.
    var roads: [Int32] = []
    /// By municipality number: what a silent site's neighbours say.
    var neighbourhoods: [Neighbourhood] = []
    /// Agents whose deadline passed while we are blind: looked at again when a canary is heard.
    var waitingForOurselves: [Int32] = []
    /// Releases of agents, each once.
    var versions: [String] = []
    /// Blocks of 256 sites that changed since the last checkpoint.
    var dirty = DirtyBlocks()
    /// In the order of `Contact.allCases`; retired ones and canaries do not count.
    var sitesByContact = [0, 0, 0, 0, 0]
    var agentsByContact = [0, 0, 0, 0, 0]
    /// The life of the database that numbers belong to (`RestoreEpoch`).
    package internal(set) var epoch: Int64 = 0
    /// By calendar number, as far as they were set: what follows from calendars and `now` alone.
    var clocks: [CalendarClock?] = []
    /// When what is finished leaves the memory next.
    var housekeepingAt: Timestamp = .distantFuture

    package init(parameters: Parameters = Parameters()) {
        self.parameters = parameters
    }

    /// Applies one input of a log row written at `at`.
    ///
    /// What was due before the input was received is judged first, what is due up to `at` after it: a beat that came
    /// in time is in time, however long its commit took.
    package mutating func apply(_ input: Input, at: Timestamp, into step: inout Step) {
        advance(to: min(at, input.receivedAt ?? at), into: &step)
        switch input {
        case .heartbeats(let heartbeats): heartbeatsArrived(heartbeats, into: &step)
        case .ping(let ping): pingArrived(ping, into: &step)
        case .command(let command): commandArrived(command, into: &step)
        case .deaf(let span): wasDeaf(span, into: &step)
        case .heard(let heard): spanArrived(heard, into: &step)
        case .hazard(let hazard): hazardArrived(hazard, into: &step)
        case .hazardQuarantined(let hazard): hazardWasQuarantined(hazard, into: &step)
        case .feedSeen(let seen): feedWasSeen(seen, into: &step)
        case .restored(let restored): wasRestored(restored, into: &step)
        case .calibrated(let calibration): wasCalibrated(calibration, into: &step)
        case .quarantined(let quarantined):
            step.append(
                Step.Note(
                    at: now, kind: "input.quarantined",
                    body: [
                        "writer": .string(quarantined.writer), "seq": .integer(quarantined.seq),
                        "index": .integer(quarantined.index),
                    ]))
        case .anchored(let anchored):
            step.append(
                Decision(
                    at: now, name: .journalAnchored,
                    details: [JSON.Member("chains", .array(anchored.chains.map(\.json)))]))
        }
        advance(to: at, into: &step)
    }

    /// Lets time pass: handles every deadline up to and including `limit`, each at its own time.
    package mutating func advance(to limit: Timestamp, into step: inout Step) {
        guard limit >= now else { return }
        while let entry = deadlines.pop(through: limit) {
            now = max(now, entry.at)
            fire(entry, into: &step)
        }
        now = limit
    }

    private mutating func fire(_ entry: DeadlineQueue.Entry, into step: inout Step) {
        let number = Int(entry.number)
        switch entry.kind {
        case .blindEnd: blindTimeEnded(into: &step)
        case .agent: if agents[number].queuedAt == entry.at { agentDeadlinePassed(number, into: &step) }
        case .site: if sites[number].queuedAt == entry.at { siteDeadlinePassed(number, into: &step) }
        case .engineer: engineerDeadlinePassed(number, into: &step)
        case .finding: findingDeadlinePassed(number, into: &step)
        case .hazard: warningsMayHaveChanged(into: &step)
        case .feed: feedsMayHaveAged(into: &step)
        case .judgement: judgementIsDue(into: &step)
        case .plan: plansAreDue(into: &step)
        case .learning: learningIsDue(number, into: &step)
        case .task: taskDeadlinePassed(number, into: &step)
        case .incident: incidentDeadlinePassed(number, into: &step)
        case .housekeeping: housekeepingIsDue()
        }
    }

    /// Lets `kind` and `number` be looked at again then.
    mutating func schedule(_ at: Timestamp, _ kind: DeadlineKind, _ number: Int) {
        deadlines.push(at, kind, number)
        if deadlines.count > deadlineBound { rebuildDeadlines() }
    }

    /// Stale entries are let go of beyond this many: each subject has one valid entry.
    private var deadlineBound: Int {
        1_024 + 3 * (agents.count + sites.count + engineers.count + tasks.open.count + findings.open.count)
            + 3 * incidents.open.count
    }

    /// Numbers of incidents, tasks and findings begin anew, far above those that the lost days may have used.
    private mutating func wasRestored(_ restored: Restored, into step: inout Step) {
        // A start that died before it could say so says it again.
        guard restored.epoch > epoch else { return }
        epoch = restored.epoch
        incidents.leap()
        tasks.leap()
        findings.leap()
        step.append(
            Step.Note(
                at: now, kind: "store.restored",
                body: [
                    "epoch": .integer(epoch), "nextIncident": .id(IncidentID(incidents.next)),
                    "nextTask": .id(TaskID(tasks.next)), "nextFinding": .id(FindingID(findings.next)),
                ]))
    }

    private mutating func housekeepingIsDue() {
        guard housekeepingAt <= now else { return }
        let limit = now - parameters.keepsFinished
        tasks.forget { $0.changedAt < limit }
        recoveries.forget { $0.changedAt < limit && $0.claimsClock.daysLeft(at: now) < 0 }
        incidents.forget { $0.closedAt.map { $0 < limit } ?? false }
        findings.forget { $0.expiresAt < limit }
        renewProfile()
        housekeepingAt = now + .seconds(86_400)
        schedule(housekeepingAt, .housekeeping, 0)
    }

    /// Starts the daily round with the first index.
    mutating func beginHousekeeping() {
        guard housekeepingAt == .distantFuture else { return }
        housekeepingAt = now + .seconds(86_400)
        schedule(housekeepingAt, .housekeeping, 0)
    }

    /// The one valid entry of every subject, from their state alone: what a restored engine begins with.
    mutating func rebuildDeadlines() {
        var entries: [DeadlineQueue.Entry] = []
        func wait(_ at: Timestamp?, _ kind: DeadlineKind, _ number: Int) {
            guard let at, at != .distantFuture else { return }
            entries.append(DeadlineQueue.Entry(at: at, kind: kind, number: Int32(number)))
        }
        for span in blindEnds { wait(span.to, .blindEnd, 0) }
        for number in agents.indices { wait(agents[number].queuedAt, .agent, number) }
        for number in sites.indices { wait(sites[number].queuedAt, .site, number) }
        for number in engineers.indices { wait(engineers[number].until, .engineer, number) }
        for number in findings.open { wait(findings[number]?.expiresAt, .finding, number) }
        for number in tasks.open { wait(tasks[number].flatMap { $0.offer?.until }, .task, number) }
        for number in incidents.open { wait(incidents[number]?.due(parameters), .incident, number) }
        wait(judgementAt, .judgement, 0)
        wait(planning.at, .plan, 0)
        wait(hazards.nextChange, .hazard, 0)
        wait(nextFeedChange, .feed, 0)
        for block in recentSilences.blocks.indices { wait(recentSilences.blocks[block].dueAt, .learning, block) }
        wait(housekeepingAt, .housekeeping, 0)
        deadlines = DeadlineQueue(entries)
    }
}

extension Input {
    /// When it reached us; nil where it is no matter of time.
    var receivedAt: Timestamp? {
        switch self {
        case .heartbeats(let heartbeats): heartbeats.receivedAt
        case .ping(let ping): ping.receivedAt
        case .command(let command): command.receivedAt
        case .deaf(let span): span.from
        case .heard(let heard): heard.receivedAt
        case .hazard(let hazard): hazard.receivedAt
        case .hazardQuarantined(let hazard): hazard.receivedAt
        case .feedSeen(let seen): seen.at
        case .restored(let restored): restored.at
        case .quarantined, .anchored, .calibrated: nil
        }
    }
}

/// Which blocks of sites changed since the last checkpoint.
struct DirtyBlocks: Sendable {
    static let sitesInBlock = 256

    private(set) var hot: [Bool] = []
    private(set) var cold: [Bool] = []

    mutating func grow(toSites count: Int) {
        let blocks = (count + Self.sitesInBlock - 1) / Self.sitesInBlock
        while hot.count < blocks {
            hot.append(true)
            cold.append(true)
        }
    }

    mutating func touch(site: Int) { hot[site / Self.sitesInBlock] = true }
    mutating func fleetChanged() { for block in cold.indices { (hot[block], cold[block]) = (true, true) } }

    mutating func clean() {
        for block in hot.indices { (hot[block], cold[block]) = (false, false) }
    }
}
