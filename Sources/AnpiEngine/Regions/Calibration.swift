package import AnpiModel

/// What chance alone does in a fleet: the null of the scan, made anew each night outside the engine and put into the log
/// as an input, so that every replay of the log alarms by the same line (ENGINE §3).
package struct Calibration: Hashable, Codable, Sendable {
    package var at: Timestamp
    /// Sites that were simulated, and how many nights of them.
    package var sites: Int
    package var nights: Int
    /// Of the greatest scores of those nights, in nats.
    package var scale: Double
    package var location: Double
    /// A score above this comes by chance once in two years, at one test a minute (α = 10⁻⁶).
    package var scanThreshold: Double

    /// One test a minute alarms falsely once in about two years (reference §3.4).
    static let alpha = 1e-6
    /// Sites beyond which half of the nights must do: a nation's night must be over before the morning.
    static let manySites = 20_000
}

extension Engine {
    /// Simulates quiet nights of this fleet as it is now; nil where it has too few sites for an alarm. Slow: for a copy
    /// of the engine on a thread of its own.
    ///
    /// - Parameter lane: of the log, a part of the seed.
    package func calibration(lane: Int = 0) -> Calibration? {
        let members = sites.indices.filter { counts(site: $0) && !index.sites[$0].isRetired }
        guard members.count >= parameters.alarmSites else { return nil }
        // Places of sites in `members`; looked up, never iterated.
        var places: [Int: Int32] = [:]
        for (place, site) in members.enumerated() { places[site] = Int32(place) }
        var neighbours: [Int: [Int32]] = [:]
        func nearest(_ place: Int) -> [Int32] {
            if let known = neighbours[place] { return known }
            var around: [(kilometers: Double, place: Int32)] = []
            index.grid.forEachSite(
                within: ScanStatistic.radiusKilometers, of: index.sites[members[place]].place,
                placeOf: { index.sites[$0].place }
            ) { site, kilometers in
                if let other = places[site], Int(other) != place { around.append((kilometers, other)) }
            }
            around.sort { ($0.kilometers, $0.place) < ($1.kilometers, $1.place) }
            let list = around.prefix(ScanStatistic.sitesMax - 1).map(\.place)
            neighbours[place] = list
            return list
        }
        let nights = members.count > Calibration.manySites ? QuietNights.nights / 2 : QuietNights.nights
        var random = SplitMix64(lane: lane, daysSinceEpoch: now.civil().date.daysSinceEpoch, purpose: "quiet nights")
        let scores = QuietNights(probabilities: members.map { probabilityOfSilence(ofSite: $0) })
            .greatestScores(nights: nights, using: &random, nearest: nearest)
        guard let null = Gumbel(maxima: scores) else { return nil }
        let threshold = null.location - null.scale * (-(1 - Calibration.alpha).naturalLogarithm).naturalLogarithm
        return Calibration(
            at: now, sites: members.count, nights: nights, scale: null.scale, location: null.location,
            scanThreshold: threshold)
    }

    /// The line above which the scan alarms: that of inference 7, and the fleet's own null where it is higher. A null of
    /// independent silences knows nothing of lines that blip together, so it never lowers the line.
    var scanThreshold: Double {
        max(parameters.scanThreshold(sites: sitesByContact.reduce(0, +)), calibration?.scanThreshold ?? 0)
    }

    /// A new null is known.
    mutating func wasCalibrated(_ new: Calibration, into step: inout Step) {
        calibration = new
        step.append(
            Step.Note(
                at: now, kind: "detection.calibrated",
                body: [
                    "sites": .integer(new.sites), "nights": .integer(new.nights),
                    "scale": .decimal(new.scale, digits: 3), "location": .decimal(new.location, digits: 3),
                    "scanThreshold": .decimal(new.scanThreshold, digits: 3),
                ]))
    }
}

extension Calibration {
    func write(to writer: inout ByteWriter) {
        writer.put(at)
        writer.put(sites)
        writer.put(nights)
        writer.put(scale)
        writer.put(location)
        writer.put(scanThreshold)
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            at: try reader.timestamp(), sites: try reader.integer(), nights: try reader.integer(),
            scale: try reader.double(), location: try reader.double(), scanThreshold: try reader.double())
    }
}
