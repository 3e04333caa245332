import AnpiClient
import AnpiModel
import Synchronization

/// The thread that brings beats to a collector: asks the machine, sends, tells the spool what may go.
final class Sender: Sendable {
    /// Time for one exchange; a collector that needs longer is as good as down.
    static let requestTimeout: Duration = .seconds(10)

    private struct Shared {
        var pace: Pace
        var isStopped = false
    }

    private let configuration: AgentConfiguration
    private let spool: Spool
    private let log: AgentLog
    private let bell = Bell()
    private let shared: Mutex<Shared>
    private let intervalChanged: @Sendable () -> Void
    private let backupAsked: @Sendable (Timestamp) -> Void

    /// - Parameter backupAsked: called with the time of the asking each time that a collector asks for the off-site backup.
    init(
        configuration: AgentConfiguration, spool: Spool, log: AgentLog, intervalChanged: @escaping @Sendable () -> Void,
        backupAsked: @escaping @Sendable (Timestamp) -> Void
    ) {
        self.configuration = configuration
        self.spool = spool
        self.log = log
        self.intervalChanged = intervalChanged
        self.backupAsked = backupAsked
        let pace = Pace(
            ordinary: configuration.intervalSeconds, shortest: configuration.directives.shortestIntervalSeconds)
        shared = Mutex(Shared(pace: pace))
    }

    /// The interval that a collector asked for last, as far as the configuration lets it, or the configuration's.
    var interval: Duration { .seconds(shared.withLock { $0.pace.seconds }) }

    /// There is something new to send.
    func wake() { bell.ring() }

    /// Sends no more after the request that is under way.
    func stop() {
        shared.withLock { $0.isStopped = true }
        bell.ring()
    }

    private var isStopped: Bool { shared.withLock { $0.isStopped } }

    /// Works until stopped. Blocks; belongs on a thread of its own.
    func run() {
        let client: HTTPClient
        do {
            client = try HTTPClient(options: configuration.clientOptions)
        } catch {
            log(.error, "no beat can be sent", ["why": error.description])
            return
        }
        var machine = SenderMachine(collectors: configuration.collectors.count)
        var generator = SystemRandomNumberGenerator()
        var teller = Teller(log: log)
        while !isStopped {
            guard let outgoing = spool.outgoing(runsMax: machine.runsMax) else {
                bell.wait(atMost: nil)
                continue
            }
            let index: Int
            switch machine.somethingWaits(at: SystemClock.steady) {
            case .wait(let until):
                bell.wait(atMost: until - SystemClock.steady)
                continue
            case .send(let collector): index = collector
            }
            let door = CollectorDoor(
                client: client, url: configuration.collectors[index], token: configuration.token,
                agent: configuration.agent)
            let answer = door.send(outgoing, at: SystemClock.now, timeout: Self.requestTimeout)
            teller.heard(answer, from: configuration.collectors[index])
            let next = machine.answered(
                answer, runs: outgoing.runs.count, at: SystemClock.steady, interval: interval, using: &generator)
            act(on: next, outgoing, answer)
        }
    }

    private func act(on next: SenderMachine.OnAnswer, _ outgoing: OutgoingRuns, _ answer: SendAnswer) {
        switch next {
        case .remove(let seconds, let rejected, let directives):
            for rejection in rejected {
                log(
                    .warning, "a beat was rejected and is dropped",
                    [
                        "seq": String(rejection.seq), "reason": rejection.reason,
                    ])
            }
            remove(outgoing)
            take(interval: seconds, directives, told: outgoing.runs.last?.interval ?? seconds)
        case .setAside:
            RefusedRuns(directory: configuration.stateDirectory + "/refused")
                .keep(outgoing, agent: configuration.agent, at: SystemClock.now)
            log(
                .error, "a run that no collector takes is set aside in refused/",
                [
                    "seq": String(outgoing.sequences.lowerBound), "boot": outgoing.boot, "answer": "\(answer)",
                ])
            remove(outgoing)
        case .halve, .next, .wait: break
        }
    }

    private func remove(_ outgoing: OutgoingRuns) {
        for run in outgoing.runs {
            spool.remove(boot: outgoing.boot, sequences: run.seq...(run.seq + Int64(run.count ?? 1) - 1))
        }
    }

    private func take(interval: Int, _ directives: [Directive], told: Int) {
        let isNew = shared.withLock { shared in
            let before = shared.pace.seconds
            shared.pace.answered(asked: interval, isFaster: directives.contains(.reportFaster), told: told)
            return shared.pace.seconds != before
        }
        if isNew { intervalChanged() }
        for case .backupOffsite(let askedAt) in directives { backupAsked(askedAt) }
    }
}

/// Tells the log what changed, not every attempt.
private struct Teller {
    let log: AgentLog
    private var trouble: [String: String] = [:]

    init(log: AgentLog) { self.log = log }

    mutating func heard(_ answer: SendAnswer, from collector: String) {
        let problem: String?
        switch answer {
        case .accepted, .unacceptable: problem = nil
        case .notAllowed(let status): problem = "status \(status)"
        case .busy: problem = "busy"
        case .failed(let why): problem = why
        }
        guard trouble[collector] != problem else { return }
        trouble[collector] = problem
        switch (answer, problem) {
        case (_, nil): log(.notice, "the collector answers again", ["collector": collector])
        case (.notAllowed, let problem?):
            log(
                .error, "the collector does not accept this agent or its token; beats are kept",
                [
                    "collector": collector, "why": problem,
                ])
        case (_, let problem?):
            log(.warning, "the collector cannot be reached; beats are kept", ["collector": collector, "why": problem])
        }
    }
}
