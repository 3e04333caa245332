import AnpiModel

/// One reason of a belief: a stable kind, its weight, and what its sentence is filled in with.
///
/// The sentence itself is the label `evidence.<kind>` of the one string table, in the language of whoever reads.
struct Evidence: Sendable {
    /// Stable.
    let kind: String
    /// Made when somebody reads them: far more beliefs are weighed than told.
    private let words: @Sendable () -> [JSON.Member]
    /// What it adds to the log odds of a hit; nought for what only tells a fact.
    let weight: Millinats

    private init(
        _ kind: String, _ arguments: @escaping @autoclosure @Sendable () -> [JSON.Member] = [],
        weight: Millinats = .zero
    ) {
        self.kind = kind
        words = arguments
        self.weight = weight
    }

    var arguments: [JSON.Member] { words() }

    /// `{"kind","weight","text"}` as CONTRACTS §7 has it: the text in Japanese, the language of the offices.
    var json: JSON { .object(members) }

    /// The same with what a page makes the sentence of in another language: its label's key and arguments.
    var jsonWithKey: JSON { .object(members + sentenceMembers) }

    /// `{"key","arguments"}`: the sentence in no language yet.
    var sentence: JSON { .object(sentenceMembers) }

    private var sentenceMembers: [JSON.Member] {
        [JSON.Member("key", .string("evidence." + kind)), JSON.Member("arguments", .object(arguments))]
    }

    private var members: [JSON.Member] {
        [
            JSON.Member("kind", .string(kind)), JSON.Member("weight", .decimal(weight.nats, digits: 1)),
            JSON.Member("text", .string(text)),
        ]
    }

    /// The sentence in Japanese; its times with their day, so that it is true whenever it is read.
    var text: String {
        var words: [String: String] = [:]
        for argument in arguments { words[argument.key] = argument.value.wordInJapanese(of: argument.key) }
        return Labels.text("evidence." + kind, .ja, words)
    }
}

// MARK: Facts, which weigh nothing

extension Evidence {
    static func late(since: Timestamp) -> Evidence { Evidence("late", [.init("since", .time(since))]) }
    static let neverHeard = Evidence("neverHeard")

    static func signedOff(at: Timestamp) -> Evidence { Evidence("signedOff", [.init("at", .time(at))]) }

    static func silentWhileClosed(since: Timestamp) -> Evidence {
        Evidence("silentWhileClosed", [.init("since", .time(since))])
    }

    /// It was silent before the ground shook, and so does not tell of it.
    static func silentBeforeShaking(since: Timestamp) -> Evidence {
        Evidence("silentBeforeShaking", [.init("since", .time(since))])
    }

    static func silentWhileDeaf(since: Timestamp) -> Evidence {
        Evidence("silentWhileDeaf", [.init("since", .time(since))])
    }

    static func neighboursHeard(count: Int) -> Evidence { Evidence("neighboursHeard", [.init("n", .integer(count))]) }

    /// Its silence is younger than ordinary ones grow.
    static func tooYoung(until: Timestamp) -> Evidence { Evidence("tooYoung", [.init("until", .time(until))]) }

    /// No warning can be trusted to be absent: the feed has stopped.
    static let feedStale = Evidence("feedStale")

    static func confirmation(_ finding: FindingRecord, _ assessment: Assessment, weight: Millinats) -> Evidence {
        Evidence(
            "confirmation",
            [
                .init("assessment", .word(assessment)), .init("by", .string(finding.author)),
                .init("at", .time(finding.observedAt)), .init("until", .time(finding.expiresAt)),
            ], weight: weight)
    }
}

// MARK: Terms of the log odds

extension Evidence {
    /// Where the belief starts: P(hit) of a site of which nothing is known.
    static func base(_ probability: Double) -> Evidence {
        Evidence("base", [.init("p", .percent(probability))], weight: Millinats(probability: probability))
    }

    /// Where it starts under a warning.
    static func hazard(_ statement: HazardArea, probability: Double) -> Evidence {
        Evidence(
            "hazard",
            [
                .init("name", .string(statement.name)), .init("area", .string(statement.areaName)),
                .init("level", statement.level.map { .integer($0) } ?? "？"), .init("from", .time(statement.from)),
                .init("p", .percent(probability)),
            ], weight: Millinats(probability: probability))
    }

    /// A warning that was in force until it was lifted, for a site that was not heard since.
    static func hazardOver(at: Timestamp, probability: Double) -> Evidence {
        Evidence(
            "hazardOver", [.init("at", .time(at)), .init("p", .percent(probability))],
            weight: Millinats(probability: probability))
    }

    /// A quake, which is told by its intensity.
    static func shaking(_ statement: HazardArea, at: Timestamp, probability: Double) -> Evidence {
        Evidence(
            "shaking",
            [
                .init("intensity", .string(statement.intensity?.rawValue ?? "？")),
                .init("area", .string(statement.areaName)), .init("at", .time(at)), .init("p", .percent(probability)),
            ], weight: Millinats(probability: probability))
    }

    static func heard(at: Timestamp, weight: Millinats = .zero) -> Evidence {
        Evidence("heard", [.init("at", .time(at))], weight: weight)
    }

    /// The most telling device is silent; the kind names its rhythm and the slot, for each makes another sentence.
    static func silent(device: Device, rhythm: Rhythm, slot: Slot, since: Timestamp, weight: Millinats) -> Evidence {
        let kind =
            switch (rhythm, slot) {
            case (.hours, _): "silentNotUp"
            case (.always, .open): "silentOpen"
            case (.always, .afterHours): "silentAfterHours"
            case (.always, .closed): "silentClosedDay"
            case (.always, .holiday): "silentHoliday"
            }
        return Evidence(kind, [.init("device", .word(device)), .init("since", .time(since))], weight: weight)
    }

    static func silentAfterGasp(since: Timestamp, weight: Millinats) -> Evidence {
        Evidence("silentAfterGasp", [.init("since", .time(since))], weight: weight)
    }

    /// How the sites around, within three kilometres, are: under a warning of water they share their fate.
    static func neighbourhood(silent: Int, heard: Int, weight: Millinats) -> Evidence {
        Evidence(
            "neighbourhood", [.init("n", .integer(silent)), .init("m", .integer(heard))], weight: weight)
    }

    /// What only pings ever told of is overdue.
    static func silentPings(since: Timestamp, weight: Millinats) -> Evidence {
        Evidence("silentPings", [.init("since", .time(since))], weight: weight)
    }

    /// How much of a silence another cause explains.
    static func rival(_ rival: Rival, share: Double, weight: Millinats) -> Evidence {
        Evidence("rival." + rival.rawValue, [.init("p", .percent(share))], weight: weight)
    }

    static func report(_ finding: FindingRecord, meters: Int?, weight: Millinats) -> Evidence {
        let isDamage = finding.draft.result == "damage"
        let kind = (isDamage ? "reportDamage" : "reportNoDamage") + (meters == nil ? "Area" : "")
        return Evidence(
            kind,
            [
                .init("by", .string(finding.author)), .init("at", .time(finding.observedAt)),
                .init("phenomenon", .string(finding.draft.phenomenon?.rawValue ?? "other")),
            ] + (meters.map { [.init("meters", .integer($0))] } ?? []), weight: weight)
    }

    static func call(_ finding: FindingRecord, weight: Millinats = .zero) -> Evidence {
        Evidence(
            "call",
            [
                .init("result", .string(finding.draft.result)), .init("by", .string(finding.author)),
                .init("at", .time(finding.observedAt)),
            ], weight: weight)
    }
}

/// What else than harm can silence healthy sites.
enum Rival: String, Hashable, CaseIterable, Sendable {
    case power, carrier, agentRelease
}

extension JSON {
    /// A probability as people say it: `3%`, `0.05%`.
    static func percent(_ probability: Double) -> JSON {
        let percent = probability * 100
        return .string(fixed(percent, digits: percent < 0.995 ? 2 : 0) + "%")
    }

    /// An argument of a sentence as Japanese shows it; words of the vocabulary by the family that `name` is.
    fileprivate func wordInJapanese(of name: String) -> String {
        switch self {
        case .string(let text):
            if let instant = Timestamp(rfc3339: text) { return instant.clockText }
            return Labels.word(name, text, .ja)
        case .integer(let number): return String(number)
        case .null, .bool, .decimal, .array, .object, .raw: return text
        }
    }
}

extension Timestamp {
    /// Day and time as a wall clock in Japan shows them, `9/24 05:58`.
    var clockText: String {
        let (date, millisecondOfDay) = civil()
        let minutes = millisecondOfDay / 60_000
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(date.month)/\(date.day) \(two(minutes / 60)):\(two(minutes % 60))"
    }
}
