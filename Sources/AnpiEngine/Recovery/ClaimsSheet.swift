import AnpiModel

/// What is still missing before a site's claims can go out.
enum ClaimsMissing: String, SentenceWord {
    static let family = "claims.missing"

    /// Nobody has said what is damaged.
    case damageReport
    /// The system is not restored: the month cannot be claimed from it.
    case restoredSystem
    /// 罹災証明書: an estimated claim rests on it where no notice names the area.
    case disasterCertificate
    /// Pictures of the damage, which the certificate is given for.
    case photos
    /// What the last three months were paid.
    case payments
    /// On how many days of the month the site was open.
    case openDays
    /// On how many it had in-patients.
    case inpatientDays
}

/// How a site's claims of the month are made.
enum ClaimsKind: String, CaseIterable, Hashable, Sendable {
    case normal
    /// 概算請求: by what the last months were paid.
    case estimated
}

/// Why they are made so.
enum ClaimsReason: String, SentenceWord {
    static let family = "claims.reason"

    case recordsKept
    /// Records of the month, or those after a time, are lost.
    case recordsLost, recordsLostFrom
    /// What is kept was never read back: up to then nothing is proven.
    case keptUnverified
    case restored
    /// By when the system is expected to be back.
    case restoredBeforeDue, notRestoredBeforeDue
    /// The disaster struck on or before the 10th: claims of the month before may not be out either.
    case previousMonthIsDueToo
}

/// What a claims sheet is made of.
struct ClaimsFacts: Hashable, Sendable {
    var disasterAt: Timestamp
    var clock: ClaimsClock
    var hasBeds: Bool
    var damage: Damage
    /// The site's rung; nil where none was chosen.
    var rung: Rung?
    /// Data is kept up to here; nil where nobody knows.
    var keptUntil: Timestamp?
    /// The copy that keeps it was read back; a server or a mirror that lives on needs no proof.
    var keptIsVerified = true
    /// Since when the system works again.
    var restoredAt: Timestamp?
    /// By when it is expected to.
    var restoredBy: Timestamp?
    /// The claims are out.
    var submittedAt: Timestamp?
    /// What a person adds for estimated claims.
    var estimate = Estimate()

    struct Estimate: Hashable, Sendable {
        /// A notice names the area.
        var isNamedByNotice = false
        var hasCertificate = false
        var hasPhotos = false
        /// What the three months before the claim month were paid, in yen.
        var outpatientYen: Int?
        var inpatientYen: Int?
        /// Days of the claim month.
        var openDays: Int?
        var inpatientDays: Int?
    }
}

/// A site's claims as the office sees them through: by when, how, and what is missing.
struct ClaimsSheet: Hashable, Sendable {
    let facts: ClaimsFacts
    let kind: ClaimsKind
    let reasons: [Worded<ClaimsReason>]
    let missing: [Worded<ClaimsMissing>]

    init(_ facts: ClaimsFacts) {
        self.facts = facts
        var kind = ClaimsKind.normal
        var reasons: [Worded<ClaimsReason>] = []

        let monthBegan = Timestamp(facts.clock.claimMonth)
        if facts.rung == .rebuild || facts.keptUntil.map({ $0 < monthBegan }) == true {
            kind = .estimated
            reasons.append(Worded(.recordsLost))
        } else if let kept = facts.keptUntil, facts.disasterAt - kept > Self.catchesUp {
            reasons.append(Worded(.recordsLostFrom, [.time("from", kept)]))
        } else if facts.keptUntil != nil {
            reasons.append(Worded(.recordsKept))
        }
        if let kept = facts.keptUntil, !facts.keptIsVerified, facts.restoredAt == nil {
            reasons.append(Worded(.keptUnverified, [.time("at", kept)]))
        }
        if let restored = facts.restoredAt {
            reasons.append(Worded(.restored, [.time("at", restored)]))
        } else if let expected = facts.restoredBy {
            let isInTime = facts.clock.isInTime(expected)
            if !isInTime { kind = .estimated }
            reasons.append(Worded(isInTime ? .restoredBeforeDue : .notRestoredBeforeDue, [.time("at", expected)]))
        }
        if facts.disasterAt.civil().date.day <= 10 { reasons.append(Worded(.previousMonthIsDueToo)) }

        self.kind = kind
        self.reasons = reasons
        missing = Self.missing(in: facts, kind).map { Worded($0) }
    }

    /// What was written after the last copy of so short a time is entered again from paper and memory.
    private static let catchesUp: Duration = .seconds(86_400)

    private static func missing(in facts: ClaimsFacts, _ kind: ClaimsKind) -> [ClaimsMissing] {
        guard facts.submittedAt == nil else { return [] }
        var missing: [ClaimsMissing] = facts.damage.isEmpty ? [.damageReport] : []
        switch kind {
        case .normal:
            if facts.restoredAt == nil { missing.append(.restoredSystem) }
        case .estimated:
            let estimate = facts.estimate
            if !estimate.isNamedByNotice, !estimate.hasCertificate {
                missing.append(.disasterCertificate)
                if !estimate.hasPhotos { missing.append(.photos) }
            }
            let isPaid = estimate.outpatientYen != nil && (!facts.hasBeds || estimate.inpatientYen != nil)
            if !isPaid { missing.append(.payments) }
            if estimate.openDays == nil { missing.append(.openDays) }
            if facts.hasBeds, estimate.inpatientDays == nil { missing.append(.inpatientDays) }
        }
        return missing
    }

    /// Nothing is missing, or the claims are out.
    var isComplete: Bool { missing.isEmpty }

    /// The estimated claim in yen: for out-patients payments ÷ working days × days open, for in-patients payments ÷
    /// calendar days × days with them (reference §9); nil for a normal claim and while a number is missing.
    var estimatedYen: Int? {
        let estimate = facts.estimate
        guard kind == .estimated, let payments = estimate.outpatientYen, let openDays = estimate.openDays else {
            return nil
        }
        let days = facts.clock.threeMonthsBefore
        let outpatient = Self.share(payments, openDays, of: days.working)
        guard facts.hasBeds else { return outpatient }
        guard let payments = estimate.inpatientYen, let inpatientDays = estimate.inpatientDays else { return nil }
        return outpatient + Self.share(payments, inpatientDays, of: days.calendar)
    }

    /// Rounded down: nothing is claimed that was not earned.
    private static func share(_ payments: Int, _ days: Int, of all: Int) -> Int {
        Int(Int128(payments) * Int128(days) / Int128(max(all, 1)))
    }
}

extension ClaimsSheet {
    /// Keys of the columns of the exported list, in its order; their titles are labels `claims.column.<key>`.
    static let columns = ["site", "name", "due", "daysLeft", "kind", "state", "missing", "reasons", "estimate"]

    /// The words for how far it can be.
    static let states = ["incomplete", "complete", "submitted"]

    /// The word for how far it is, a label `claims.state.<word>`.
    var state: String { facts.submittedAt != nil ? "submitted" : isComplete ? "complete" : "incomplete" }

    /// Its line in that list; several missing things or reasons stand between semicolons.
    func cells(site: SiteID, name: String, _ language: Language, asOf: Timestamp) -> [String] {
        [
            site.text, name, facts.clock.due.text, String(facts.clock.daysLeft(at: asOf)),
            Labels.word("claimsKind", kind, language), Labels.text("claims.state.\(state)", language),
            missing.map { $0.text(language, asOf: asOf) }.joined(separator: "; "),
            reasons.map { $0.text(language, asOf: asOf) }.joined(separator: "; "),
            estimatedYen.map { String($0) } ?? "",
        ]
    }

    /// As the site's page has it, keys in this order.
    func json(asOf: Timestamp) -> JSON {
        .object([
            .init("due", .string(facts.clock.due.text)), .init("daysLeft", .integer(facts.clock.daysLeft(at: asOf))),
            .init("kind", .word(kind)), .init("state", .string(state)),
            .init("missing", .array(missing.map(\.json))), .init("reasons", .array(reasons.map(\.json))),
            .init("estimatedYen", .optional(estimatedYen)),
        ])
    }
}
