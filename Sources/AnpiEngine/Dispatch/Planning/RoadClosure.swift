package import AnpiModel

/// A stretch or an area that nobody, or only the careful, can drive through until somebody says otherwise.
package struct RoadClosure: Hashable, Sendable {
    package enum Shape: Hashable, Sendable {
        /// A ring; closed or not.
        case area([Coordinate])
        /// A road, and how far to both sides of it our straight lines still count as using it.
        case line([Coordinate], bufferKilometers: Double)
    }

    package enum Effect: String, Hashable, Sendable, CaseIterable {
        /// Nobody gets through: who has to go there waits until it opens.
        case closed
        /// `passableWithCare`: a leg through it takes three times as long.
        case slow
    }

    package var shape: Shape
    package var effect: Effect
    /// When it is expected to be over: the finding's expiry.
    package var until: Timestamp

    package init(shape: Shape, effect: Effect, until: Timestamp) {
        self.shape = shape
        self.effect = effect
        self.until = until
    }

    /// How far from a closed line straight legs are held up by it, in kilometres.
    package static let bufferKilometers = 0.1
}
