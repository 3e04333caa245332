package import AnpiModel

extension Engine {
    /// `GET /v1/hazards`: how far the feeds can be believed, a page of messages (newest first), and what is in
    /// quarantine.
    package func hazards(state: HazardEntryState? = nil, page: Page = Page()) -> JSON {
        let list = Self.list(hazards.entries.reversed(), page: page, id: { String($0.number) }) { entry in
            // `nil` alone would be JSON's null.
            guard state == nil || state == HazardEntryState(entry.state) else { return JSON?.none }
            return Self.json(of: entry)
        }
        return [
            "freshness": .word(freshness),
            "feeds": .array(
                feeds.map(\.state).map { feed in
                    [
                        "name": .string(feed.name), "polled": .bool(feed.isPolled),
                        "freshness": .word(feed.freshness(at: now)), "succeededAt": .time(feed.succeededAt),
                        "failedAt": .time(feed.failedAt), "newestReportAt": .time(feed.newestReportAt),
                    ]
                }),
            "items": list["items"] ?? [], "next": list["next"] ?? .null,
            "quarantined": .array(
                hazardQuarantine.messages.reversed().map { message in
                    [
                        "receivedAt": .time(message.receivedAt), "feed": .string(message.feed),
                        "name": .optional(message.name), "digest": .string(Self.hexadecimal(message.digest)),
                        "reason": .string(message.reason),
                    ]
                }),
        ]
    }

    /// Areas that one overview tells of, the worst first.
    private static let warnedAreasMax = 50

    /// What is in force where these sites are, one line a municipality, and how far "nothing" can be believed.
    func hazardStrip(of shown: [Int]) -> JSON {
        var worst = [(level: Int8, site: Int, sites: Int)](repeating: (0, 0, 0), count: index.municipalities.count)
        for number in shown where sites[number].hazardLevel > 0 {
            let place = Int(index.sites[number].municipality)
            worst[place].sites += 1
            if sites[number].hazardLevel > worst[place].level {
                worst[place].level = sites[number].hazardLevel
                worst[place].site = number
            }
        }
        let order = worst.indices.filter { worst[$0].level > 0 }.sorted { left, right in
            worst[left].level != worst[right].level
                ? worst[left].level > worst[right].level
                : index.municipalities[left] < index.municipalities[right]
        }
        let rows = order.prefix(Self.warnedAreasMax).compactMap { place -> JSON? in
            let site = index.site(worst[place].site)
            guard let statement = hazards.statements(at: HazardLocation(site)).first else { return nil }
            return .object(
                [
                    JSON.Member("municipality", .string(index.municipalities[place])),
                    JSON.Member("municipalityName", .optional(site.address.flatMap(MunicipalityName.cut))),
                ] + Self.members(of: statement) + [JSON.Member("sites", .integer(worst[place].sites))])
        }
        return [
            "freshness": .word(freshness), "heardAt": .time(feedHeardAt), "areas": .array(Array(rows)),
            "areaCount": .integer(order.count),
        ]
    }

    /// When the source that was heard longest ago was last heard; nil where one never was.
    private var feedHeardAt: Timestamp? {
        let polled = feeds.map(\.state).filter(\.isPolled)
        guard !polled.isEmpty else { return feeds.compactMap(\.state.succeededAt).max() }
        let heard = polled.compactMap(\.succeededAt)
        return heard.count == polled.count ? heard.min() : nil
    }

    /// One statement in force, as a site's page and the overview show it.
    static func members(of statement: HazardLedger.Statement) -> [JSON.Member] {
        [
            JSON.Member("name", .string(statement.area.name)), JSON.Member("area", .string(statement.area.areaName)),
            JSON.Member("phenomenon", .word(statement.area.phenomenon)),
            JSON.Member("level", statement.area.level.map { .integer($0) } ?? .null),
            JSON.Member("intensity", .optional(statement.area.intensity?.rawValue)),
            JSON.Member("from", .time(statement.area.from)), JSON.Member("until", .time(statement.area.until)),
            JSON.Member("telegram", .string(statement.message.telegram)),
        ]
    }

    /// Names of areas that a decision or a list carries; the raw message has them all.
    private static let areaNamesMax = 50

    /// What a message says, for decisions and lists.
    static func members(of message: HazardMessage) -> [JSON.Member] {
        var names: [String] = []
        for area in message.areas where names.count < areaNamesMax && !names.contains(area.areaName) {
            names.append(area.areaName)
        }
        // "level ?" weighs as 3 and is told as unknown where nothing known is higher.
        let worst = message.areas.max { ($0.level ?? 3) < ($1.level ?? 3) }
        return [
            JSON.Member("identifier", .string(message.identifier)), JSON.Member("telegram", .string(message.telegram)),
            JSON.Member("status", .word(message.status)), JSON.Member("action", .word(message.action)),
            JSON.Member("level", worst?.level.map { .integer($0) } ?? .null),
            JSON.Member("phenomenon", worst.map { .word($0.phenomenon) } ?? .null),
            JSON.Member("areas", .array(names.map { .string($0) })),
            JSON.Member("areaCount", .integer(message.areas.count)), JSON.Member("headline", .string(message.headline)),
            JSON.Member("reportedAt", .time(message.reportedAt)),
        ]
    }

    static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    private static func json(of entry: HazardLedger.Entry) -> JSON {
        let ends = entry.message.areas.map { HazardLedger.end(of: $0, of: entry.message) }
        return .object(
            [
                JSON.Member("id", .string(String(entry.number))),
                JSON.Member("state", .word(HazardEntryState(entry.state))),
            ] + members(of: entry.message) + [
                JSON.Member("appliedAt", .time(entry.appliedAt)), JSON.Member("until", .time(ends.max())),
            ])
    }
}

/// What became of a message, as lists show it.
package enum HazardEntryState: String, CaseIterable, Sendable {
    case acting, stored, superseded, cancelled, ended

    init(_ state: HazardLedger.State) {
        self =
            switch state {
            case .acting: .acting
            case .stored: .stored
            case .superseded: .superseded
            case .cancelled: .cancelled
            case .ended: .ended
            }
    }
}
