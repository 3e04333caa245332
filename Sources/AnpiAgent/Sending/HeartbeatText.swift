package import AnpiModel

/// The body of a heartbeat request as the agent sends it.
package enum HeartbeatText {
    package static func request(
        agent: AgentID, sentAt: Timestamp, version: String, outgoing: OutgoingRuns
    ) -> String {
        HeartbeatRequest(
            agent: agent, boot: outgoing.boot, sentAt: sentAt, version: version,
            dropped: outgoing.dropped.map { Int($0) },
            beats: outgoing.runs
        ).json.text
    }
}
