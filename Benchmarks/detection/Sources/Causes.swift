import AnpiEngine
import AnpiModel
import AnpiReplay

/// What went wrong in one world, with what the engine gave as its reasons: for whoever calibrates.
struct Causes {
    private let truth: SimulationTruth
    private var incidents: [(id: IncidentID, told: [Decision])] = []
    private var beliefs: [SiteID: [Decision]] = [:]

    /// Of each sort so many are told in full.
    private static let toldMax = 12

    init(_ truth: SimulationTruth) { self.truth = truth }

    mutating func observe(_ decision: Decision) {
        if decision.name == .siteAssessed, let site = decision.site { beliefs[site, default: []].append(decision) }
        guard let id = decision.incident, decision.task == nil else { return }
        if let place = incidents.lastIndex(where: { $0.id == id }) {
            incidents[place].told.append(decision)
        } else {
            incidents.append((id, [decision]))
        }
    }

    func tell(_ world: String) {
        Files.complain("== \(world)")
        for incident in incidents where incident.told.contains(where: { $0.name == .incidentOpened }) {
            guard let first = incident.told.first, !first.json.text.contains("\"single\"") else { continue }
            let joined = incident.told.count { $0.name == .incidentJoined }
            let opened = incident.told.first { $0.name == .incidentOpened }?.at.rfc3339() ?? ""
            Files.complain(
                "incident, \(joined) joined, hit \(hits(in: incident.told)), real \(opened): "
                    + first.json.text.prefix(700))
            // What made a false one real is asked first.
            guard hits(in: incident.told) == 0, ["\"cluster\"", "\"hazard\""].contains(where: first.json.text.contains)
            else { continue }
            tellHow(incident.told, until: incident.told.first { $0.name == .incidentOpened }?.at ?? first.at)
        }
        let hits = Set(truth.sites.filter(\.hit).map(\.site))
        var toldMissed = 0
        for row in truth.sites where row.hit {
            let flags = beliefs[row.site, default: []].filter { $0.at >= row.hitAt ?? .distantPast }
            let isFound = flags.contains { word($0) == "likelyHit" || word($0) == "confirmedHit" }
            guard !isFound, toldMissed < Self.toldMax else { continue }
            toldMissed += 1
            Files.complain("missed \(row.site.text), hit \(row.hitAt?.rfc3339() ?? "")")
            for flag in flags.prefix(4) { Files.complain("    " + flag.json.text) }
        }
        var toldWrong = 0
        for (site, told) in beliefs.sorted(by: { $0.key < $1.key }) where !hits.contains(site) {
            let likely = told.first { word($0) == "likelyHit" }
            guard let wrong = likely ?? told.first(where: { word($0) == "suspect" }) else { continue }
            // All that were called likely, and as many of the others as one reads.
            if likely == nil { toldWrong += 1 }
            guard likely != nil || toldWrong <= Self.toldMax else { continue }
            Files.complain("wrong \(site.text): " + wrong.json.text)
        }
    }

    /// Who had joined an incident when it became real, and what was believed of them.
    private func tellHow(_ told: [Decision], until opened: Timestamp) {
        for decision in told where decision.at <= opened { Files.complain("    " + decision.json.text.prefix(400)) }
        for (site, beliefs) in beliefs.sorted(by: { $0.key < $1.key }) {
            let isMember = told.contains { $0.at <= opened && $0.json.text.contains("\"\(site.text)\"") }
            guard isMember, let last = beliefs.last(where: { $0.at <= opened && $0.at > opened - .seconds(86_400) })
            else { continue }
            Files.complain("    " + last.json.text.prefix(500))
        }
    }

    private func hits(in told: [Decision]) -> Int {
        let text = told.map(\.json.text).joined()
        return truth.sites.count { $0.hit && text.contains("\"\($0.site.text)\"") }
    }

    private func word(_ decision: Decision) -> String? {
        guard case .string(let word)? = decision.details.first(where: { $0.key == "assessment" })?.value else {
            return nil
        }
        return word
    }
}
