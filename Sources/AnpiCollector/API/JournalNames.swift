import AnpiEngine
import AnpiModel

/// What people call the sites and devices that journal entries are about.
struct JournalNames: Sendable {
    var sites: [SiteID: String] = [:]
    var devices: [AgentID: Device] = [:]

    init() {}

    /// As the fleet is now.
    init(of lines: [JournalLine], in engine: Engine) {
        for line in lines {
            if let site = line.site, sites[site] == nil { sites[site] = engine.name(of: site) }
            if let agent = Self.agent(of: line), devices[agent] == nil { devices[agent] = engine.device(of: agent) }
        }
    }

    /// `siteName` of a line about a site, `device` of one about an agent.
    func members(of line: JournalLine) -> [JSON.Member] {
        var members: [JSON.Member] = []
        if let site = line.site { members.append(.init("siteName", .optional(sites[site]))) }
        if let agent = Self.agent(of: line) {
            members.append(.init("device", devices[agent].map { .word($0) } ?? .null))
        }
        return members
    }

    private static func agent(of line: JournalLine) -> AgentID? {
        guard line.kind == DecisionName.agentContact.rawValue else { return nil }
        return line.text(of: "agent").flatMap { AgentID($0) }
    }
}

extension JournalLine {
    /// The value of one member of the body where it is a plain word without escapes, as ids and words are.
    func text(of key: String) -> String? {
        guard let body, let members = JSONText.members(of: body),
            case .raw(let value)? = members.first(where: { $0.key == key })?.value,
            value.hasPrefix("\""), value.hasSuffix("\""), value.utf8.count >= 2, !value.contains("\\")
        else { return nil }
        return String(value.dropFirst().dropLast())
    }
}
