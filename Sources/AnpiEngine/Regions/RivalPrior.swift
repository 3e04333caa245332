/// P(f > 0) before any site has voted, by what the rival covers (inference 3).
enum RivalPrior: Hashable, Sendable {
    case carrier
    case powerArea
    case prefecture

    /// - Parameter underHazard: an official warning of level 3 and above is in force there.
    func share(underHazard: Bool) -> RivalShare {
        switch self {
        // Storms do not choose a carrier.
        case .carrier: RivalShare(belief: 0.001)
        case .powerArea: RivalShare(belief: underHazard ? 0.3 : 0.003)
        case .prefecture: RivalShare(belief: underHazard ? 0.02 : 0.0001)
        }
    }
}
