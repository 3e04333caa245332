import AnpiModel

/// The belief about one site: its terms in the order that a person reads them, and what follows.
struct Judgement: Sendable {
    /// Facts and terms; the weights of the terms add up to the log odds.
    private(set) var evidence: [Evidence] = []
    private(set) var logOdds = Millinats.zero
    /// What else explains its silence, each with the share of healthy sites that it darkens.
    var rivals = RivalShares()
    /// Some sign is of the site itself: an informative silence, a call, a report near by (inference 1).
    var hasSign = false
    /// The silence is its only sign and younger than ordinary ones grow: at most `unknown` until then (inference 5).
    var tooYoungUntil: Timestamp?
    /// P from which it is called likely, and not only possible (inference 5).
    var likelyFrom = AssessmentRule.likelyFrom

    init() {}

    mutating func add(_ evidence: Evidence) {
        self.evidence.append(evidence)
        logOdds += evidence.weight
    }

    /// What a person said for certain counts more than all signs together: the first line, and P is theirs.
    mutating func confirm(_ finding: FindingRecord, _ assessment: Assessment) {
        var weight = Millinats.zero
        switch assessment {
        case .confirmedHit: weight = max(.zero, Self.certain - logOdds)
        case .confirmedOK: weight = min(.zero, Millinats.zero - Self.certain - logOdds)
        case .ok, .quiet, .unknown, .suspect, .likelyHit: break
        }
        evidence.insert(.confirmation(finding, assessment, weight: weight), at: 0)
        logOdds += weight
    }

    /// Log odds of 99 %: people err too.
    private static let certain = Millinats(probability: 0.99)

    var probability: Double { logOdds.probability }

    /// P as decisions print it, three digits.
    var probabilityJSON: JSON { .decimal(probability, digits: 3) }
}

/// Where the lines between the assessments lie (CONTRACTS §6).
enum AssessmentRule {
    static let suspectFrom = 0.2
    static let likelyFrom = 0.6
    /// Where silence under a warning is all that speaks for it: a feeder darkens streets as water does. By simulation
    /// (docs/detection.md) nineteen in twenty of those above it are hit.
    static let likelyBySilence = 0.9
    /// The same where a person has told of harm near by.
    static let likelyByReport = 0.8
    /// The same for what shaking may have done; there four in five are all that silence can tell (inference.md).
    static let likelyBySilenceAfterShaking = 0.85
    /// A flagged site stays flagged down to here.
    static let suspectLeftBelow = 0.1

    /// What P alone says of a site with a sign of its own; nil where it says nothing.
    static func flag(_ judgement: Judgement, before: Assessment) -> Assessment? {
        guard judgement.hasSign, judgement.tooYoungUntil == nil else { return nil }
        let probability = judgement.probability
        // Once called likely it stays so for as long as P allows it at all, so that it does not flicker.
        let likelyFrom = before == .likelyHit ? Self.likelyFrom : judgement.likelyFrom
        if probability >= likelyFrom { return .likelyHit }
        if probability >= suspectFrom { return .suspect }
        switch before {
        case .suspect, .likelyHit: return probability >= suspectLeftBelow ? .suspect : nil
        case .ok, .quiet, .unknown, .confirmedHit, .confirmedOK: return nil
        }
    }
}
