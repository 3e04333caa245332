import AnpiModel

/// What is believed of f, the share of healthy sites that a rival darkens, on a fixed grid (inference 3).
///
/// Prior and posterior are the same kind of value: no rival at all (f = 0), and 32 points from 0.03 to 0.97.
struct RivalShare: Hashable, Sendable {
    /// P(f = `shares[k]`).
    private var probabilities: [Double]

    /// f = 0.97·k/32, k = 0…32.
    static let shares = (0...32).map { 0.97 * Double($0) / 32 }

    /// A prior: P(f > 0) spread evenly.
    init(belief: Double) {
        probabilities = [1 - belief] + Array(repeating: belief / 32, count: 32)
    }

    /// P(f > 0).
    var belief: Double { probabilities.dropFirst().reduce(0, +) }

    /// Mean of f: q·c of DESIGN §6.5.
    var mean: Double {
        let shares = Self.shares
        var mean = 0.0
        for place in probabilities.indices { mean += probabilities[place] * shares[place] }
        return mean
    }

    /// The mean of f with one site's own vote taken out, so that no site explains its silence by itself.
    func mean(without vote: RivalVote) -> Double {
        let shares = Self.shares
        var total = 0.0
        var weighted = 0.0
        for place in probabilities.indices {
            let others = probabilities[place] / vote.likelihood(at: shares[place])
            total += others
            weighted += others * shares[place]
        }
        return weighted / total
    }

    /// Half of each: an area takes half of its prior from its prefecture's f.
    func mixed(with other: RivalShare) -> RivalShare {
        var mixed = self
        for place in probabilities.indices {
            mixed.probabilities[place] = (probabilities[place] + other.probabilities[place]) / 2
        }
        return mixed
    }

    /// The posterior after these votes.
    func updated(by votes: RivalLikelihood) -> RivalShare {
        var updated = self
        for place in probabilities.indices { updated.probabilities[place] *= votes.relative[place] }
        let total = updated.probabilities.reduce(0, +)
        for place in probabilities.indices { updated.probabilities[place] /= total }
        return updated
    }
}

extension RivalShare {
    /// As a checkpoint holds it: every bit, because what is judged next rests on it.
    func write(to writer: inout ByteWriter) {
        for probability in probabilities { writer.put(probability) }
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        self.init(belief: 0)
        for place in probabilities.indices { probabilities[place] = try reader.double() }
    }
}
