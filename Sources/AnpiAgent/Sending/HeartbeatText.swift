package import AnpiModel

/// Heartbeats as JSON with their keys in the order of the contract (CONTRACTS §1); what is unknown is left out.
package enum HeartbeatText {
    package static func request(
        agent: AgentID, sentAt: Timestamp, version: String, outgoing: OutgoingRuns
    ) -> String {
        var members: [JSON.Member] = [
            .init("agent", .string(agent.text)), .init("boot", .string(outgoing.boot)),
            .init("sentAt", .string(sentAt.rfc3339())), .init("version", .string(version)),
        ]
        if let dropped = outgoing.dropped { members.append(.init("dropped", .integer(dropped))) }
        members.append(.init("beats", .array(outgoing.runs.map { json(of: $0) })))
        return JSON.object(members).text
    }

    package static func json(of beat: Beat) -> JSON {
        var members: [JSON.Member] = [.init("seq", .integer(beat.seq))]
        func add(_ key: String, _ value: JSON?) {
            if let value { members.append(.init(key, value)) }
        }
        add("count", beat.count.map { .integer(Int64($0)) })
        add("at", .string(beat.at.rfc3339()))
        add("interval", .integer(Int64(beat.interval)))
        add("uptimeSeconds", beat.uptimeSeconds.map { .integer($0) })
        add("power", beat.power.map { json(of: $0) })
        add("link", beat.link.map { .string($0.rawValue) })
        add(
            "disk",
            beat.disk.map {
                .object([.init("freeBytes", .integer($0.freeBytes)), .init("totalBytes", .integer($0.totalBytes))])
            })
        add("copies", beat.copies.map { .array($0.map { json(of: $0) }) })
        add("notice", beat.notice.map { .string($0.rawValue) })
        add("reason", beat.reason.map { .string($0.rawValue) })
        add("backAt", beat.backAt.map { .string($0.rfc3339()) })
        return .object(members)
    }

    private static func json(of power: Beat.Power) -> JSON {
        var members: [JSON.Member] = [.init("source", .string(power.source.rawValue))]
        if let charge = power.charge { members.append(.init("charge", .decimal(charge, digits: 2))) }
        if let runtime = power.runtimeSeconds { members.append(.init("runtimeSeconds", .integer(runtime))) }
        return .object(members)
    }

    private static func json(of copy: CopyReport) -> JSON {
        var members: [JSON.Member] = [
            .init("tier", .string(copy.tier.rawValue)), .init("state", .string(copy.state.rawValue)),
        ]
        if let goodAt = copy.goodAt { members.append(.init("goodAt", .string(goodAt.rfc3339()))) }
        if let verifiedAt = copy.verifiedAt { members.append(.init("verifiedAt", .string(verifiedAt.rfc3339()))) }
        if let bytes = copy.bytes { members.append(.init("bytes", .integer(bytes))) }
        if let message = copy.message { members.append(.init("message", .string(message))) }
        return .object(members)
    }
}
