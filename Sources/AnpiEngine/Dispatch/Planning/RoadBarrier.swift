import AnpiModel

/// A closure on a plane of kilometres around itself, asked of every leg.
///
/// Legs are straight lines between places, since no map of roads is at hand: what a closure touches is held up, also where
/// a detour may exist. The coordinator sees which legs, and a finding of `open` ends it.
struct RoadBarrier: Sendable {
    let effect: RoadClosure.Effect
    /// Milliseconds after the problem's now.
    let until: Int
    private let isArea: Bool
    private let corners: [Point]
    private let origin: Coordinate
    private let eastKilometersPerDegree: Double
    private let bufferKilometers: Double
    private var low: Point
    private var high: Point

    private struct Point {
        var x: Double
        var y: Double
    }

    private static let northKilometersPerDegree = 111.195

    /// Nil where the shape has no point.
    init?(_ closure: RoadClosure, now: Timestamp) {
        let coordinates: [Coordinate]
        switch closure.shape {
        case .area(let ring): (coordinates, isArea, bufferKilometers) = (ring, true, 0)
        case .line(let line, let buffer): (coordinates, isArea, bufferKilometers) = (line, false, max(0, buffer))
        }
        guard let first = coordinates.first else { return nil }
        effect = closure.effect
        until = Int(closure.until.milliseconds - now.milliseconds)
        origin = first
        eastKilometersPerDegree = Self.eastKilometersPerDegree(at: first)
        corners = coordinates.map { [eastKilometersPerDegree] in
            Self.point($0, from: first, eastKilometersPerDegree: eastKilometersPerDegree)
        }
        low = corners[0]
        high = corners[0]
        for corner in corners {
            low = Point(x: min(low.x, corner.x), y: min(low.y, corner.y))
            high = Point(x: max(high.x, corner.x), y: max(high.y, corner.y))
        }
        low = Point(x: low.x - bufferKilometers, y: low.y - bufferKilometers)
        high = Point(x: high.x + bufferKilometers, y: high.y + bufferKilometers)
    }

    /// True where the straight way leads through it, or begins or ends in it.
    func isCrossed(from start: Coordinate, to end: Coordinate) -> Bool {
        var a = Self.point(start, from: origin, eastKilometersPerDegree: eastKilometersPerDegree)
        var b = Self.point(end, from: origin, eastKilometersPerDegree: eastKilometersPerDegree)
        // There as back, to the last bit.
        if (b.x, b.y) < (a.x, a.y) { swap(&a, &b) }
        guard max(a.x, b.x) >= low.x, min(a.x, b.x) <= high.x, max(a.y, b.y) >= low.y, min(a.y, b.y) <= high.y else {
            return false
        }
        if isArea, isInside(a) || isInside(b) { return true }
        // A ring is closed by its last edge, a line is not; a line of one point is a point.
        guard var previous = isArea || corners.count == 1 ? corners.last : corners.first else { return false }
        for corner in corners {
            if Self.intersect(a, b, previous, corner) { return true }
            if bufferKilometers > 0, Self.distance(a, b, previous, corner) <= bufferKilometers { return true }
            previous = corner
        }
        return false
    }

    /// One degree of longitude in kilometres, by the distance to the next degree.
    private static func eastKilometersPerDegree(at place: Coordinate) -> Double {
        let next = Coordinate(latitude: place.latitude, longitude: place.longitude - 1)
        return place.distanceKilometers(to: next)
    }

    private static func point(
        _ coordinate: Coordinate, from origin: Coordinate, eastKilometersPerDegree: Double
    ) -> Point {
        Point(
            x: (coordinate.longitude - origin.longitude) * eastKilometersPerDegree,
            y: (coordinate.latitude - origin.latitude) * northKilometersPerDegree)
    }

    /// The even-odd rule, as for the areas of warnings.
    private func isInside(_ point: Point) -> Bool {
        guard var previous = corners.last else { return false }
        var isInside = false
        for corner in corners {
            if (corner.y > point.y) != (previous.y > point.y) {
                let share = (point.y - corner.y) / (previous.y - corner.y)
                if point.x < corner.x + share * (previous.x - corner.x) { isInside.toggle() }
            }
            previous = corner
        }
        return isInside
    }

    /// Whether two segments have a point in common.
    private static func intersect(_ a: Point, _ b: Point, _ c: Point, _ d: Point) -> Bool {
        func side(_ a: Point, _ b: Point, _ p: Point) -> Double {
            (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)
        }
        let (sideOfC, sideOfD) = (side(a, b, c), side(a, b, d))
        let (sideOfA, sideOfB) = (side(c, d, a), side(c, d, b))
        return sideOfC * sideOfD < 0 && sideOfA * sideOfB < 0
    }

    /// The distance of two segments that do not intersect: that of one of their ends.
    private static func distance(_ a: Point, _ b: Point, _ c: Point, _ d: Point) -> Double {
        let square = min(
            min(squaredDistance(a, c, d), squaredDistance(b, c, d)),
            min(squaredDistance(c, a, b), squaredDistance(d, a, b)))
        return square.squareRoot()
    }

    private static func squaredDistance(_ point: Point, _ from: Point, _ to: Point) -> Double {
        let (dx, dy) = (to.x - from.x, to.y - from.y)
        let length = dx * dx + dy * dy
        let along = length > 0 ? ((point.x - from.x) * dx + (point.y - from.y) * dy) / length : 0
        let share = max(0, min(1, along))
        let (x, y) = (from.x + share * dx - point.x, from.y + share * dy - point.y)
        return x * x + y * y
    }
}
