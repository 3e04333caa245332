import AnpiModel

/// How long every leg between the places of a problem takes, and until when closed roads hold it up.
///
/// A later start never arrives earlier, which is what lets times be computed forward along a route.
struct TravelTable: Sendable {
    /// One leg; times are milliseconds.
    private struct Leg {
        var drive: Int32
        /// Place in `delays`; 0 where nothing holds it up.
        var delay: Int32
    }

    /// Milliseconds after the problem's now; 0 where there is no such closure.
    private struct Delay: Hashable {
        var closedUntil = 0
        var slowUntil = 0
    }

    /// A leg through what is passable with care takes so many times as long.
    static let careFactor = 3

    private let count: Int
    private var legs: [Leg]
    private var delays = [Delay()]

    init(places: [PlanningProblem.Place], closures: [RoadClosure], now: Timestamp) {
        count = places.count
        legs = Array(repeating: Leg(drive: 0, delay: 0), count: count * count)
        let barriers = closures.filter { $0.until > now }.compactMap { RoadBarrier($0, now: now) }
        for from in 0..<count {
            for to in 0..<from {
                var leg = Leg(drive: Int32(clamping: places[from].driveMilliseconds(to: places[to])), delay: 0)
                if !barriers.isEmpty, leg.drive > 0 {
                    leg.delay = delay(on: places[from].coordinate, places[to].coordinate, barriers)
                }
                legs[from * count + to] = leg
                legs[to * count + from] = leg
            }
        }
    }

    private mutating func delay(on start: Coordinate, _ end: Coordinate, _ barriers: [RoadBarrier]) -> Int32 {
        var delay = Delay()
        for index in barriers.indices where barriers[index].isCrossed(from: start, to: end) {
            switch barriers[index].effect {
            case .closed: delay.closedUntil = max(delay.closedUntil, barriers[index].until)
            case .slow: delay.slowUntil = max(delay.slowUntil, barriers[index].until)
            }
        }
        if let known = delays.firstIndex(of: delay) { return Int32(known) }
        delays.append(delay)
        return Int32(delays.count - 1)
    }

    /// Milliseconds of driving on open roads.
    @inline(__always)
    func drive(from start: Int, to end: Int) -> Int { Int(legs[start * count + end].drive) }

    /// When one sets out who is ready at `ready`: at once, or when the road opens.
    func departure(from start: Int, to end: Int, ready: Int) -> Int {
        max(ready, delays[Int(legs[start * count + end].delay)].closedUntil)
    }

    /// When one is there who is ready at `ready`: on closed roads after they open, on slow ones after three times as long or
    /// once they are clear, whichever is sooner.
    @inline(__always)
    func arrival(from start: Int, to end: Int, ready: Int) -> Int {
        let leg = legs[start * count + end]
        let drive = Int(leg.drive)
        guard leg.delay != 0 else { return ready + drive }
        let delay = delays[Int(leg.delay)]
        let leaving = max(ready, delay.closedUntil)
        guard leaving < delay.slowUntil else { return leaving + drive }
        return min(leaving + Self.careFactor * drive, delay.slowUntil + drive)
    }

    /// Until when the leg is closed; nil where it is not.
    func closedUntil(from start: Int, to end: Int) -> Int? {
        let until = delays[Int(legs[start * count + end].delay)].closedUntil
        return until > 0 ? until : nil
    }

    /// All roads open: to see whether it was a road that stood in the way.
    mutating func openAllRoads() {
        delays = Array(repeating: Delay(), count: delays.count)
    }
}
