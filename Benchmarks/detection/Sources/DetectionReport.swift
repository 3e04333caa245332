import AnpiModel
import AnpiReplay

/// The figures as a table for people.
struct DetectionReport {
    let worlds: Worlds
    let rival: (setting: FixedTimeoutRival.Setting, score: FlagScore)?
    let firstSeed: UInt64

    var text: String {
        var lines = [
            "Seeds from \(firstSeed); \(worlds.groups.reduce(0) { $0 + $1.sum.worlds }) worlds, \(worlds.lines) lines, "
                + "\(rate) lines/s applied", "",
        ]
        lines += flags
        lines.append("")
        lines += people
        lines.append("")
        lines += incidents
        lines.append("")
        lines += visits
        lines.append("")
        lines += reliability
        lines.append("")
        let null = worlds.null.lines
        if !null.isEmpty { lines += null + [""] }
        lines += rivalLines(rival, "Fixed timeout at its best")
        if let early = worlds.bestEarlyRival() {
            lines.append("")
            lines += rivalLines(early, "The best that is as early and finds as many as suspect+")
        } else {
            lines.append("No setting of the fixed timeout is as early and finds as many as suspect+.")
        }
        return lines.joined(separator: "\n")
    }

    private var rate: String {
        let seconds = worlds.replaying / .seconds(1)
        return seconds > 0 ? JSON.fixed(Double(worlds.lines) / seconds, digits: 0) : "?"
    }

    // MARK: Tables

    private var flags: [String] {
        var lines = [
            Self.row([
                "Sites", "worlds", "hit", "suspect+ recall", "precision", "first flag 50 %", "90 %", "likelyHit recall",
                "precision", "false",
            ])
        ]
        for (group, sum) in worlds.groups {
            let (suspect, likely) = (sum.score.suspect, sum.score.likelyHit)
            lines.append(
                Self.row([
                    group.name, String(sum.worlds), String(suspect.hits), Self.share(suspect.recall),
                    Self.share(suspect.precision), Self.minutes(suspect.delay(atShare: 0.5)),
                    Self.minutes(suspect.delay(atShare: 0.9)), Self.share(likely.recall), Self.share(likely.precision),
                    String(likely.falseFlags),
                ]))
        }
        return lines
    }

    /// Hits that somebody at the site told of: beside the engine's own, and in none of its figures.
    private var people: [String] {
        let told = worlds.groups.filter { $0.sum.score.people.flags > 0 }
        guard !told.isEmpty else { return ["No person told of a hit."] }
        return [Self.row(["Told by people", "hit", "told", "recall", "precision", "first told 50 %", "90 %"])]
            + told.map { group, sum in
                let people = sum.score.people
                return Self.row([
                    group.name, String(people.hits), String(people.hitsFound), Self.share(people.recall),
                    Self.share(people.precision), Self.minutes(people.delay(atShare: 0.5)),
                    Self.minutes(people.delay(atShare: 0.9)),
                ])
            }
    }

    private var visits: [String] {
        [Self.row(["Visits", "inspect", "to unhit sites", "a fleet-year", "singles", "a fleet-year"])]
            + worlds.groups.map { group, sum in
                let score = sum.score.visits
                return Self.row([
                    group.name, String(score.visits), String(score.toUnhit), Self.rate(score.toUnhitAFleetYear),
                    String(score.singles), Self.rate(score.singlesAFleetYear),
                ])
            }
    }

    private var incidents: [String] {
        var lines = [
            Self.row([
                "Incidents", "of ≥ 3 hit", "found", "recall", "alarms", "false", "false hazard/cluster", "a fleet-year",
            ])
        ]
        for (group, sum) in worlds.groups {
            let score = sum.score.incidents
            lines.append(
                Self.row([
                    group.name, String(score.disasters), String(score.disastersFound), Self.share(score.recall),
                    String(score.incidents), String(score.falseIncidents), String(score.falseAlarms),
                    score.days > 0 ? JSON.fixed(Double(score.falseAlarms) / score.days * 365.25, digits: 2) : "–",
                ]))
        }
        return lines
    }

    private var reliability: [String] {
        var lines = [
            Self.row(["Reliability", "forecasts", "Brier", "0–0.2", "0.2–0.4", "0.4–0.6", "0.6–0.8", "0.8–1"])
        ]
        for (name, reliability) in worlds.groups.map({ ($0.group.name, $0.sum.score.reliability) })
            + [("all", worlds.all.reliability)] where reliability.count > 0
        {
            let bins = reliability.bins.map { bin in
                bin.said.flatMap { said in
                    bin.hit.map { "\(JSON.fixed(said, digits: 2))→\(JSON.fixed($0, digits: 2)) (\(bin.count))" }
                } ?? "–"
            }
            lines.append(
                Self.row(
                    [
                        name, String(reliability.count), reliability.brier.map { JSON.fixed($0, digits: 3) } ?? "–",
                    ] + bins))
        }
        return lines
    }

    private func rivalLines(
        _ rival: (setting: FixedTimeoutRival.Setting, score: FlagScore)?, _ title: String
    ) -> [String] {
        guard let rival else { return [] }
        let setting = rival.setting
        var lines = [
            "\(title): \(setting.scope.rawValue), \(setting.timeoutMinutes) min, at least "
                + "\(setting.least) silent in the municipality",
            Self.row([
                "Rival", "recall", "precision", "first flag 50 %", "false", "suspect+ false", "ratio",
                "likelyHit false", "ratio",
            ]),
        ]
        for (name, score, other) in worlds.groups.map({
            ($0.group.name, $0.sum.score, worlds.rival(setting, in: $0.group))
        }) + [("all", worlds.all, rival.score)] {
            var cells = [
                name, Self.share(other.recall), Self.share(other.precision), Self.minutes(other.delay(atShare: 0.5)),
                String(other.falseFlags),
            ]
            for own in [score.suspect.falseFlags, score.likelyHit.falseFlags] {
                cells.append(String(own))
                cells.append(own > 0 ? JSON.fixed(Double(other.falseFlags) / Double(own), digits: 1) : "–")
            }
            lines.append(Self.row(cells))
        }
        return lines
    }

    // MARK: Cells

    /// A line of any of the tables.
    static func row(_ cells: [String]) -> String {
        guard let first = cells.first else { return "" }
        return first.padded(to: 26) + cells.dropFirst().map { $0.padded(before: 17) }.joined()
    }

    private static func share(_ value: Double?) -> String { value.map { JSON.fixed($0, digits: 3) } ?? "–" }

    private static func rate(_ value: Double?) -> String { value.map { JSON.fixed($0, digits: 2) } ?? "–" }

    private static func minutes(_ value: Duration?) -> String { value.map { "\($0.wholeSeconds / 60) min" } ?? "–" }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
    fileprivate func padded(before width: Int) -> String { String(repeating: " ", count: max(1, width - count)) + self }
}
