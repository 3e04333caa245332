package import AnpiEngine
package import AnpiModel

/// Heartbeats and pings that come through the people's door, on the same way to the log as the agents' door.
package struct PeopleIntake: BeatReceiving {
    let intake: BeatIntake
    let commit: GroupCommit
    let admission: Admission
    let metrics: CollectorMetrics

    package init(intake: BeatIntake, commit: GroupCommit, admission: Admission, metrics: CollectorMetrics) {
        self.intake = intake
        self.commit = commit
        self.admission = admission
        self.metrics = metrics
    }

    package func heartbeats(body: [UInt8], encoding: String?, token: AuthenticatedAgent?) async -> WireAnswer {
        guard let token else { return .problem(.unauthorized, "Heartbeats need the agent's token.") }
        let looked = body.withUnsafeBufferPointer { intake.heartbeats($0, encoding: encoding, agent: token.agent) }
        return await settle(looked, type: "application/json")
    }

    package func ping(site: SiteID, tier: CopyTier, kind: Ping.Kind, run: String?, body: [UInt8]) async -> WireAnswer {
        await settle(
            intake.ping(site: site, tier: tier, kind: kind, run: run, body: body), type: "text/plain; charset=utf-8")
    }

    private func settle(_ looked: BeatIntake.OnBody, type: String) async -> WireAnswer {
        switch looked {
        case .refused(let answer):
            metrics.count(beatRequest: .refused, door: .people)
            return answer
        case .accepted(let accepted):
            return await withCheckedContinuation { continuation in
                let isTaken = commit.submit(as: accepted.work, accepted.input) { isDurable in
                    continuation.resume(
                        returning: isDurable
                            ? WireAnswer(status: 200, headers: [.init("content-type", type)], body: accepted.answer)
                            : .notDurable(retryAfterSeconds: admission.retryAfterSeconds(for: accepted.work)))
                }
                if isTaken {
                    metrics.count(beatRequest: .accepted, door: .people)
                } else {
                    metrics.count(beatRequest: .overloaded, door: .people)
                    continuation.resume(returning: admission.busy(accepted.work))
                }
            }
        }
    }
}
