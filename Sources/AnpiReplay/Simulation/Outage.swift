import AnpiModel

/// A span of time, `from` included, `to` excluded.
struct Span {
    var from: Timestamp
    var to: Timestamp

    /// `seconds` long from `from`.
    init(from: Timestamp, seconds: Double) { self.init(from: from, to: from.later(seconds)) }

    init(from: Timestamp, to: Timestamp) {
        self.from = from
        self.to = to
    }
}

extension Timestamp {
    func later(_ seconds: Double) -> Timestamp { Timestamp(milliseconds: milliseconds + Int64(seconds * 1_000)) }
}

/// A time in which one agent cannot be heard, and how it begins and ends.
struct Outage {
    var from: Timestamp
    var to: Timestamp
    /// The device was off: another boot follows, and a PC waits for somebody to switch it on.
    var restarts: Bool
    var ending = Ending.none
    /// The release that runs afterwards.
    var version: String?

    /// The last thing that is heard before it.
    enum Ending {
        case none
        /// On battery since then, and about to die.
        case lastGasp(onBatterySince: Timestamp)
        case goodbye(GoodbyeReason, onBattery: Bool)
    }

    /// Overlapping outages as disjoint ones in order: the first says how it began.
    static func merged(_ outages: [Outage]) -> [Outage] {
        var merged: [Outage] = []
        for outage in outages.sorted(by: { $0.from < $1.from }) where outage.to > outage.from {
            guard let last = merged.last, outage.from <= last.to else {
                merged.append(outage)
                continue
            }
            let index = merged.count - 1
            merged[index].to = max(last.to, outage.to)
            merged[index].restarts = last.restarts || outage.restarts
            merged[index].version = outage.version ?? last.version
        }
        return merged
    }
}

/// Everything that keeps agents from being heard, by what it befalls.
struct OutageLedger {
    /// By site: no power arrives.
    private(set) var power: [[Span]]
    /// By site: nothing goes through its line.
    private(set) var line: [[Span]]
    /// By agent: restarts, crashes, damage.
    private(set) var device: [[Outage]]

    init(sites: Int, agents: Int) {
        power = Array(repeating: [], count: sites)
        line = Array(repeating: [], count: sites)
        device = Array(repeating: [], count: agents)
    }

    mutating func cutPower(of site: Int, _ span: Span) { power[site].append(span) }
    mutating func cutLine(of site: Int, _ span: Span) { line[site].append(span) }
    mutating func stop(_ agent: Int, _ outage: Outage) { device[agent].append(outage) }

    /// What the agent `number` goes through, in order and disjoint.
    func outages(of number: Int, _ agent: SimulatedAgent, at site: SimulatedSite?) -> [Outage] {
        var outages = device[number]
        guard let site else { return Outage.merged(outages) }
        if agent.isIndependent {
            // Its own battery lasts three hours, its own radio needs no line.
            for span in power[agent.site] {
                outages += Self.darkness(span, runtimeSeconds: 10_800, carriesRouter: true, tells: true)
            }
            return Outage.merged(outages)
        }
        for span in power[agent.site] {
            let ups = agent.rhythm == .always ? site.ups : nil
            outages += Self.darkness(
                span, runtimeSeconds: ups?.runtimeSeconds ?? 0, carriesRouter: ups?.carriesRouter ?? false,
                tells: ups.map { $0.isRead && $0.carriesRouter } ?? false)
        }
        outages += line[agent.site].map { Outage(from: $0.from, to: $0.to, restarts: false) }
        return Outage.merged(outages)
    }

    private static let bootSeconds = 150.0
    private static let routerBootSeconds = 80.0

    /// What one loss of power does to a device with a battery that lasts `runtimeSeconds`.
    private static func darkness(
        _ span: Span, runtimeSeconds: Double, carriesRouter: Bool, tells: Bool
    ) -> [Outage] {
        let dies = span.from.later(runtimeSeconds)
        var outages: [Outage] = []
        if !carriesRouter {
            outages.append(Outage(from: span.from, to: span.to.later(routerBootSeconds), restarts: false))
        }
        if dies < span.to {
            outages.append(
                Outage(
                    from: dies, to: span.to.later(bootSeconds), restarts: true,
                    ending: tells ? .lastGasp(onBatterySince: span.from) : .none))
        }
        return outages
    }
}
