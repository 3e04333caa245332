package import AnpiEngine
internal import AnpiModel
package import AnpiStore

/// What is sent for a decision: `{"type":…,"timestamp":…,"data":{…}}`, at most 20 kB (Standard Webhooks).
package enum HookBody {
    /// Bytes of a whole body.
    package static let bytesMax = 20_000
    /// Room for the members that are only known when it is sent.
    static let reservedBytes = 100
    /// Characters that are left of a long text where a body is too long.
    static let textMax = 200
    /// Items that are left of a long list where a body is too long.
    static let listMax = 20

    /// The body of a decision. One that is too long is thinned in steps, the least needed first, until it fits:
    /// texts of the evidence; texts beyond 200 characters; lists beyond 20 items, `sites` not yet; `sites`. Beside a
    /// list that was cut stands its whole length (`sitesTotal`), and `data` ends with `"truncated":true`: the rest is
    /// to be had from the API.
    package static func text(of decision: Decision, isDrill: Bool = false) -> String {
        var data = decision.details
        if isDrill, !data.contains(where: { $0.key == "drill" }) { data.append(.init("drill", true)) }
        let whole = text(decision, data)
        if fits(whole) { return whole }
        for step in [withoutEvidenceTexts, withShortTexts, withShortLists] {
            data = data.map { JSON.Member($0.key, step($0.value, $0.key)) }
            data = withTotals(data, of: decision.details)
            let thinner = text(decision, data + [.init("truncated", true)])
            if fits(thinner) { return thinner }
        }
        if let thinner = withFewerSites(decision, data) { return thinner }
        return text(decision, identifiers(of: decision) + [.init("truncated", true)])
    }

    /// What goes over the line for an entry: its body, and what has become known since it was written.
    ///
    /// `superseded` is how many older events of the subject this one stands for, `missed` how many were given up
    /// before it; both stand beside `type`, and only where there are any.
    package static func bytes(of entry: OutboxEntry) -> [UInt8] {
        if entry.type == Outbox.digestType {
            let digest: JSON = [
                "type": .string(entry.type), "timestamp": .time(entry.at),
                "data": ["events": .integer(entry.superseded)],
            ]
            return Array(digest.text.utf8)
        }
        var text = entry.body
        var members: [String] = []
        if entry.superseded > 0 { members.append("\"superseded\":\(entry.superseded)") }
        if entry.missed > 0 { members.append("\"missed\":\(entry.missed)") }
        if !members.isEmpty, text.last == "}" {
            text.removeLast()
            text += "," + members.joined(separator: ",") + "}"
        }
        return Array(text.utf8)
    }

    private static func text(_ decision: Decision, _ data: [JSON.Member]) -> String {
        let body: JSON = [
            "type": .word(decision.name), "timestamp": .time(decision.at), "data": .object(data),
        ]
        return body.text
    }

    private static func fits(_ text: String) -> Bool { text.utf8.count <= bytesMax - reservedBytes }

    // MARK: Thinning

    private static func withoutEvidenceTexts(_ value: JSON, key: String) -> JSON {
        guard key == "evidence", case .array(let items) = value else { return value }
        return .array(
            items.map { item in
                guard case .object(let members) = item else { return item }
                return .object(members.filter { $0.key != "text" })
            })
    }

    private static func withShortTexts(_ value: JSON, key: String) -> JSON {
        switch value {
        case .string(let text): .string(text.count > textMax ? text.prefix(textMax - 1) + "…" : text)
        // Text that is JSON already cannot be cut without being read.
        case .raw(let text): text.utf8.count > textMax ? .null : value
        case .array(let items): .array(items.map { withShortTexts($0, key: key) })
        case .object(let members): .object(members.map { .init($0.key, withShortTexts($0.value, key: $0.key)) })
        case .null, .bool, .integer, .decimal: value
        }
    }

    private static func withShortLists(_ value: JSON, key: String) -> JSON {
        switch value {
        case .array(let items): .array(key == "sites" ? items : Array(items.prefix(listMax)))
        case .object(let members): .object(members.map { .init($0.key, withShortLists($0.value, key: $0.key)) })
        case .null, .bool, .integer, .decimal, .string, .raw: value
        }
    }

    /// Puts the whole length beside each list of `data` that is shorter than it was.
    private static func withTotals(_ data: [JSON.Member], of whole: [JSON.Member]) -> [JSON.Member] {
        data.filter { member in whole.contains { $0.key == member.key } || member.key == "drill" }.flatMap { member in
            guard case .array(let items) = member.value,
                case .array(let all)? = whole.first(where: { $0.key == member.key })?.value, items.count < all.count
            else { return [member] }
            return [member, .init(member.key + "Total", .integer(all.count))]
        }
    }

    /// As many sites as fit; nil where even without any it is too long.
    private static func withFewerSites(_ decision: Decision, _ data: [JSON.Member]) -> String? {
        guard let place = data.firstIndex(where: { $0.key == "sites" }), case .array(let sites) = data[place].value
        else { return nil }
        func thinned(_ count: Int) -> String {
            var fewer = data
            fewer[place].value = .array(Array(sites.prefix(count)))
            return text(decision, withTotals(fewer, of: decision.details) + [.init("truncated", true)])
        }
        guard fits(thinned(0)) else { return nil }
        var fitting = 0
        var tooMany = sites.count
        while tooMany - fitting > 1 {
            let middle = (fitting + tooMany) / 2
            if fits(thinned(middle)) { fitting = middle } else { tooMany = middle }
        }
        return thinned(fitting)
    }

    private static func identifiers(of decision: Decision) -> [JSON.Member] {
        [
            decision.site.map { JSON.Member("site", .string($0.text)) },
            decision.agent.map { JSON.Member("agent", .string($0.text)) },
            decision.incident.map { JSON.Member("incident", .string($0.description)) },
            decision.task.map { JSON.Member("task", .string($0.description)) },
        ].compactMap { $0 }
    }
}
