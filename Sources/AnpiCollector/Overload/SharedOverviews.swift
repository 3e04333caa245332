import AnpiModel
import Synchronization

/// The overviews that were made last, shared by all who may see the same while much is going on.
///
/// The first screen is never refused, since it is what everybody looks at in a disaster. It goes through the whole
/// fleet; so from `busy` on one answer serves everybody of the same scope for a while, and says as of when it holds.
package final class SharedOverviews: Sendable {
    /// Scopes whose overview is kept; there are about 70 offices.
    static let overviewsMax = 128
    /// How old an answer may be, by level.
    static let busyAge = Duration.seconds(3)
    static let crowdedAge = Duration.seconds(10)

    /// Whose overview.
    struct Key: Hashable, Sendable {
        var office: OfficeID?
        /// The caller's; nil is all.
        var offices: [OfficeID]?
    }

    /// An overview and when it holds.
    struct Overview: Sendable {
        var asOf: Timestamp
        var json: JSON
    }

    private struct Kept {
        var made: Timestamp
        var overview: Overview
    }

    private let kept = Mutex<[Key: Kept]>([:])

    package init() {}

    /// The overview of `key`: a shared one where the level says so, else a new one.
    ///
    /// Nothing is kept in calm times, and memory of those before is freed with the first answer after them.
    func overview(
        of key: Key, level: LoadLevel, now: @Sendable () -> Timestamp, make: () async throws -> Overview
    ) async throws -> Overview {
        guard level > .calm else {
            kept.withLock { if !$0.isEmpty { $0 = [:] } }
            return try await make()
        }
        let asked = now()
        let ageMax = level == .busy ? Self.busyAge : Self.crowdedAge
        if let known = kept.withLock({ $0[key] }), asked - known.made < ageMax { return known.overview }
        let overview = try await make()
        kept.withLock { kept in
            if kept.count >= Self.overviewsMax { kept = kept.filter { asked - $0.value.made < Self.crowdedAge } }
            if kept.count < Self.overviewsMax { kept[key] = Kept(made: asked, overview: overview) }
        }
        return overview
    }
}
