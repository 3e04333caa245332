import AnpiModel
import Synchronization

/// The overviews that were made last, shared by all who may see the same while much is going on.
///
/// The first screen is never refused, since it is what everybody looks at in a disaster. It goes through the whole
/// fleet; so from `busy` on one answer serves everybody of the same scope for a while, and says as of when it holds. Where
/// no new one can be made, because the store stands still or the engine is being loaded, the last one is shown.
package final class SharedOverviews: Sendable {
    /// Overviews that are kept, 200 kB each; the one that was made longest ago goes first.
    static let overviewsMax = 32
    /// How old an answer may be, by level.
    static let busyAge = Duration.seconds(3)
    static let crowdedAge = Duration.seconds(10)
    /// The same where no new one can be made.
    static let lastAge = Duration.seconds(600)

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

    /// The overview of `key`: a shared one where the level says so, else a new one, else the last one.
    func overview(
        of key: Key, level: LoadLevel, now: @Sendable () -> Timestamp, make: () async throws -> Overview
    ) async throws -> Overview {
        let asked = now()
        let known = kept.withLock { $0[key] }
        let age = known.map { asked - $0.made }
        let sharedAge: Duration? =
            switch level {
            case .calm: nil
            case .busy: Self.busyAge
            case .crowded: Self.crowdedAge
            }
        if let known, let age, let sharedAge, age < sharedAge { return known.overview }
        do {
            let overview = try await make()
            keep(Kept(made: asked, overview: overview), for: key)
            return overview
        } catch let error as CollectorError {
            // Whoever may not see it, or asks for what is not there, was told so by another error.
            guard let known, let age, age < Self.lastAge else { throw error }
            return known.overview
        }
    }

    private func keep(_ overview: Kept, for key: Key) {
        kept.withLock { kept in
            if kept.count >= Self.overviewsMax, kept[key] == nil,
                let oldest = kept.min(by: { $0.value.made < $1.value.made })
            {
                kept[oldest.key] = nil
            }
            kept[key] = overview
        }
    }
}
