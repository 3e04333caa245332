import AnpiModel

/// Whether a probability means what it says: of the sites given 0.7, seven in ten should be hit.
package struct Reliability: Hashable, Sendable {
    package struct Bin: Hashable, Sendable {
        package var count = 0
        package var sum = 0.0
        package var hits = 0

        /// Mean of what was said; nil where nothing was.
        package var said: Double? { count == 0 ? nil : sum / Double(count) }
        /// Share that was hit.
        package var hit: Double? { count == 0 ? nil : Double(hits) / Double(count) }
    }

    /// Equal widths: 0–0.2, 0.2–0.4, …; 1 belongs to the last.
    package private(set) var bins: [Bin]
    private var squares = 0.0

    package init(bins: Int = 5) { self.bins = Array(repeating: Bin(), count: bins) }

    package var count: Int { bins.reduce(0) { $0 + $1.count } }

    /// Mean of (probability − outcome)², outcome 0 or 1 (Brier 1950); 0 is perfect.
    package var brier: Double? { count == 0 ? nil : squares / Double(count) }

    /// The largest distance between said and hit of a bin with at least `least` forecasts.
    package func worstBin(least: Int = 20) -> Double? {
        bins.filter { $0.count >= least }.compactMap { bin in
            bin.said.flatMap { said in bin.hit.map { abs($0 - said) } }
        }
        .max()
    }

    package mutating func add(_ probability: Double, isHit: Bool) {
        let bin = min(bins.count - 1, max(0, Int(probability * Double(bins.count))))
        bins[bin].count += 1
        bins[bin].sum += probability
        bins[bin].hits += isHit ? 1 : 0
        let miss = probability - (isHit ? 1 : 0)
        squares += miss * miss
    }

    /// Adds another world's forecasts to these; both have as many bins.
    package mutating func add(_ other: Reliability) {
        for index in bins.indices {
            bins[index].count += other.bins[index].count
            bins[index].sum += other.bins[index].sum
            bins[index].hits += other.bins[index].hits
        }
        squares += other.squares
    }
}
