import AnpiModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The invented country that a fleet stands in: municipalities, rivers, and the networks of power and carriers.
///
/// Codes have the form of the real ones and stand in their prefecture; names, places and rivers are invented.
struct Landscape {
    struct Municipality {
        var code: String
        var name: String
        var prefecture: Int
        var place: Coordinate
        /// Where people live: sites gather around these.
        var hubs: [Coordinate]
        /// Share of sites, not normed.
        var weight: Double
        var weatherArea: String
        var seismicCity: String
        /// How the ground amplifies shaking, in units of intensity.
        var groundTerm: Double
        var feeders: Range<Int>
        /// One for each carrier.
        var exchanges: Range<Int>
    }

    /// The part of the power network that fails and returns at once.
    struct Feeder {
        var municipality: Int
        /// The name in the fleet files, coarser than the feeder.
        var powerArea: String
        var place: Coordinate
    }

    /// The office of one carrier that the lines of a municipality end in.
    struct Exchange {
        var municipality: Int
        var carrier: Int
    }

    static let carriers = ["carrier-a", "carrier-b", "carrier-c", "carrier-d"]
    static let carrierShares = [0.52, 0.26, 0.16, 0.06]
    private static let municipalitiesEach = 24
    private static let feedersPerArea = 3

    private(set) var municipalities: [Municipality] = []
    private(set) var feeders: [Feeder] = []
    private(set) var exchanges: [Exchange] = []
    /// Each a line of points from the hills to the sea.
    private(set) var rivers: [[Coordinate]] = []
    let prefectures: [Int]

    init(_ plan: SimulationPlan) {
        prefectures = plan.prefectures
        for prefecture in plan.prefectures {
            var random = SimulationRandom(seed: plan.seed, .geography, prefecture)
            settle(prefecture, &random)
        }
    }

    private mutating func settle(_ prefecture: Int, _ random: inout SimulationRandom) {
        let centre = Self.centre(of: prefecture)
        var places: [Coordinate] = []
        for number in 0..<Self.municipalitiesEach {
            // The first three are wards of one city.
            let near = number < 3
            let place =
                near
                ? centre.moved(east: random.normal() * 4, north: random.normal() * 4)
                : centre.moved(east: random.within(-32...32), north: random.within(-26...26))
            places.append(place)
            let digits = near ? 101 + number : 203 + number
            let code = Self.padded(prefecture, 2) + Self.padded(digits, 3)
            let firstFeeder = feeders.count
            let firstExchange = exchanges.count
            let index = municipalities.count
            for area in 0..<(near ? 4 : number < 10 ? 2 : 1) {
                for _ in 0..<Self.feedersPerArea {
                    feeders.append(
                        Feeder(
                            municipality: index, powerArea: "p\(code)-\(area + 1)",
                            place: place.moved(east: random.normal() * 3, north: random.normal() * 3)))
                }
            }
            exchanges += Self.carriers.indices.map { Exchange(municipality: index, carrier: $0) }
            municipalities.append(
                Municipality(
                    code: code, name: Self.name(of: number), prefecture: prefecture, place: place,
                    hubs: (0..<4).map { _ in place.moved(east: random.normal() * 2.5, north: random.normal() * 2.5) },
                    weight: near ? 2.2 : 3 / Double(number),
                    weatherArea: (near ? code.prefix(2) + "100" : code[...]) + "00",
                    seismicCity: code + "00", groundTerm: 0.35 + 0.25 * random.normal(),
                    feeders: firstFeeder..<feeders.count, exchanges: firstExchange..<exchanges.count))
        }
        for _ in 0..<2 {
            let through = (0..<4).map { _ in places[Int(random.unit() * 12)] }.sorted { $0.latitude > $1.latitude }
            rivers.append(through.map { $0.moved(east: random.normal(), north: random.normal()) })
        }
    }

    /// Kilometres to the nearest river.
    func riverKilometers(from place: Coordinate) -> Double {
        var nearest = Double.infinity
        for river in rivers {
            for (first, second) in zip(river, river.dropFirst()) {
                nearest = min(nearest, place.kilometers(toLineFrom: first, to: second))
            }
        }
        return nearest
    }

    /// The feeder of the municipality that a place hangs on.
    func feeder(for place: Coordinate, in municipality: Int) -> Int {
        municipalities[municipality].feeders.min {
            feeders[$0].place.distanceKilometers(to: place) < feeders[$1].place.distanceKilometers(to: place)
        } ?? 0
    }

    /// Prefectures lie along an arc, about where the real ones of that number do.
    private static func centre(of prefecture: Int) -> Coordinate {
        let arc: [(number: Double, latitude: Double, longitude: Double)] = [
            (1, 43.0, 141.3), (22, 35.0, 138.2), (40, 33.6, 130.6), (47, 26.4, 127.8),
        ]
        let number = Double(prefecture)
        for (left, right) in zip(arc, arc.dropFirst()) where number <= right.number {
            let share = (number - left.number) / (right.number - left.number)
            return Coordinate(
                latitude: left.latitude + share * (right.latitude - left.latitude),
                longitude: left.longitude + share * (right.longitude - left.longitude))
        }
        return Coordinate(latitude: 26.4, longitude: 127.8)
    }

    private static func name(of number: Int) -> String {
        let first = ["東", "西", "南", "北", "上", "大", "新", "中"]
        let second = ["川", "山", "田", "島", "浜", "沢", "原"]
        let name = first[number % first.count] + second[(number / 2) % second.count]
        return number < 3 ? "中央市" + name + "区" : name + (number < 14 ? "市" : "町")
    }

    static func padded(_ number: Int, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}

extension Coordinate {
    private static let kilometersADegree = 111.2

    /// The place this many kilometres away, on a plane: good for a prefecture.
    func moved(east: Double, north: Double) -> Coordinate {
        Coordinate(
            latitude: latitude + north / Self.kilometersADegree,
            longitude: longitude + east / (Self.kilometersADegree * cos(latitude * .pi / 180)))
    }

    fileprivate func kilometers(toLineFrom first: Coordinate, to second: Coordinate) -> Double {
        let shrink = cos(latitude * .pi / 180)
        func plane(_ place: Coordinate) -> (x: Double, y: Double) {
            (
                (place.longitude - longitude) * shrink * Self.kilometersADegree,
                (place.latitude - latitude) * Self.kilometersADegree
            )
        }
        let (a, b) = (plane(first), plane(second))
        let (dx, dy) = (b.x - a.x, b.y - a.y)
        let length = dx * dx + dy * dy
        let share = length > 0 ? min(1, max(0, -(a.x * dx + a.y * dy) / length)) : 0
        let (x, y) = (a.x + share * dx, a.y + share * dy)
        return (x * x + y * y).squareRoot()
    }
}
