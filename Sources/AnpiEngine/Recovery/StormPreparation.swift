/// How far a site was looked at before the storm that is warned of: nobody is asked or rung up twice for the same.
///
/// The raw values are what checkpoints hold.
enum StormPreparation: UInt8, Comparable, Sendable {
    /// No storm is coming, or nobody has looked yet.
    case none
    /// A copy away from the building is proven and new enough.
    case safe
    /// Its agents are asked to bring the data away: what is away is not proven, or old.
    case asked
    /// It would lose its data: its people are to be rung up as well, once it is among the worst of its office.
    case threatened
    /// They are, or were.
    case rungUp

    static func < (left: StormPreparation, right: StormPreparation) -> Bool { left.rawValue < right.rawValue }
}
