import AnpiModel

extension Catastrophe {
    /// A shallow quake near people.
    ///
    /// Intensity by the distance formula of Matsuzaki, Hisada and Fukushima (2006), with a term for the ground of each
    /// municipality and one for each site.
    mutating func quake(_ ledger: inout OutageLedger) {
        let town = landscape.municipalities[random.index(of: landscape.municipalities.map(\.weight))]
        let centre = town.place.moved(east: random.normal() * 8, north: random.normal() * 8)
        let magnitude = random.within(6.5...7.4)
        let depthKilometers = random.within(8...20)
        func intensity(at place: Coordinate) -> Double {
            let surface = centre.distanceKilometers(to: place)
            let distance = (surface * surface + depthKilometers * depthKilometers).squareRoot()
            let near = 0.00675 * SimulationRandom.exponentiate(0.5 * magnitude * 2.302585093)
            return 1.36 * magnitude - 4.03 * SimulationRandom.logarithm10(distance + near) + 0.0155 * depthKilometers
                + 2.05
        }
        for (index, site) in world.sites.enumerated() {
            let felt =
                intensity(at: site.place) + landscape.municipalities[site.municipality].groundTerm
                + 0.2 * random.normal()
            shake(index, felt, &ledger)
        }
        let municipal = landscape.municipalities.map { intensity(at: $0.place) + $0.groundTerm }
        let chances = landscape.feeders.map { feeder in
            SimulationRandom.normalShare(below: (municipal[feeder.municipality] + 0.2 * random.normal() - 5.35) / 0.4)
        }
        cutFeeders(hours: 9, chances: chances, &ledger)
        loseLines(municipal, &ledger)
        report(municipal, magnitude: magnitude, depthKilometers: depthKilometers, centre: centre)
    }

    /// Half of the sites are damaged at an intensity of 6.6, less or more as they are frail.
    private mutating func shake(_ index: Int, _ felt: Double, _ ledger: inout OutageLedger) {
        let site = world.sites[index]
        guard random.chance(SimulationRandom.normalShare(below: (felt + site.frailty - 6.6) / 0.45)) else { return }
        let at = disaster.at.later(random.within(5...40))
        // A building may be damaged around a server that runs on.
        harm(index, at: at, depthMeters: nil, devicesDieAt: random.chance(0.85) ? at : nil, &ledger)
    }

    /// Cables that break at once, and exchanges whose batteries end hours after the power.
    private mutating func loseLines(_ municipal: [Double], _ ledger: inout OutageLedger) {
        let sites = Dictionary(grouping: world.sites.indices) { world.sites[$0].exchange }
        let darkFrom = Dictionary(grouping: feedersOut) { landscape.feeders[$0.feeder].municipality }
        for (index, exchange) in landscape.exchanges.enumerated() {
            let isBroken = random.chance(
                0.5 * SimulationRandom.normalShare(below: (municipal[exchange.municipality] - 6) / 0.4))
            let lasts = random.within(3...12) * 3_600
            let dark = darkFrom[exchange.municipality]?.map(\.span).max { $0.to < $1.to }
            let span: Span
            if isBroken {
                span = Span(from: disaster.at.later(random.within(1...90)), seconds: random.within(4...48) * 3_600)
            } else if let dark, dark.from.later(lasts) < dark.to, random.chance(0.5) {
                span = Span(from: dark.from.later(lasts), to: dark.to.later(random.within(600...5_400)))
            } else {
                continue
            }
            for site in sites[index] ?? [] { ledger.cutLine(of: site, span) }
        }
    }

    private mutating func report(
        _ municipal: [Double], magnitude: Double, depthKilometers: Double, centre: Coordinate
    ) {
        let reported = disaster.at.later(280)
        let cities = landscape.municipalities.indices.compactMap { index -> (Landscape.Municipality, String)? in
            // The highest of its stations.
            guard let word = Self.word(for: municipal[index] + 0.2) else { return nil }
            return (landscape.municipalities[index], word)
        }
        var prefectures = ""
        for prefecture in landscape.prefectures {
            let body = cities.filter { $0.0.prefecture == prefecture }.map {
                "<City><Name>\($0.0.name)</Name><Code>\($0.0.seismicCity)</Code><MaxInt>\($0.1)</MaxInt></City>\n"
            }
            guard !body.isEmpty else { continue }
            let code = Landscape.padded(prefecture, 2)
            prefectures +=
                "<Pref><Name>第\(prefecture)県</Name><Code>\(code)</Code>"
                + "<Area><Name>第\(prefecture)県</Name><Code>\(code)0</Code>\n\(body.joined())</Area></Pref>\n"
        }
        let origin = disaster.at.rfc3339()
        let event = origin.prefix(19).filter(\.isNumber)
        let place =
            "+\(JSON.fixed(centre.latitude, digits: 1))+\(JSON.fixed(centre.longitude, digits: 1))"
            + "-\(Int(depthKilometers) * 1_000)/"
        let xml = """
            <?xml version="1.0" encoding="UTF-8"?>
            <Report xmlns="http://xml.kishou.go.jp/jmaxml1/" xmlns:jmx="http://xml.kishou.go.jp/jmaxml1/">
            <Control><Title>震源・震度に関する情報</Title><DateTime>\(reported.rfc3339(at: .utc))</DateTime>\
            <Status>通常</Status><EditorialOffice>気象庁本庁</EditorialOffice>\
            <PublishingOffice>気象庁</PublishingOffice></Control>
            <Head xmlns="http://xml.kishou.go.jp/jmaxml1/informationBasis1/"><Title>震源・震度情報</Title>\
            <ReportDateTime>\(reported.rfc3339())</ReportDateTime><TargetDateTime>\(reported.rfc3339())</TargetDateTime>\
            <EventID>\(event)</EventID><InfoType>発表</InfoType><Serial>1</Serial><InfoKind>地震情報</InfoKind>\
            <InfoKindVersion>1.0_0</InfoKindVersion><Headline><Text>地震がありました。</Text></Headline></Head>
            <Body xmlns="http://xml.kishou.go.jp/jmaxml1/body/seismology1/" \
            xmlns:jmx_eb="http://xml.kishou.go.jp/jmaxml1/elementBasis1/">
            <Earthquake><OriginTime>\(origin)</OriginTime><ArrivalTime>\(origin)</ArrivalTime>\
            <Hypocenter><Area><Name>内陸</Name><Code type="震央地名">442</Code>\
            <jmx_eb:Coordinate>\(place)</jmx_eb:Coordinate></Area></Hypocenter>\
            <jmx_eb:Magnitude type="Mj">\(JSON.fixed(magnitude, digits: 1))</jmx_eb:Magnitude></Earthquake>
            <Intensity><Observation>
            \(prefectures)</Observation></Intensity></Body></Report>
            """
        say([FeedLine(at: reported.later(20), .hazard(xml: xml))])
    }

    /// The class of an intensity as the service writes it; nil where nothing was felt.
    private static func word(for intensity: Double) -> String? {
        let classes: [(below: Double, word: String)] = [
            (1.5, "1"), (2.5, "2"), (3.5, "3"), (4.5, "4"), (5, "5-"), (5.5, "5+"), (6, "6-"), (6.5, "6+"),
        ]
        guard intensity >= 0.5 else { return nil }
        return classes.first { intensity < $0.below }?.word ?? "7"
    }
}
