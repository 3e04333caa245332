import AnpiModel

extension Catastrophe {
    /// Below this depth at the door the water stays outside.
    private static let harmfulMeters = 0.15
    /// From this depth on the electricity of a house is off.
    private static let switchboardMeters = 0.35

    private struct Pool {
        var centre: Coordinate
        var depthMeters: Double
        var radiusKilometers: Double
        /// From the first water to the highest.
        var riseSeconds: Double
    }

    /// Pools of water around `centres` places, most of them by a river; warnings before; feeders dark around them.
    mutating func flood(centres: Int, darkShare: Double, _ ledger: inout OutageLedger) {
        let pools = (0..<centres).map { _ in pool() }
        for (index, site) in world.sites.enumerated() {
            var depth = 0.0
            var rise = 0.0
            for pool in pools {
                let distance = pool.centre.distanceKilometers(to: site.place) / pool.radiusKilometers
                let here = pool.depthMeters * SimulationRandom.exponentiate(-distance * distance / 2)
                if here > depth { (depth, rise) = (here, pool.riseSeconds) }
            }
            // Who stands a little lower drowns deeper, but where no pool reaches nobody drowns.
            guard depth > Self.harmfulMeters, depth - site.elevationMeters > Self.harmfulMeters else { continue }
            depth -= site.elevationMeters
            drown(index, depth: depth, riseSeconds: rise, &ledger)
        }
        let chances = landscape.feeders.map { feeder in
            let nearest = pools.map { $0.centre.distanceKilometers(to: feeder.place) / $0.radiusKilometers }.min()
            return switch nearest ?? .infinity {
            case ..<3: 0.35 + darkShare
            case ..<20: darkShare
            default: darkShare * 0.3
            }
        }
        cutFeeders(hours: 6, chances: chances, &ledger)
        warn(pools, &ledger)
    }

    private mutating func pool() -> Pool {
        // Where people live, and four times in five where a river is near.
        var centre = world.sites[Int(random.unit() * Double(world.sites.count))].place
        if random.chance(0.8) {
            for _ in 0..<200 where landscape.riverKilometers(from: centre) > 1.2 {
                centre = world.sites[Int(random.unit() * Double(world.sites.count))].place
            }
        }
        return Pool(
            centre: centre.moved(east: random.normal() * 0.4, north: random.normal() * 0.4),
            depthMeters: random.within(0.6...2.2), radiusKilometers: random.within(0.2...0.8),
            riseSeconds: random.within(1...5) * 3_600)
    }

    private mutating func drown(_ index: Int, depth: Double, riseSeconds: Double, _ ledger: inout OutageLedger) {
        let site = world.sites[index]
        // The water stands at this height after that share of its rise.
        func reached(_ height: Double) -> Timestamp { disaster.at.later(riseSeconds * min(1, max(0, height / depth))) }
        let hitAt = reached(Self.harmfulMeters).later(random.within(0...900))
        let floor = 0.1 + site.deviceHeightMeters
        let drowns = depth > floor ? max(hitAt, reached(floor)) : nil
        if depth > Self.switchboardMeters {
            let dark = max(hitAt, reached(Self.switchboardMeters))
            ledger.cutPower(of: index, Span(from: dark, seconds: random.within(2...12) * 86_400))
        }
        if let drowns, random.chance(0.15) {
            // Somebody was there and shut the machines down before the water came.
            let left = max(disaster.at, drowns.later(-random.within(600...3_600)))
            for agent in site.agents where world.agents[agent].saysGoodbye {
                ledger.stop(
                    agent,
                    Outage(
                        from: left, to: drowns, restarts: true,
                        ending: .goodbye(.shutdown, onBattery: random.chance(0.3))))
            }
        }
        harm(index, at: hitAt, depthMeters: depth, devicesDieAt: drowns, &ledger)
    }

    /// High levels where the water comes and around, some of them in vain; once in twelve floods too low everywhere.
    private mutating func warn(_ pools: [Pool], _ ledger: inout OutageLedger) {
        let isMissed = random.chance(0.08)
        let struck = Set(
            pools.compactMap { pool in
                landscape.municipalities.min {
                    $0.place.distanceKilometers(to: pool.centre) < $1.place.distanceKilometers(to: pool.centre)
                }?.prefecture
            })
        for prefecture in struck.sorted() {
            var peaks: [Int: Int] = [:]
            for (index, area) in landscape.municipalities.enumerated() where area.prefecture == prefecture {
                let nearest = pools.map { $0.centre.distanceKilometers(to: area.place) }.min() ?? .infinity
                let isWarned = random.chance(nearest < 9 ? 0.9 : 0.2)
                peaks[index] = isWarned && !isMissed ? 4 : random.chance(nearest < 9 ? 1 : 0.6) ? 3 : 2
            }
            say(Storm(prefecture: prefecture, peaks: peaks, at: disaster.at.later(3_600)).messages(landscape, &random))
        }
    }
}
