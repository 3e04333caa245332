/// What the sites of an area say of its rival, equal votes together.
struct RivalBallot: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        let vote: RivalVote
        var count: Int
    }

    /// In the order in which the votes were cast; the same vote may stand here twice, far apart.
    private(set) var entries: [Entry] = []

    /// Heard sites of an area mostly say the same: it is looked for among so many entries, the last ones.
    private static let looksBack = 8

    mutating func cast(_ vote: RivalVote) {
        var place = entries.count - 1
        let end = max(-1, place - Self.looksBack)
        while place > end {
            if entries[place].vote == vote {
                entries[place].count += 1
                return
            }
            place -= 1
        }
        entries.append(Entry(vote: vote, count: 1))
    }
}

/// Logarithms of votes at every share, made once for each vote: most sites say for hours what they said before.
struct VoteLogarithms: Sendable {
    /// Looked up, never iterated.
    private var places: [RivalVote: Int] = [:]
    /// Of all votes met, one after the other, each at `RivalShare.shares`.
    private var logarithms: [Double] = []

    /// Votes kept; beyond, all of them are made anew.
    private static let votesMax = 4_096

    init() {}

    /// Adds the logarithm of so many equal votes to the sums at each share.
    mutating func add(_ entry: RivalBallot.Entry, to sums: inout [Double]) {
        let first = place(of: entry.vote)
        let count = Double(entry.count)
        for place in sums.indices { sums[place] += count * logarithms[first + place] }
    }

    private mutating func place(of vote: RivalVote) -> Int {
        if let known = places[vote] { return known }
        if places.count >= Self.votesMax { self = VoteLogarithms() }
        let first = logarithms.count
        for share in RivalShare.shares { logarithms.append(vote.likelihood(at: share).naturalLogarithm) }
        places[vote] = first
        return first
    }
}
