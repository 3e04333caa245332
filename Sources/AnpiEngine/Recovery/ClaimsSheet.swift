import AnpiModel

/// What is still missing before a site's claims can go out.
enum ClaimsMissing: String, SentenceWord {
    static let family = "claims.missing"

    /// Nobody has said what is damaged.
    case damageReport
    /// The system is not restored: the month's records cannot be claimed from it.
    case restoredSystem
    /// 罹災証明書, which an estimated claim rests on outside of the areas that a notice names.
    case disasterCertificate
    /// Pictures of the damage, for certificate and insurance.
    case photos
    /// The authority's notice that allows estimated claims.
    case notice
    /// What the last three months were paid.
    case payments
    /// On how many days the site was open.
    case openDays
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

    /// Records are there, or will be before the due date.
    case recordsKept, restoredBeforeDue
    /// Records of the month are lost.
    case recordsLost, recordsLostFrom
    /// The system cannot be back before the due date.
    case notRestoredBeforeDue
    /// The disaster struck before the 10th: claims of the month before may not be out either.
    case previousMonthIsDueToo
}

/// What a claims sheet is made of.
struct ClaimsFacts: Hashable, Sendable {
    var site: SiteID
    var disasterAt: Timestamp
    var clock: ClaimsClock
    /// There are beds: in-patients are claimed by calendar days.
    var hasBeds: Bool
    var damage: Damage
    /// The site's rung; nil where none is chosen.
    var rung: Rung?
    /// Data is kept up to here.
    var keptUntil: Timestamp?
    /// The system works again since then.
    var restoredAt: Timestamp?
    /// When it is expected to.
    var restoredBy: Timestamp?
    /// Pictures of the damage are there.
    var hasPhotos: Bool
    /// The disaster certificate is there.
    var hasCertificate: Bool
    /// A notice names the area for estimated claims.
    var isNamedByNotice: Bool
    /// What the three months before the claim month were paid, in yen.
    var paymentsOfThreeMonths: Payments?
    /// Days of the claim month on which the site was open.
    var openDays: Int?
    /// A person has said that the claims are out.
    var submittedAt: Timestamp?

    /// Yen.
    struct Payments: Hashable, Sendable {
        var outpatient: Int
        var inpatient: Int
    }
}

/// A site's claims as the office sees them through: by when, how, and what is missing.
struct ClaimsSheet: Hashable, Sendable {
    let facts: ClaimsFacts
    let kind: ClaimsKind
    let reasons: [Worded<ClaimsReason>]
    let missing: [Worded<ClaimsMissing>]

    /// Nothing is missing, or the claims are out.
    var isComplete: Bool { facts.submittedAt != nil || missing.isEmpty }
}
