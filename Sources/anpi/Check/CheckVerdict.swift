import AnpiClient
import AnpiModel

/// What `anpi check` says: state, one line, performance data. Never translated: machines read it.
struct CheckVerdict: Hashable, Sendable {
    enum State: Int32, Sendable {
        case ok = 0
        case warning = 1
        case critical = 2
        case unknown = 3

        var name: String {
            switch self {
            case .ok: "OK"
            case .warning: "WARNING"
            case .critical: "CRITICAL"
            case .unknown: "UNKNOWN"
            }
        }
    }

    var state: State
    var line: String

    /// A figure with its thresholds.
    struct Metric: Hashable, Sendable {
        var name: String
        /// Nil where it is not known: `U` in the performance data, which no threshold alerts on.
        var value: Double?
        var unit = ""
        var warning: NagiosRange?
        var critical: NagiosRange?
        /// Whether the line names it.
        var isSaid = true

        var state: State {
            guard let value else { return .ok }
            if critical?.alerts(on: value) == true { return .critical }
            if warning?.alerts(on: value) == true { return .warning }
            return .ok
        }

        /// `likelyHit=3;0;0`.
        var performance: String {
            name + "=" + (value.map { JSON.fixed($0, digits: 0) + unit } ?? "U") + ";" + (warning?.text ?? "") + ";"
                + (critical?.text ?? "")
        }
    }

    /// Figures of the overview that thresholds can be set on, in the order they are printed.
    static let names = ["likelyHit", "suspect", "unknown", "silent", "incidents", "blindSeconds", "feedAge"]

    /// Those of them that are lengths of time: measured, not said.
    private static let seconds: Set = ["blindSeconds", "feedAge"]

    /// - Parameter thresholds: By name of the figure; a figure without any only informs.
    init(_ overview: Overview, thresholds: [String: (warning: NagiosRange?, critical: NagiosRange?)]) {
        let assessment = overview.counts.assessment ?? [:]
        let feedAge = overview.hazards?.heardAt.flatMap { heard in
            overview.asOf.map { max(0, Double(($0 - heard).wholeSeconds)) }
        }
        let values: [String: Double?] = [
            "likelyHit": Double(assessment["likelyHit"] ?? 0), "suspect": Double(assessment["suspect"] ?? 0),
            "unknown": Double(assessment["unknown"] ?? 0),
            "silent": Double(overview.counts.contact?["silent"] ?? 0),
            "incidents": Double(overview.incidents?.count { ["active", "stable"].contains($0.state) } ?? 0),
            "blindSeconds": overview.hearing?.secondsToday ?? 0, "feedAge": feedAge,
        ]
        let metrics = Self.names.map { name in
            Metric(
                name: name, value: values[name] ?? nil, unit: Self.seconds.contains(name) ? "s" : "",
                warning: thresholds[name]?.warning, critical: thresholds[name]?.critical,
                isSaid: !Self.seconds.contains(name))
        }
        let worst = metrics.map(\.state).max { $0.rawValue < $1.rawValue } ?? .ok
        var said = metrics.filter(\.isSaid).map { JSON.fixed($0.value ?? 0, digits: 0) + " " + $0.name }
        // No warning may stand behind any of these figures then; `--also feedAge` makes an alarm of it.
        if let freshness = overview.hazards?.freshness, ["stale", "error"].contains(freshness) {
            said.append("hazard feed " + freshness)
        }
        // While the collector is deaf, "nothing is wrong" is not known; what was found wrong stays so.
        if let deafSince = overview.hearing?.deafSince {
            said.append("collector deaf since " + deafSince.rfc3339())
            state = worst == .ok ? .unknown : worst
        } else {
            state = worst
        }
        line =
            state.name + " " + said.joined(separator: ", ") + " | "
            + metrics.map(\.performance).joined(separator: " ")
    }

    /// No figures could be had.
    init(unknown reason: String) {
        state = .unknown
        // One line, and no bar: what follows one is performance data.
        let text = reason.map { $0.isNewline ? " " : $0 == "|" ? "/" : $0 }
        line = State.unknown.name + " " + String(text)
    }
}
