import AnpiModel

/// What is believed of one area's rival: how many of its healthy sites something else than harm has darkened.
struct RivalState: Hashable, Sendable {
    /// Nil while none of its sites is silent.
    var share: RivalShare?
    /// The mean of f.
    var mean = 0.0
    /// Of a carrier: its outage is taken for real (inference 3).
    var isEstablished = false
    /// For so long after a dark hour a return of power is not the end of it (the tail of inference 3).
    var darkUntil = Timestamp.distantPast

    var isIdle: Bool { share == nil && darkUntil == .distantPast }
}

/// The votes that an area was judged by last, and what follows from them: they are often the same at the next judgement,
/// when only the area's prior has moved.
struct JudgedBallot: Sendable {
    let ballot: RivalBallot
    let likelihood: RivalLikelihood
}

/// The sites that an outage finding names, and how many of them are still dark.
struct OutageArea: Sendable {
    /// The finding's number.
    let finding: Int
    /// Its sites, ascending.
    let members: [Int32]
    /// Silent and heard sites by municipality, in the order of the index's municipalities met.
    var counts: [Count] = []

    struct Count: Hashable, Sendable {
        var municipality: Int32
        var silent = 0
        var heard = 0
    }

    /// The share of its sites that is dark outside one municipality; of all of them where it names no other. A half
    /// more of a heard site than there is keeps one silent neighbour from proving everything.
    func darkShare(without municipality: Int32) -> Double {
        var outside = Count(municipality: -1)
        var all = Count(municipality: -1)
        for count in counts {
            all.silent += count.silent
            all.heard += count.heard
            guard count.municipality != municipality else { continue }
            outside.silent += count.silent
            outside.heard += count.heard
        }
        let used = outside.silent + outside.heard > 0 ? outside : all
        guard used.silent > 0 else { return 0 }
        return Double(used.silent) / (Double(used.silent + used.heard) + 0.5)
    }
}
