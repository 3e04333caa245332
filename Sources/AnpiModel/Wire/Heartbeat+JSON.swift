/// Heartbeats as JSON with their keys in the order of the contract (CONTRACTS §1); what is unknown is left out.
extension HeartbeatRequest {
    package var json: JSON {
        var members: [JSON.Member] = [.init("agent", .string(agent.text)), .init("boot", .string(boot))]
        if let sentAt { members.append(.init("sentAt", .string(sentAt.rfc3339()))) }
        if let version { members.append(.init("version", .string(version))) }
        if let dropped { members.append(.init("dropped", .integer(dropped))) }
        members.append(.init("beats", .array(beats.map(\.json))))
        return .object(members)
    }
}

extension Beat {
    package var json: JSON {
        var members: [JSON.Member] = [.init("seq", .integer(seq))]
        func add(_ key: String, _ value: JSON?) {
            if let value { members.append(.init(key, value)) }
        }
        add("count", count.map { .integer(Int64($0)) })
        add("at", .string(at.rfc3339()))
        add("interval", .integer(Int64(interval)))
        add("uptimeSeconds", uptimeSeconds.map { .integer($0) })
        add("power", power?.json)
        add("link", link.map { .string($0.rawValue) })
        add(
            "disk",
            disk.map {
                .object([.init("freeBytes", .integer($0.freeBytes)), .init("totalBytes", .integer($0.totalBytes))])
            })
        add("copies", copies.map { .array($0.map(\.json)) })
        add("notice", notice.map { .string($0.rawValue) })
        add("reason", reason.map { .string($0.rawValue) })
        add("backAt", backAt.map { .string($0.rfc3339()) })
        return .object(members)
    }
}

extension Beat.Power {
    fileprivate var json: JSON {
        var members: [JSON.Member] = [.init("source", .string(source.rawValue))]
        if let charge { members.append(.init("charge", .decimal(charge, digits: 2))) }
        if let runtimeSeconds { members.append(.init("runtimeSeconds", .integer(runtimeSeconds))) }
        return .object(members)
    }
}

extension CopyReport {
    fileprivate var json: JSON {
        var members: [JSON.Member] = [
            .init("tier", .string(tier.rawValue)), .init("state", .string(state.rawValue)),
        ]
        if let goodAt { members.append(.init("goodAt", .string(goodAt.rfc3339()))) }
        if let verifiedAt { members.append(.init("verifiedAt", .string(verifiedAt.rfc3339()))) }
        if let bytes { members.append(.init("bytes", .integer(bytes))) }
        if let message { members.append(.init("message", .string(message))) }
        return .object(members)
    }
}
