import AnpiModel
import Testing

@testable import AnpiEngine

@Suite struct RoadBarrierTests {
    private static func barrier(_ shape: RoadClosure.Shape) throws -> RoadBarrier {
        let closure = RoadClosure(shape: shape, effect: .closed, until: PlanningInstance.at(60))
        return try #require(RoadBarrier(closure, now: PlanningInstance.now))
    }

    /// A square of 0.1 degrees around Shizuoka's castle.
    private static let square = [(34.93, 138.33), (34.93, 138.43), (35.03, 138.43), (35.03, 138.33)].map {
        Coordinate(latitude: $0.0, longitude: $0.1)
    }

    @Test(arguments: [
        // Across it, into it, out of it, within it, beside it, past a corner.
        (34.98, 138.20, 34.98, 138.60, true), (34.98, 138.20, 34.98, 138.38, true),
        (34.98, 138.38, 35.20, 138.38, true), (34.97, 138.37, 34.98, 138.38, true),
        (34.80, 138.20, 34.80, 138.60, false), (35.10, 138.20, 34.98, 138.31, false),
    ])
    func aLegIsHeldUpByAnAreaThatItTouches(a: Double, b: Double, c: Double, d: Double, isCrossed: Bool) throws {
        let (start, end) = (Coordinate(latitude: a, longitude: b), Coordinate(latitude: c, longitude: d))
        for ring in [Self.square, Self.square + [Self.square[0]], Self.square.reversed()] {
            let barrier = try Self.barrier(.area(ring))
            #expect(barrier.isCrossed(from: start, to: end) == isCrossed)
            #expect(barrier.isCrossed(from: end, to: start) == isCrossed)
        }
    }

    /// A road from west to east; a degree of latitude is 111.2 km.
    @Test(arguments: [(0.001, 0.2, true), (0.001, 0.1, false), (0.0, 0.0, false), (-0.01, 0.0, true)])
    func aLegIsHeldUpByALineThatItCrossesOrComesNearTo(from offset: Double, buffer: Double, isCrossed: Bool) throws {
        let line = [Coordinate(latitude: 35, longitude: 138.3), Coordinate(latitude: 35, longitude: 138.4)]
        let barrier = try Self.barrier(.line(line, bufferKilometers: buffer))
        let start = Coordinate(latitude: 35 + offset, longitude: 138.35)
        let end = Coordinate(latitude: 35.2, longitude: 138.35)
        #expect(barrier.isCrossed(from: start, to: end) == isCrossed)
    }

    @Test(arguments: Array(1...20) as [UInt64])
    func aPointOfTheWayInsideMeansThatItIsCrossed(seed: UInt64) throws {
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        func somewhere() -> Coordinate {
            Coordinate(
                latitude: .random(in: 34.8...35.1, using: &random), longitude: .random(in: 138...138.5, using: &random))
        }
        let barrier = try Self.barrier(.area((0..<5).map { _ in somewhere() }))
        for _ in 0..<200 {
            let (start, end) = (somewhere(), somewhere())
            let touches = (0...100).contains { step in
                let share = Double(step) / 100
                let point = Coordinate(
                    latitude: start.latitude + share * (end.latitude - start.latitude),
                    longitude: start.longitude + share * (end.longitude - start.longitude))
                return barrier.isCrossed(from: point, to: point)
            }
            if touches { #expect(barrier.isCrossed(from: start, to: end)) }
        }
    }
}

@Suite struct TravelTableTests {
    private static func table(_ closures: [RoadClosure], hazard: Bool = false) -> TravelTable {
        var places = [PlanningInstance.place(0), PlanningInstance.place(40)]
        places[1].isInHazardArea = hazard
        return TravelTable(places: places, closures: closures, now: PlanningInstance.now)
    }

    private static func across(_ effect: RoadClosure.Effect, until: Int) -> RoadClosure {
        let line = [PlanningInstance.place(20, -5).coordinate, PlanningInstance.place(20, 5).coordinate]
        return RoadClosure(shape: .line(line, bufferKilometers: 0.1), effect: effect, until: PlanningInstance.at(until))
    }

    @Test func speedGoesByBothEnds() {
        #expect(Self.table([]).drive(from: 0, to: 1) == 40 * 60_000)
        // Half at 25 km/h.
        #expect(Self.table([], hazard: true).drive(from: 1, to: 0) == 52 * 60_000)
    }

    @Test(arguments: [(0, 130), (89, 130), (90, 130), (100, 140)])
    func aClosedRoadIsWaitedFor(ready: Int, arrival: Int) {
        let table = Self.table([Self.across(.closed, until: 90), Self.across(.closed, until: 30)])
        #expect(table.arrival(from: 0, to: 1, ready: ready * 60_000) == arrival * 60_000)
        #expect(table.departure(from: 0, to: 1, ready: ready * 60_000) == max(90, ready) * 60_000)
    }

    /// Three times as long, or after it is clear, whichever is sooner.
    @Test(arguments: [(0, 120), (50, 130), (89, 130), (90, 130), (100, 140)])
    func aSlowRoadTakesThreeTimesAsLong(ready: Int, arrival: Int) {
        let table = Self.table([Self.across(.slow, until: 90)])
        #expect(table.arrival(from: 0, to: 1, ready: ready * 60_000) == arrival * 60_000)
    }

    @Test func whatIsOverHoldsNobodyUp() {
        #expect(Self.table([Self.across(.closed, until: 0)]).arrival(from: 0, to: 1, ready: 0) == 40 * 60_000)
    }
}
