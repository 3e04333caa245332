/// How many of the healthy sites each rival darkens, in the order of `Rival.allCases`.
struct RivalShares: Hashable, Sendable {
    var power = 0.0
    var carrier = 0.0
    var agentRelease = 0.0

    /// The same, none more than `most`.
    func capped(at most: Double) -> RivalShares {
        RivalShares(
            power: Swift.min(power, most), carrier: Swift.min(carrier, most),
            agentRelease: Swift.min(agentRelease, most))
    }
}

extension RivalShares: RandomAccessCollection {
    var startIndex: Int { 0 }
    var endIndex: Int { 3 }

    subscript(place: Int) -> (rival: Rival, share: Double) {
        switch place {
        case 0: (.power, power)
        case 1: (.carrier, carrier)
        default: (.agentRelease, agentRelease)
        }
    }
}
