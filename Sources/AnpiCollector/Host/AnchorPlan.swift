import AnpiDigest
import AnpiEngine
import AnpiModel
import AnpiStore
import FoundationEssentials

/// Which heads of the journal's chains are still to be told.
///
/// A chain is told once it has grown. That the telling is itself a line of `main` does not count as growth, or a quiet
/// night would be full of them.
struct AnchorPlan {
    /// How many lines of earlier processes are looked through for what they have told.
    static let linesRead = 1_000

    /// By chain, the number of the line that was told last.
    private var told: [String: Int64] = [:]

    init() {}

    /// Goes on from what the journal says has been told: chains of processes that have ended are told once.
    init(after journal: Journal) throws {
        for line in try journal.readBackwards(
            limit: Self.linesRead, filter: .init(kinds: [DecisionName.journalAnchored.rawValue]))
        {
            guard let body = line.body,
                let anchored = try? JSONDecoder().decode(Input.Anchored.self, from: Data(body.utf8))
            else { continue }
            for chain in anchored.chains { told[chain.chain] = max(told[chain.chain] ?? 0, chain.seq) }
        }
    }

    /// What is to be told now; nil where nothing has grown.
    func due(_ heads: [ChainHead]) -> Input.Anchored? {
        let main = heads.first { $0.chain == Journal.main }
        let doors = heads.filter { $0.chain != Journal.main && told[$0.chain] != $0.seq }
        let hasGrown = (main?.seq ?? 0) > (told[Journal.main] ?? -1) + 1
        guard hasGrown || !doors.isEmpty else { return nil }
        return Input.Anchored(
            chains: (doors + [main].compactMap { $0 }).map {
                .init(chain: $0.chain, seq: $0.seq, hash: Hexadecimal.encode($0.hash))
            })
    }

    mutating func wasTold(_ anchored: Input.Anchored) {
        for chain in anchored.chains { told[chain.chain] = chain.seq }
    }
}
