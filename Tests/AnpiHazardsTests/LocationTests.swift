import AnpiEngine
import AnpiModel
import Testing

@Suite struct LocationTests {
    private static func site(
        _ municipality: String, weather: String? = nil, seismic: String? = nil, latitude: Double = 35.0,
        longitude: Double = 138.45, name: String? = nil
    ) -> HazardLocation {
        HazardLocation(
            municipality: municipality, weatherArea: weather, seismicCity: seismic,
            coordinate: Coordinate(latitude: latitude, longitude: longitude), municipalityName: name)
    }

    @Test(arguments: [
        // Exact codes.
        (site("22212"), HazardArea.Place.municipality("22212"), true), (site("22212"), .municipality("22214"), false),
        (site("22103", weather: "2210001"), .weather("2210001"), true),
        // Shizuoka is split by weather: south is not north.
        (site("22103", weather: "2210001"), .weather("2210002"), false),
        // A site whose part is not known is in both.
        (site("22103"), .weather("2210002"), true), (site("22101"), .weather("2210001"), true),
        // A warning for the whole city reaches its parts, and a site filed under the whole city all parts.
        (site("22103", weather: "2210001"), .weather("2210000"), true),
        (site("22103", weather: "2210000"), .weather("2210002"), true),
        // Codes that were split since: the first five digits.
        (site("36207"), .weather("3620701"), true), (site("36207", weather: "3620702"), .weather("3620700"), true),
        (site("36207", weather: "3620702"), .weather("3620701"), false),
        // A river names wards, weather the city.
        (site("22103", weather: "2210001"), .weather("2210300"), true),
        (site("22102", weather: "2210001"), .weather("2210300"), false),
        (site("22103"), .municipality("22100"), true), (site("22131"), .municipality("22100"), false),
        (site("22131"), .municipality("22130"), true), (site("14131"), .weather("1410000"), false),
        (site("14131"), .weather("1413000"), true),
        // Tokyo's wards are no designated city's.
        (site("13101"), .weather("1310100"), true), (site("13102"), .weather("1310100"), false),
        // Quakes name wards.
        (site("22103", seismic: "2210300"), .seismic("2210300"), true),
        (site("22103", seismic: "2210300"), .seismic("2210100"), false),
        (site("22103"), .seismic("2210300"), true), (site("22103"), .seismic("2210100"), false),
        // Prefectures, and class10 of them.
        (site("22103"), .prefecture("22"), true), (site("22103"), .prefecture("220010"), true),
        (site("23100"), .prefecture("22"), false),
        // Names.
        (site("22103", name: "静岡市清水区"), .named("静岡市清水区", prefecture: "22"), true),
        (site("22103", name: "静岡市清水区"), .named("静岡市清水区南部", prefecture: "22"), true),
        (site("22103", name: "静岡市清水区"), .named("静岡市", prefecture: "22"), true),
        (site("22103", name: "静岡市清水区"), .named("静岡市葵区", prefecture: "22"), false),
        (site("34208", name: "府中市"), .named("府中市", prefecture: "13"), false),
        (site("22103"), .named("静岡市清水区", prefecture: "22"), false),
    ])
    func aSiteIsWhereItsCodesSay(location: HazardLocation, place: HazardArea.Place, isIn: Bool) {
        #expect(location.isIn(place) == isIn)
    }

    private static func ring(_ points: (Double, Double)...) -> HazardArea.Place {
        .polygon(points.map { Coordinate(latitude: $0.0, longitude: $0.1) })
    }

    @Test(arguments: [
        (ring((34.9, 138.4), (35.1, 138.4), (35.1, 138.5), (34.9, 138.5)), 35.0, 138.45, true),
        // Closed by hand: the same.
        (ring((34.9, 138.4), (35.1, 138.4), (35.1, 138.5), (34.9, 138.5), (34.9, 138.4)), 35.0, 138.45, true),
        (ring((34.9, 138.4), (35.1, 138.4), (35.1, 138.5), (34.9, 138.5)), 35.0, 138.55, false),
        // A bow tie: each wing is inside, above and below the knot is not.
        (ring((35, 138), (36, 139), (35, 139), (36, 138)), 35.5, 138.1, true),
        (ring((35, 138), (36, 139), (35, 139), (36, 138)), 35.5, 138.9, true),
        (ring((35, 138), (36, 139), (35, 139), (36, 138)), 35.1, 138.5, false),
        (ring((35, 138), (36, 139), (35, 139), (36, 138)), 35.9, 138.5, false),
        (HazardArea.Place.circle(Coordinate(latitude: 35, longitude: 138), radiusKilometers: 10), 35.05, 138, true),
        (.circle(Coordinate(latitude: 35, longitude: 138), radiusKilometers: 10), 35.10, 138, false),
        // A point of unstated size: its surroundings.
        (.circle(Coordinate(latitude: 35, longitude: 138), radiusKilometers: 0), 35.005, 138, true),
        (.circle(Coordinate(latitude: 35, longitude: 138), radiusKilometers: 0), 35.02, 138, false),
        // Over the date line.
        (.circle(Coordinate(latitude: 0, longitude: 179.99), radiusKilometers: 10), 0, -179.99, true),
    ])
    func aShapeHoldsWhatLiesInIt(place: HazardArea.Place, latitude: Double, longitude: Double, isIn: Bool) {
        #expect(Self.site("22103", latitude: latitude, longitude: longitude).isIn(place) == isIn)
    }

    /// Ledger, site index and the rule for one site agree.
    @Test func theIndexesFindWhatTheRuleSays() {
        var random = SeededRandom(seed: 20_220_924)
        let municipalities = ["22100", "22101", "22103", "22131", "22212", "13101", "36207"]
        func code(_ suffixes: [String]) -> String {
            (municipalities.randomElement(using: &random) ?? "") + (suffixes.randomElement(using: &random) ?? "")
        }
        func point() -> Coordinate {
            Coordinate(
                latitude: Double.random(in: 34...36, using: &random),
                longitude: Double.random(in: 138...140, using: &random))
        }
        let sites = (0..<200).map { _ in
            HazardLocation(
                municipality: code([""]), weatherArea: Bool.random(using: &random) ? code(["00", "01", "02"]) : nil,
                seismicCity: Bool.random(using: &random) ? code(["00"]) : nil, coordinate: point(),
                municipalityName: ["静岡市清水区", "焼津市", nil].randomElement(using: &random) ?? nil)
        }
        var places: [HazardArea.Place] = [.named("静岡市", prefecture: "22"), .named("焼津市南部", prefecture: "220011")]
        for _ in 0..<60 {
            places += [
                .municipality(code([""])), .weather(code(["00", "01", "02"])), .seismic(code(["00"])),
                .prefecture(String(code([""]).prefix(2))), .polygon((0..<5).map { _ in point() }),
                .circle(point(), radiusKilometers: Double.random(in: 0...60, using: &random)),
            ]
        }
        let index = HazardSiteIndex(sites)
        var desk = Desk()
        for (number, place) in places.enumerated() {
            let message = Desk.message("\(number)", at: 0, series: "\(number)", places: [place, place])
            _ = desk.apply(message, at: 1)
            #expect(index.sites(in: [place]) == sites.indices.filter { sites[$0].isIn(place) })
        }
        for site in sites {
            let found = Set(desk.ledger.statements(at: site).map(\.area.name))
            #expect(found == Set(places.indices.filter { site.isIn(places[$0]) }.map(String.init)))
        }
        // What is taken out leaves nothing behind.
        for number in places.indices {
            _ = desk.apply(Desk.message("end \(number)", at: 2, series: "\(number)", isEmpty: true), at: 3)
        }
        #expect(sites.allSatisfy { desk.ledger.statements(at: $0).isEmpty })
    }
}

@Suite struct FeedStateTests {
    private func feed(polled: Bool, succeeded: Int?, report: Int?, failed: Int? = nil) -> FeedState {
        var feed = FeedState(name: "f", isPolled: polled)
        if let failed { feed.wasSeen(succeeded: false, newestReportAt: nil, at: Desk.minute(failed)) }
        if let succeeded {
            feed.wasSeen(succeeded: true, newestReportAt: report.map(Desk.minute), at: Desk.minute(succeeded))
        }
        return feed
    }

    @Test(
        arguments: [
            (true, nil, nil, 0, FeedFreshness.never), (true, 0, 0, 9, .fresh), (true, 0, 0, 10, .delayed),
            (true, 0, 0, 59, .delayed),
            (true, 0, 0, 60, .stale), (true, 0, nil, 1, .delayed), (true, 0, nil, 10, .stale),
            // It answers each minute with the same file: stopped.
            (true, 72 * 60, 0, 72 * 60, .stale), (true, 72 * 60 - 1, 0, 72 * 60 - 1, .fresh),
            (false, 0, 0, 24 * 60 - 1, .fresh), (false, 0, 0, 24 * 60, .delayed), (false, 0, 0, 72 * 60, .stale),
            (false, nil, nil, 0, .never),
        ] as [(Bool, Int?, Int?, Int, FeedFreshness)])
    func aFeedIsBelievedByItsAge(polled: Bool, succeeded: Int?, report: Int?, now: Int, freshness: FeedFreshness) {
        #expect(feed(polled: polled, succeeded: succeeded, report: report).freshness(at: Desk.minute(now)) == freshness)
    }

    @Test func aFeedThatNeverAnsweredIsAnError() {
        let state = feed(polled: true, succeeded: nil, report: nil, failed: 0)
        #expect(state.freshness(at: Desk.minute(1)) == .error)
        #expect(!state.freshness(at: Desk.minute(1)).isTrusted)
    }

    @Test func theNextChangeIsWhereTheFreshnessChanges() throws {
        for state in [feed(polled: true, succeeded: 5, report: 0), feed(polled: false, succeeded: 5, report: 0)] {
            var now = Desk.minute(6)
            var seen = [state.freshness(at: now)]
            while let next = state.nextChange(after: now) {
                #expect(state.freshness(at: next - .milliseconds(1)) == seen.last)
                seen.append(state.freshness(at: next))
                now = next
            }
            #expect(seen == [.fresh, .delayed, .stale])
        }
    }

    @Test func theWorstPolledFeedSpeaksForAll() {
        let good = feed(polled: true, succeeded: 0, report: 0)
        let dead = feed(polled: true, succeeded: nil, report: nil, failed: 0)
        let submitted = feed(polled: false, succeeded: 0, report: 0)
        #expect(FeedFreshness.overall([good, submitted], at: Desk.minute(1)) == .fresh)
        #expect(FeedFreshness.overall([good, dead, submitted], at: Desk.minute(1)) == .error)
        #expect(FeedFreshness.overall([submitted], at: Desk.minute(30 * 60)) == .delayed)
        #expect(FeedFreshness.overall([], at: Desk.minute(0)) == .never)
    }
}
