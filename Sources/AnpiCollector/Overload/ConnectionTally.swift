/// Open connections, of all and of each place: one place never has them all.
struct ConnectionTally: Sendable {
    private let max: Int
    private let perPlaceMax: Int
    private(set) var open = 0
    /// At most `max` entries: a place without a connection has none.
    private var byPlace: [NetworkPlace: Int] = [:]

    /// - Parameters:
    ///   - max: of all.
    ///   - perPlaceMax: of one place; a region behind one carrier's address must fit.
    init(max: Int, perPlaceMax: Int) {
        self.max = max
        self.perPlaceMax = perPlaceMax
    }

    /// A connection was opened; false where it is one too many and must be closed, uncounted.
    mutating func opened(from place: NetworkPlace?) -> Bool {
        guard open < max else { return false }
        if let place {
            guard byPlace[place, default: 0] < perPlaceMax else { return false }
            byPlace[place, default: 0] += 1
        }
        open += 1
        return true
    }

    /// A counted connection was closed.
    mutating func closed(from place: NetworkPlace?) {
        open -= 1
        guard let place, let count = byPlace[place] else { return }
        byPlace[place] = count > 1 ? count - 1 : nil
    }
}
