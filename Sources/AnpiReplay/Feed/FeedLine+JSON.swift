import AnpiEngine
package import AnpiModel

extension FeedLine {
    /// The line as JSON, keys in documented order.
    package var json: JSON {
        let at = JSON.Member("at", .time(at))
        switch event {
        case .time: return .object([at])
        case .heartbeat(let request): return .object([at, .init("heartbeat", request.json)])
        case .heard(let agent, let until):
            return .object([at, .init("heard", ["agent": .string(agent.text), "until": .time(until)])])
        case .finding(let draft): return .object([at, .init("finding", draft.json)])
        case .damage(let site, let report): return .object([at, .init("damage", Self.json(report.json, of: site))])
        case .claims(let site, let change): return .object([at, .init("claims", Self.json(change.json, of: site))])
        case .hazard(let xml): return .object([at, .init("hazard", ["xml": .string(xml)])])
        case .task(let step): return .object([at, .init("task", step.json)])
        case .engineer(let step): return .object([at, .init("engineer", step.json)])
        }
    }

    /// A body with its site before it.
    private static func json(_ body: JSON, of site: SiteID) -> JSON {
        guard case .object(let members) = body else { return body }
        return .object([.init("site", .string(site.text))] + members)
    }

    /// The line as it stands in a file, its end included.
    package var text: String {
        if case .heard(let agent, let until) = event {
            // Nearly all lines of a simulated year: written without a tree.
            return
                "{\"at\":\"\(at.rfc3339())\",\"heard\":{\"agent\":\"\(agent.text)\",\"until\":\"\(until.rfc3339())\"}}\n"
        }
        return json.text + "\n"
    }
}

extension FeedLine.TaskStep {
    fileprivate var json: JSON {
        var members: [JSON.Member] = [
            .init("site", .string(site.text)), .init("kind", .word(kind)), .init("to", .word(to)),
        ]
        if let engineer { members.append(.init("engineer", .string(engineer.text))) }
        if let reason { members.append(.init("reason", .string(reason))) }
        if let road { members.append(.init("road", road.json)) }
        return .object(members)
    }
}

extension FeedLine.EngineerStep {
    fileprivate var json: JSON {
        var members: [JSON.Member] = [.init("id", .string(id.text)), .init("available", .bool(available))]
        if let until { members.append(.init("until", .time(until))) }
        if let reason { members.append(.init("reason", .string(reason))) }
        return .object(members)
    }
}
