import AnpiModel
import Testing

@testable import AnpiEngine
@testable import AnpiReplay

/// What the warnings of 23 September made before the water came: whose devices were asked to bring the data away, who was
/// rung up, and why.
@Suite struct TyphoonWarningTests {
    /// The drill until the evening's warnings stand everywhere and nothing has flooded yet.
    static let played = Result {
        let drill = try Drill("typhoon-15")
        var playback = Playback(drill.fleet, drill.lines)
        playback.play(until: Town.at("24 02:00"))
        return (drill: drill, playback: playback)
    }

    /// Why it is asked: what its people are told on the phone, else what is in doubt away from the building.
    private func reason(_ site: Int, _ engine: Engine) -> String {
        guard let readiness = engine.readiness(of: site) else { return "-" }
        if let loss = readiness.wouldLoseData { return loss.text(.ja, asOf: engine.now) }
        let away = readiness.facts.copies.filter { !$0.isInBuilding }.map { copy in
            "\(copy.tier.rawValue) made \(copy.goodAt?.description ?? "-") read back \(copy.verifiedAt?.description ?? "never")"
        }
        return "in doubt: " + away.joined(separator: ", ")
    }

    private func call(to site: Int, _ engine: Engine) -> String {
        let calls = engine.tasks.numbers.compactMap { engine.tasks[$0] }
            .filter { $0.readiness != nil && $0.site == Int32(site) }
        return calls.map { call in
            let state = call.state == .cancelled ? "cancelled: \(call.reason ?? "-")" : call.state.rawValue
            return "rung up \(call.createdAt) (\(call.id) \(state))"
        }.joined(separator: ", ")
    }

    @Test func whoWasAskedAndRungUpBeforeTheWaterCame() throws {
        let (drill, playback) = try Self.played.get()
        let engine = playback.engine
        var report = Report(
            "Typhoon 15: asked to bring their data away and rung up before the water, as of \(playback.now)")
        let warned = engine.sites.indices.filter { engine.sites[$0].preparation != .none }
        func count(_ preparations: StormPreparation...) -> Int {
            warned.count { preparations.contains(engine.sites[$0].preparation) }
        }
        report.add([
            "\(warned.count) sites warned: \(count(.threatened, .rungUp)) would lose their data (\(count(.rungUp)) rung up), "
                + "\(count(.asked)) have a doubt about what is away, \(count(.safe)) neither", "",
        ])
        for (site, at) in engine.askings.sites {
            let isHit = drill.hit.contains(engine.index.sites[site].id) ? "  hit that night" : ""
            let words = [
                engine.index.sites[site].id.text, "asked \(at)", call(to: site, engine), reason(site, engine) + isHit,
            ]
            report.add([words.filter { !$0.isEmpty }.joined(separator: "  ")])
        }
        try report.compare("typhoon-15-warnings")
    }

    /// Of the nine, those whose data had nowhere to go were all asked hours before the first of them fell silent.
    @Test func theNineThatWouldLoseTheirDataWereAskedBeforeTheyFellSilent() throws {
        let (drill, playback) = try Self.played.get()
        let engine = playback.engine
        for id in drill.hit {
            let site = try #require(engine.index.number(of: id))
            guard engine.readiness(of: site)?.wouldLoseData != nil else { continue }
            let asked = try #require(engine.askings[site], "\(id)")
            #expect(asked < Town.at("23 23:00"), "\(id)")
        }
    }
}
