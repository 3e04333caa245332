import AnpiModel
import Testing

@testable import AnpiReplay

/// Every expected number here is worked out by hand in the comment beside it.
@Suite struct ScoringTests {
    private static let start = Timestamp(CivilDate(daysSinceEpoch: 20_819), minuteOfDay: 0)

    private func at(hours: Double) -> Timestamp { Self.start.later(hours * 3_600) }

    private func site(_ name: String) -> SiteID { SiteID(trusted: name) }

    /// One flood at hour 10: a, b and c are hit at 10, 11 and 12; d is dark for want of power.
    private func truth() -> SimulationTruth {
        SimulationTruth(
            disasters: [.init(number: 0, kind: .flood, from: at(hours: 10), to: at(hours: 16))],
            sites: [
                SiteTruth(site: site("a"), disaster: 0, hit: true, hitAt: at(hours: 10), cause: .flood),
                SiteTruth(site: site("b"), disaster: 0, hit: true, hitAt: at(hours: 11), cause: .flood),
                SiteTruth(site: site("c"), disaster: 0, hit: true, hitAt: at(hours: 12), cause: .flood),
                SiteTruth(site: site("d"), disaster: 0, hit: false, powerOnly: true, cause: .flood),
            ])
    }

    @Test func flagsAreFoundMissedRightOrWrong() {
        let score = FlagScore(
            [
                FlagEpisode(site: site("a"), from: at(hours: 10.5), to: at(hours: 30)),
                // Stood already when the harm came: found at once.
                FlagEpisode(site: site("b"), from: at(hours: 9), to: at(hours: 13)),
                // Over before the harm: wrong, and no find.
                FlagEpisode(site: site("c"), from: at(hours: 1), to: at(hours: 2)),
                // 72 hours and a half after the harm: too late.
                FlagEpisode(site: site("c"), from: at(hours: 84.5), to: at(hours: 90)),
                FlagEpisode(site: site("d"), from: at(hours: 12), to: at(hours: 13)),
            ], truth: truth())
        #expect(score.hits == 3)
        #expect(score.hitsFound == 2)
        #expect(score.flags == 5)
        #expect(score.flagsRight == 2)
        #expect(score.delays == [.seconds(1_800), .zero])
        #expect(score.recall == 2.0 / 3)
        #expect(score.precision == 0.4)
        // 2 · (2/3 · 2/5) / (2/3 + 2/5) = (8/15) / (16/15)
        #expect(abs(score.f1 - 0.5) < 1e-12)
        #expect(score.delay(atShare: 0.5) == .zero)
        #expect(score.delay(atShare: 1) == .seconds(1_800))
    }

    @Test func probabilitiesAreComparedWithWhatCame() throws {
        var reliability = Reliability()
        reliability.add(0.1, isHit: false)
        reliability.add(0.9, isHit: true)
        reliability.add(0.7, isHit: false)
        reliability.add(1, isHit: true)
        // (0.01 + 0.01 + 0.49 + 0) / 4
        #expect(abs(try #require(reliability.brier) - 0.1275) < 1e-12)
        #expect(reliability.bins.map(\.count) == [1, 0, 0, 1, 2])
        #expect(reliability.bins[4].said == 0.95)
        #expect(reliability.bins[4].hit == 1)
        // The fourth bin: 0.7 said, none hit.
        #expect(abs(try #require(reliability.worstBin(least: 1)) - 0.7) < 1e-12)
        #expect(reliability.worstBin() == nil)
        #expect(Reliability().brier == nil)
    }

    @Test func incidentsAreFoundOrFalse() {
        let records = [
            // Opened over the dark site, took in a hit one later: right.
            IncidentRecord(at: at(hours: 10.2), incident: IncidentID(1), kind: .cluster, sites: [site("d")]),
            IncidentRecord(at: at(hours: 11.2), incident: IncidentID(1), kind: .hazard, sites: [site("a")]),
            // Nobody of it was touched: false.
            IncidentRecord(at: at(hours: 3), incident: IncidentID(2), kind: .cluster, sites: [site("x"), site("y")]),
            // The power of d did fail.
            IncidentRecord(at: at(hours: 11), incident: IncidentID(3), kind: .power, sites: [site("d")]),
            // No carrier failed.
            IncidentRecord(at: at(hours: 11), incident: IncidentID(4), kind: .carrier, sites: [site("d")]),
            // A single says nothing of a common cause.
            IncidentRecord(at: at(hours: 4), incident: IncidentID(5), kind: .single, sites: [site("x")]),
        ]
        let score = IncidentScore(records, truth: truth(), days: 73.05)
        #expect(score.disasters == 1)
        #expect(score.disastersFound == 1)
        #expect(score.incidents == 4)
        #expect(score.falseIncidents == 2)
        // The cluster of x and y; the carrier sends nobody out.
        #expect(score.falseAlarms == 1)
        // Two in a fifth of a year.
        #expect(score.falseAFleetYear.map { abs($0 - 10) < 1e-9 } == true)
        let missed = IncidentScore(Array(records[2...]), truth: truth(), days: 73.05)
        #expect(missed.disastersFound == 0)
    }

    @Test func anIncidentThatWasOpenBeforeFindsADisasterOnlyByNamingAHitSiteThen() {
        let before = IncidentRecord(at: at(hours: 3), incident: IncidentID(1), kind: .cluster, sites: [site("a")])
        #expect(IncidentScore([before], truth: truth(), days: 1).disastersFound == 0)
        let joined = IncidentRecord(at: at(hours: 12), incident: IncidentID(1), kind: .cluster, sites: [site("b")])
        #expect(IncidentScore([before, joined], truth: truth(), days: 1).disastersFound == 1)
    }

    @Test func aWorldPlayedTwiceThroughTheEngineScoresAlike() throws {
        let world = try SimulatedWorld(.disaster(.quake, seed: 5, sites: 40, hasFindings: true))
        func score() -> Score {
            var replay = ScoredReplay(world)
            for line in world.feed() { replay.take(line) }
            return replay.score()
        }
        #expect(score() == score())
    }

    @Test func aDisasterWithTwoHitSitesAsksForNoIncident() {
        var truth = truth()
        truth.sites.remove(at: 0)
        #expect(IncidentScore([], truth: truth, days: 1).disasters == 0)
    }

    @Test func theScorerTurnsDecisionsIntoFlagsAndForecasts() throws {
        var scorer = Scorer(truth: truth())
        func say(_ hours: Double, _ name: String, _ assessment: Assessment, _ probability: Double?) {
            scorer.observe(
                AssessmentRecord(
                    at: at(hours: hours), site: site(name), assessment: assessment, probability: probability))
        }
        say(10.25, "a", .suspect, 0.5)
        say(10.5, "a", .likelyHit, 0.9)
        say(10.6, "d", .unknown, 0.1)
        say(11.5, "d", .suspect, 0.3)
        say(12, "d", .ok, 0.001)
        say(20, "a", .confirmedHit, 1)
        let score = scorer.score(from: Self.start, to: at(hours: 48))
        #expect(score.suspect.flags == 2)
        #expect(score.suspect.flagsRight == 1)
        #expect(score.suspect.delays == [.seconds(900)])
        #expect(score.likelyHit.flags == 1)
        #expect(score.likelyHit.hitsFound == 1)
        #expect(score.likelyHit.delays == [.seconds(1_800)])
        // Hour 11: a 0.9 (hit), d 0.1 (not). Hours 13 and 16: a 0.9; d reports. Hours 22 and 34: a is confirmed.
        #expect(score.reliability.count == 4)
        #expect(score.reliability.bins.map(\.count) == [1, 0, 0, 0, 3])
        // (3 · 0.01 + 0.01) / 4
        #expect(abs(try #require(score.reliability.brier) - 0.01) < 1e-12)
    }

    @Test func whatPeopleSaidIsNoFlagOfTheEngines() {
        var scorer = Scorer(truth: truth())
        func say(_ hours: Double, _ name: String, _ assessment: Assessment) {
            scorer.observe(AssessmentRecord(at: at(hours: hours), site: site(name), assessment: assessment))
        }
        // Only people named a; the engine named b before they did, and c when what they had said had lapsed.
        say(10.5, "a", .confirmedHit)
        say(11.5, "b", .likelyHit)
        say(12, "b", .confirmedHit)
        say(13, "c", .confirmedHit)
        say(19, "c", .suspect)
        let score = scorer.score(from: Self.start, to: at(hours: 48))
        #expect(score.likelyHit.flags == 1 && score.likelyHit.hitsFound == 1)
        #expect(score.suspect.flags == 2 && score.suspect.hitsFound == 2)
        #expect(score.suspect.delays == [.seconds(1_800), .seconds(25_200)])
        // By people: a half an hour, b an hour and c an hour after the harm.
        #expect(score.people.hitsFound == 3 && score.people.flagsRight == 3)
        #expect(score.people.delays == [.seconds(1_800), .seconds(3_600), .seconds(3_600)])
    }

    @Test func visitsToWhoWasNotHitAndLoneSilencesAreCounted() {
        let visits = [
            VisitRecord(at: at(hours: 12), site: site("a")),
            // Before the harm, for nothing.
            VisitRecord(at: at(hours: 9), site: site("a")), VisitRecord(at: at(hours: 12), site: site("d")),
        ]
        let score = VisitScore(visits, singles: 4, truth: truth(), days: 73.05)
        #expect(score.visits == 3 && score.toUnhit == 2 && score.singles == 4)
        // Ten and twenty times a fifth of a year.
        #expect(score.toUnhitAFleetYear.map { abs($0 - 10) < 1e-9 } == true)
        #expect(score.singlesAFleetYear.map { abs($0 - 20) < 1e-9 } == true)
    }

    @Test func theRivalFlagsWhoeverIsSilentWithEnoughOthers() throws {
        let office = OfficeID(trusted: "o")
        let place = Coordinate(latitude: 35, longitude: 138)
        var fleet = Fleet()
        for name in ["a", "b", "d", "pc"] {
            var row = Site(id: site(name), name: name, office: office, place: place, municipality: "22101")
            // The first day is a Friday.
            row.hours = try OpeningHours(parsing: "Mo-Fr 09:00-18:00")
            fleet.sites.append(row)
            fleet.agents.append(
                Agent(
                    id: AgentID(trusted: name), site: site(name), device: .server,
                    rhythm: name == "pc" ? .hours : .always))
        }
        var rival = FixedTimeoutRival(fleet: fleet, start: Self.start)
        for (name, until) in [("a", 10.0), ("b", 10.5), ("d", 47.9)] {
            rival.observe(FeedLine(at: Self.start, .heard(AgentID(trusted: name), until: at(hours: until))))
        }
        rival.observe(
            FeedLine(at: at(hours: 9), .heard(AgentID(trusted: "pc"), until: at(hours: 17.5))))
        rival.observe(FeedLine(at: at(hours: 20), .heard(AgentID(trusted: "a"), until: at(hours: 47.9))))
        func flags(_ scope: FixedTimeoutRival.Scope, _ minutes: Int, _ least: Int) -> [FlagEpisode] {
            rival.flags(.init(scope: scope, timeoutMinutes: minutes, least: least), end: at(hours: 48))
        }
        let a = FlagEpisode(site: site("a"), from: at(hours: 11), to: at(hours: 20))
        let b = FlagEpisode(site: site("b"), from: at(hours: 11.5), to: at(hours: 48))
        #expect(flags(.alwaysOn, 60, 1) == [a, b])
        // With two, a is flagged only when b is silent too.
        #expect(flags(.alwaysOn, 60, 2) == [FlagEpisode(site: site("a"), from: at(hours: 11.5), to: at(hours: 20)), b])
        #expect(flags(.alwaysOn, 60, 3).isEmpty)
        // The PC left half an hour before closing: 20 minutes of silence count, an hour never comes; Saturday is closed.
        #expect(flags(.declaredHours, 60, 1) == [a, b])
        #expect(
            flags(.declaredHours, 20, 1).filter { $0.site == site("pc") }
                == [FlagEpisode(site: site("pc"), from: at(hours: 17.5).later(1_200), to: at(hours: 18))])
        let best = try #require(
            FixedTimeoutRival.best(in: [.init(rival: rival, truth: truth(), end: at(hours: 48))]))
        // a and b found, c (of which nothing is known) missed, nothing false: 2 · (2/3) / (5/3).
        #expect(abs(best.score.f1 - 0.8) < 1e-12)
        #expect(best.setting == .init(scope: .alwaysOn, timeoutMinutes: 10, least: 1))
    }

    @Test func thePictureSaysInWordsWhatItShows() {
        var reliability = Reliability()
        for _ in 0..<30 { reliability.add(0.9, isHit: true) }
        let score = FlagScore(
            [FlagEpisode(site: site("a"), from: at(hours: 10.5), to: at(hours: 30))], truth: truth())
        let svg = ScorePicture.svg(reliability, timeToFlag: [.init(name: "Anpi <1>", score: score)])
        #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
        #expect(
            svg.contains("90 % said, 100 % hit (30); Anpi &lt;1&gt;: 1 of 3 hits flagged, half of them within 30 min."))
        #expect(!svg.contains("Anpi <1>"))
        #expect(svg.contains("prefers-color-scheme:dark"))
    }
}
