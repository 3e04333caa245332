package import AnpiModel
import Synchronization

/// Finds the copy that a ping URL speaks for: by the digest of its UUID, or by key and slug.
package final class PingDirectory: Sendable {
    package enum Match: Hashable, Sendable {
        case place(PingPlace)
        /// No such URL, or it was revoked, or no such copy in the key's scope: 404 without saying which.
        case unknown
        /// Two copies share the slug (ids that differ in case only): 409.
        case ambiguous
    }

    private struct Candidate: Sendable {
        let place: PingPlace
        let office: OfficeID
    }

    private let tokens: TokenTable
    private let slugs = Mutex<[String: [Candidate]]>([:])

    package init(tokens: TokenTable) {
        self.tokens = tokens
    }

    /// The copies that can be named by slug; called when a fleet version has been applied.
    package func replacePlaces(from fleet: Fleet) {
        let offices = Dictionary(fleet.sites.map { ($0.id, $0.office) }, uniquingKeysWith: { first, _ in first })
        var next: [String: [Candidate]] = [:]
        for copy in fleet.copies {
            guard let office = offices[copy.site] else { continue }
            let place = PingPlace(site: copy.site, tier: copy.tier)
            next[place.slug, default: []].append(Candidate(place: place, office: office))
        }
        slugs.withLock { $0 = next }
    }

    package func find(_ path: PingPath, at now: Timestamp) -> Match {
        switch path.credential {
        case .copy(let uuid):
            guard let place = tokens.ping(secret: uuid, at: now)?.ping else { return .unknown }
            return .place(place)
        case .key(let key, let slug):
            guard let record = tokens.ping(secret: key, at: now), record.ping == nil else { return .unknown }
            let candidates = slugs.withLock { $0[slug] } ?? []
            let inScope = candidates.filter { record.offices?.contains($0.office) ?? true }
            if inScope.count > 1 { return .ambiguous }
            return inScope.first.map { .place($0.place) } ?? .unknown
        }
    }
}
