import AnpiClient
import AnpiModel

/// `anpi-agent once`: looks at every copy, sends one beat and shows the answer.
package enum OneBeat {
    package struct Result: Sendable {
        /// The beat as it was sent, JSON.
        package var beat: String
        /// What came of it, one sentence for each collector that was asked.
        package var answers: [String]
        package var isAccepted: Bool
    }

    /// Looks and sends; the beat counts like any other of this agent's.
    package static func send(_ configuration: AgentConfiguration) throws -> Result {
        let state = try StateDirectory(configuration.stateDirectory)
        let spool = try Spool(
            directory: state.path, kernelBoot: SystemFacts.bootID(file: configuration.bootIDFile),
            beatsMax: Int64(configuration.beatsMax), steady: SystemClock.steady)
        let copies = configuration.copies.map { copy in
            var probe = copy.makeProbe(stateDirectory: state.path)
            return probe.look(at: SystemClock.now)
        }
        var composer = BeatComposer()
        let content = composer.compose(
            at: SystemClock.now, intervalSeconds: configuration.intervalSeconds,
            uptimeSeconds: SystemFacts.uptimeSeconds(), disk: SystemFacts.disk(of: state.path), copies: copies)
        let beat = spool.append(content, steady: SystemClock.steady).beat
        var result = Result(beat: beat.json.text, answers: [], isAccepted: false)
        guard let outgoing = spool.outgoing(runsMax: 1) else { return result }
        let client = try HTTPClient(options: configuration.clientOptions)
        for url in configuration.collectors where !result.isAccepted {
            let door = CollectorDoor(client: client, url: url, token: configuration.token, agent: configuration.agent)
            let answer = door.send(outgoing, at: SystemClock.now, timeout: Sender.requestTimeout)
            if case .accepted(let response) = answer {
                spool.remove(boot: outgoing.boot, sequences: outgoing.sequences)
                result.isAccepted = response.rejected.isEmpty
            }
            result.answers.append("\(url): \(words(for: answer))")
        }
        return result
    }

    static func words(for answer: SendAnswer) -> String {
        switch answer {
        case .accepted(let response):
            guard let rejection = response.rejected.first else {
                return "accepted up to \(response.acknowledged), next beat in \(response.interval) s"
            }
            return "beat \(rejection.seq) rejected: \(rejection.reason)"
        case .unacceptable(let status): return "the collector finds a mistake in the beat (status \(status))"
        case .notAllowed(401): return "the token is not known (status 401)"
        case .notAllowed(403): return "the token belongs to another agent (status 403)"
        case .notAllowed(let status): return "the collector does not know this agent (status \(status))"
        case .busy: return "the collector is busy"
        case .failed(let why): return why
        }
    }
}
