import AnpiModel
import Testing

@testable import AnpiCollector

@Suite struct OwnCopiesTests {
    /// One place of the database, and what is known of it.
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// Depth on the flood map.
        var depth: Double?
        var copies: [(CopyTier, Double?)] = []
        var oneStaysDry: Bool
    }

    static let cases = [
        Case(testDescription: "no flood on the map", depth: 0, oneStaysDry: true),
        Case(testDescription: "a map that nobody looked at", depth: nil, oneStaysDry: false),
        Case(testDescription: "a flood and no backup", depth: 3, oneStaysDry: false),
        Case(testDescription: "a backup under the water", depth: 3, copies: [(.external, 1.8)], oneStaysDry: false),
        Case(testDescription: "a backup on the upper floor", depth: 0.5, copies: [(.external, 4)], oneStaysDry: true),
        Case(
            testDescription: "a backup nobody knows how high", depth: 0.5, copies: [(.external, nil)],
            oneStaysDry: false),
        Case(
            testDescription: "a backup elsewhere", depth: 3, copies: [(.external, 1), (.offsite, nil)],
            oneStaysDry: true),
        Case(
            testDescription: "the database itself is no backup", depth: 3, copies: [(.primary, 9)], oneStaysDry: false),
    ]

    @Test(arguments: cases)
    func oneCopyHasToStayDry(_ given: Case) throws {
        let copies = OwnCopies(of: try fleet(of: ["office": given]), at: [try #require(SiteID("office"))])
        #expect(copies.oneStaysDry == given.oneStaysDry)
        #expect(copies.lines.contains { $0.contains("NO:") } == !given.oneStaysDry)
    }

    @Test func oneDryPlaceOfSeveralIsEnoughAndStrangersAreNamed() throws {
        let fleet = try fleet(of: ["office": Self.cases[2], "hill": Self.cases[0]])
        let named = try ["office", "hill", "elsewhere"].map { try #require(SiteID($0)) }
        let copies = OwnCopies(of: fleet, at: named)
        #expect(copies.oneStaysDry)
        #expect(copies.unknownSites == [named[2]])
    }

    private func fleet(of places: KeyValuePairs<String, Case>) throws -> Fleet {
        var fleet = Fleet()
        for (name, given) in places {
            let id = try #require(SiteID(name))
            fleet.sites.append(
                Site(
                    id: id, name: name, kind: .office, office: try #require(OfficeID("o")),
                    place: Coordinate(latitude: 35, longitude: 139), municipality: "22103",
                    floodDepthMeters: given.depth))
            fleet.copies += given.copies.map { CopyPlace(site: id, tier: $0.0, heightMeters: $0.1) }
        }
        return fleet
    }
}
