import AnpiClient
import AnpiModel
import Glibc

/// The running agent: a loop that beats, threads that probe, a thread that sends, and an end that says goodbye.
package final class Agent: Sendable {
    /// Time from the signal to the end, of which the goodbye may use all but what ending takes.
    static let goodbyeTimeout: Duration = .milliseconds(1_600)
    /// How long the first beat waits for the probes' first looks.
    static let firstLooks: Duration = .seconds(3)

    private let configuration: AgentConfiguration
    private let state: StateDirectory
    private let spool: Spool
    private let board: CopyBoard
    private let sender: Sender
    private let backups: BackupRunner?
    /// For each copy, rung to look at it at once.
    private let looks: [Bell]
    private let notifier: SystemdNotifier
    private let log: AgentLog
    private let signals: StopSignals
    /// Rung by a signal, a finished look or a new interval.
    private var bell: Bell { signals.bell }

    /// Opens the state directory and the spool.
    package init(
        configuration: AgentConfiguration, environment: [String: String], log: AgentLog, signals: StopSignals
    ) throws(AgentError) {
        state = try StateDirectory(configuration.stateDirectory)
        let spool = try Spool(
            directory: configuration.stateDirectory, kernelBoot: SystemFacts.bootID(file: configuration.bootIDFile),
            beatsMax: Int64(configuration.beatsMax), steady: SystemClock.steady)
        self.configuration = configuration
        self.spool = spool
        self.signals = signals
        self.log = log
        let board = CopyBoard(copies: configuration.copies)
        let looks = configuration.copies.map { _ in Bell() }
        let backups = configuration.directives.backupOffsite.map { backup in
            BackupRunner(
                backup, memory: ProbeMemory(path: configuration.stateDirectory + "/directives"), board: board, log: log,
                ended: {
                    // A new copy is told with the next beat, not when its turn comes.
                    if let offsite = board.offsite { looks[offsite].ring() }
                })
        }
        self.board = board
        self.looks = looks
        self.backups = backups
        notifier = SystemdNotifier(environment: environment)
        sender = Sender(
            configuration: configuration, spool: spool, log: log, intervalChanged: { signals.bell.ring() },
            backupAsked: { backups?.wasAsked(at: $0) })
    }

    /// Beats until SIGTERM or SIGINT, says goodbye and returns, within 2 s of the signal; a signal that came before
    /// this was called counts too. Threads that hang in the kernel may still be there: the program must end with
    /// `_exit`.
    package func run() -> Bool {
        guard startThreads() else {
            log(.error, "the system gives no threads")
            return false
        }
        if spool.cutBytes > 0 {
            log(.warning, "the spool's end was not whole and is cut off", ["bytes": String(spool.cutBytes)])
        }
        log(
            .info, "started",
            [
                "agent": configuration.agent.text, "boot": spool.boot, "copies": String(configuration.copies.count),
            ])
        beatUntilStopped()
        sayGoodbye()
        return true
    }

    private func startThreads() -> Bool {
        let isSending = Thread.start { [sender] in sender.run() }
        let isBackingUp = backups.map { backups in Thread.start { backups.run() } } ?? true
        return isSending && isBackingUp && startProbes()
    }

    private func startProbes() -> Bool {
        for (index, copy) in configuration.copies.enumerated() {
            let isStarted = Thread.start {
                [board, bell, rest = looks[index], stateDirectory = configuration.stateDirectory] in
                var probe = copy.makeProbe(stateDirectory: stateDirectory)
                while true {
                    let started = SystemClock.steady
                    board.began(index, at: started)
                    board.ended(index, probe.look(at: SystemClock.now))
                    bell.ring()
                    rest.wait(
                        atMost: max(.milliseconds(100), started + .seconds(copy.everySeconds) - SystemClock.steady))
                }
            }
            guard isStarted else { return false }
        }
        return true
    }

    private var isStopped: Bool { signals.isReceived }

    private func beatUntilStopped() {
        var composer = BeatComposer()
        let patience = SystemClock.steady + Self.firstLooks
        while !board.isComplete, !isStopped, SystemClock.steady < patience {
            bell.wait(atMost: patience - SystemClock.steady)
        }
        notifier.ready()
        var beatAt = SystemClock.steady
        var interval = sender.interval
        while !isStopped {
            let now = SystemClock.steady
            if sender.interval != interval {
                // Never later than was promised; sooner as soon as the collector asks for it.
                beatAt = min(beatAt, beatAt - interval + sender.interval)
                interval = sender.interval
            }
            if now >= beatAt {
                beat(&composer, interval, now)
                // A machine that slept goes on from now instead of beating for the nights it missed.
                beatAt = max(beatAt + interval, now)
            }
            notifier.alive()
            bell.wait(atMost: min(beatAt, notifier.watchdog.map { now + $0 } ?? beatAt) - SystemClock.steady)
        }
    }

    private func beat(_ composer: inout BeatComposer, _ interval: Duration, _ now: Duration) {
        let content = composer.compose(
            at: SystemClock.now, intervalSeconds: Int(interval.wholeSeconds),
            uptimeSeconds: SystemFacts.uptimeSeconds(), disk: SystemFacts.disk(of: state.path),
            copies: board.reports(at: now))
        let appended = spool.append(content, steady: now)
        if !appended.isOnDisk { log(.error, "the spool cannot be written: an unsent beat would not survive a kill") }
        if appended.dropped > 0 {
            log(.warning, "the spool is full; the oldest beats are dropped", ["beats": String(appended.dropped)])
        }
        sender.wake()
    }

    /// Tells the collectors that we go, why, and no later than a shutdown allows.
    private func sayGoodbye() {
        let deadline = SystemClock.steady + Self.goodbyeTimeout
        notifier.stopping()
        sender.stop()
        let reason = SystemFacts.shutdownReason(now: SystemClock.now) ?? .service
        var content = Beat(
            seq: 0, at: SystemClock.now, interval: Int(sender.interval.wholeSeconds),
            uptimeSeconds: SystemFacts.uptimeSeconds(), notice: .goodbye, reason: reason)
        let reports = board.reports(at: SystemClock.steady)
        content.copies = reports.isEmpty ? nil : reports
        let beat = spool.append(content, steady: SystemClock.steady).beat
        spool.synchronize(steady: SystemClock.steady)
        // A thread of its own: a name server that does not answer must not hold the end back.
        let done = Bell()
        let isStarted = Thread.start { [self] in
            send(goodbye: beat, before: deadline)
            done.ring()
        }
        if isStarted { done.wait(atMost: deadline - SystemClock.steady) }
        RunningChildren.shared.killAll()
        log(.info, "ended", ["reason": reason.rawValue])
    }

    private func send(goodbye beat: Beat, before deadline: Duration) {
        guard let outgoing = spool.outgoing(runsMax: 1), outgoing.runs.first?.seq == beat.seq,
            let client = try? HTTPClient(options: configuration.clientOptions)
        else { return }
        for (index, url) in configuration.collectors.enumerated() {
            let left = deadline - SystemClock.steady
            guard left > .milliseconds(50) else { return }
            // A collector that is not there must leave time for the next.
            let share = left / (configuration.collectors.count - index)
            let door = CollectorDoor(client: client, url: url, token: configuration.token, agent: configuration.agent)
            if case .accepted = door.send(outgoing, at: SystemClock.now, timeout: share) {
                spool.remove(boot: outgoing.boot, sequences: outgoing.sequences)
                return
            }
        }
    }
}
