/// Whether a silence began with others of its neighbourhood at the same moment, or alone.
///
/// Under a warning of water the two rivals look alike in every other way: a feeder or an exchange darkens streets as the
/// water does. But it takes its sites in one moment, and the water comes to one after the other. So the odds that
/// something shared explains a silence are multiplied by C/W: how likely a shared cause makes it that so many began with
/// it, over how likely chance does.
struct SharedStart: Hashable, Sendable {
    /// Neighbours that began with it.
    private var together = 0
    /// Neighbours that began at another time within the hour and a half, before or after.
    private var apart = 0
    /// Neighbours that are heard.
    private var heard = 0

    mutating func addHeard() { heard += 1 }

    mutating func addSilent(isTogether: Bool) { if isTogether { together += 1 } else { apart += 1 } }

    /// C/W. C is uniform, for a shared cause may take any share of the neighbours; W is Poisson's, by the pace at which
    /// the others began.
    ///
    /// - Parameters:
    ///   - window: how long "the same moment" is, as precisely as two devices' intervals can tell.
    ///   - span: in which `apart` were counted.
    func ratio(window: Duration, span: Duration) -> Double {
        let neighbours = min(together + apart + heard, Self.neighboursMax)
        let byCause = 1 / Double(neighbours + 1)
        // Half of one: nobody else in ninety minutes does not prove that nobody ever.
        let pace = (Double(apart) + 0.5) * (window / span)
        var byChance = (-pace).exponential
        for count in 0..<together { byChance *= pace / Double(count + 1) }
        return min(Self.ratioMax, byCause / byChance)
    }

    /// A cause takes some of the nearest, not a share of a whole town: more neighbours say no more than so many.
    private static let neighboursMax = 19
    /// However many began together, a share that nothing else speaks for is not certain.
    private static let ratioMax = 1_000.0

    /// The odds of a share multiplied by such a ratio.
    static func share(_ share: Double, times ratio: Double) -> Double {
        share * ratio / (1 - share + share * ratio)
    }
}
