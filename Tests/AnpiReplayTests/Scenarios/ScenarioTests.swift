import AnpiModel
import Testing

@testable import AnpiEngine
@testable import AnpiReplay

/// The acceptance scenarios beside the typhoon, each in a world as small as it can be; the letters are the issue's.
@Suite struct ScenarioTests {
    // MARK: B

    @Test func anOrdinaryHolidayIsNoIncident() throws {
        // Thursday the 22nd, 秋分の日, and Saturday morning: 60 clinics with PCs, three of them left on over the holiday.
        var town = try Town(
            sites: 60, municipalities: ["22101", "22102"], hours: "Mo-Fr 08:30-18:00; Sa 08:30-12:30; Su,PH off")
        let end = Town.at("24 11:00")
        town.canariesBeat(from: Town.at("22 16:00"), until: end)
        town.beat(1...57, from: Town.at("22 16:00"), until: Town.at("22 18:20"))
        town.beat(1...57, from: Town.at("24 08:20"), until: end)
        town.beat(58...60, from: Town.at("22 16:00"), until: end)
        let playback = Playback.whole(town.fleet, town.feed(until: end))
        #expect(playback.incidents.isEmpty)
        #expect(playback.ever(.suspect).isEmpty)
        try Report("B  An ordinary holiday: 57 of 60 clinics dark from Thursday evening to Saturday morning", playback)
            .compare("b-ordinary-holiday")
    }

    // MARK: C

    @Test func ourOwnLineIsCutAndNoSiteIsBlamed() throws {
        var town = try Town(sites: 60, municipalities: ["22101", "22102", "22103"])
        for (from, until) in [("22 09:00", "22 10:00"), ("22 10:40", "22 12:00")] {
            town.canariesBeat(from: Town.at(from), until: Town.at(until))
            town.beat(1...60, from: Town.at(from), until: Town.at(until))
        }
        let playback = Playback.whole(town.fleet, town.feed(until: Town.at("22 12:00")))
        #expect(playback.incidents.map(\.kind) == [.collector])
        #expect(playback.incidents.map(\.state) == [.closed])
        #expect(playback.ever(.suspect).isEmpty)
        #expect(!playback.named(.siteContact).contains { $0.word("contact") == "silent" })
        #expect(playback.named(.taskDrafted).isEmpty)
        #expect(playback.named(.blindBegan).count == 1 && playback.named(.blindEnded).count == 1)
        try Report("C  Our own line is cut from 10:00 to 10:40: canaries and all 60 sites at once", playback)
            .compare("c-collector-cut")
    }

    // MARK: D

    @Test func aCarrierOutageOffersNoVisitAndHitsNobody() throws {
        var town = try Town(
            sites: 72, municipalities: ["22101", "22102", "22103", "22212"], carriers: ["NTT", "東海", "駿河"])
        let end = Town.at("22 18:00")
        let affected = (1...72).filter { town.fleet.sites[$0 - 1].carrier == "東海" }
        let others = (1...72).filter { town.fleet.sites[$0 - 1].carrier != "東海" }
        town.canariesBeat(from: Town.at("22 09:00"), until: end)
        town.beat(others, from: Town.at("22 09:00"), until: end)
        town.beat(affected, from: Town.at("22 09:00"), until: Town.at("22 14:00"))
        town.beat(affected, from: Town.at("22 16:00"), until: end)
        var playback = Playback(town.fleet, town.feed(until: end))
        playback.play(until: Town.at("22 15:00"))
        let larger = playback.incidents.filter { $0.kind != .single }
        #expect(larger.map(\.kind) == [.carrier])
        #expect(larger.first?.sites.count == affected.count)
        #expect(!playback.incidents.contains { $0.kind == .single && $0.state != .merged })
        for number in affected { #expect(playback.attribution(of: Town.site(number)) == .carrier) }
        playback.play()
        #expect(playback.ever(.suspect).isEmpty)
        #expect(playback.incidents.count { $0.kind != .single } == 1)
        #expect(!playback.named(.taskDrafted).contains { $0.word("kind") == "inspect" })
        #expect(playback.named(.taskOffered).isEmpty)
        try Report("D  One carrier fails in a prefecture from 14:00 to 16:00: \(affected.count) of 72 sites", playback)
            .compare("d-carrier-outage")
    }

    // MARK: E

    @Test func aFrozenFeedIsUnknownAndNeverSafe() throws {
        // Five days off: nothing is expected of the PCs, so only the feed can change what is believed.
        var town = try Town(sites: 20, hours: "Mo-Fr 08:30-18:00; 2022 Sep 19-25 off")
        let frozen = Town.at("19 06:00")
        town.canariesBeat(from: Town.at("18 12:00"), until: Town.at("23 12:00"))
        town.beat(1...20, from: Town.at("18 12:00"), until: Town.at("18 18:00"))
        town.official(OfficialTexts.tsunami(reportedAt: frozen), at: frozen)
        let again = frozen + .seconds(90 * 3_600)
        town.official(OfficialTexts.tsunami(reportedAt: again), at: again)
        var playback = Playback(town.fleet, town.feed(until: Town.at("23 12:00")))
        func beliefs() -> [Assessment] {
            (1...20).compactMap { playback.assessment(of: Town.site($0)) }
        }
        playback.play(until: frozen + .seconds(23 * 3_600))
        #expect(beliefs() == Array(repeating: .quiet, count: 20))
        playback.play(until: frozen + .seconds(80 * 3_600))
        #expect(playback.named(.feedChanged).compactMap { $0.word("freshness") } == ["fresh", "delayed", "stale"])
        #expect(beliefs() == Array(repeating: .unknown, count: 20))
        #expect(playback.incidents.isEmpty)
        playback.play()
        #expect(beliefs() == Array(repeating: .quiet, count: 20))
        try Report("E  No message for 80 hours while 20 clinics are closed: unknown, not quiet", playback)
            .compare("e-feed-frozen")
    }

    // MARK: F

    @Test func onePoisonMessageAmongTwoHundredIsPutAside() throws {
        var town = try Town(sites: 4)
        let end = Town.at("22 13:00")
        town.canariesBeat(from: Town.at("22 08:00"), until: end)
        town.beat(1...4, from: Town.at("22 08:00"), until: end)
        for number in 1...200 {
            let at = Town.at("22 09:00") + .seconds(number * 60)
            let whole = OfficialTexts.flood(number, municipality: "22101", sentAt: at)
            town.official(number == 77 ? String(whole.dropLast(40)) : whole, at: at)
        }
        let playback = Playback.whole(town.fleet, town.feed(until: end))
        #expect(playback.named(.hazardApplied).count { $0.word("outcome") == "applied" } == 199)
        #expect(playback.named(.hazardQuarantined).count == 1)
        #expect(playback.ever(.suspect).isEmpty)
        try Report(
            "F  200 flood warnings, the 77th cut off in the middle", playback, leavesOut: [.hazardApplied]
        ).compare("f-one-poison-message")
    }

    // MARK: G

    @Test func aDrillMessageIsStoredAndNothingElse() throws {
        func playback(_ status: String) throws -> Playback {
            var town = try Town(sites: 20, municipalities: ["22101", "22103"])
            let end = Town.at("22 12:00")
            town.canariesBeat(from: Town.at("22 08:00"), until: end)
            town.beat(1...20, from: Town.at("22 08:00"), until: end)
            let at = Town.at("22 09:30")
            town.official(OfficialTexts.tsunami(reportedAt: at, status: status), at: at)
            return Playback.whole(town.fleet, town.feed(until: end))
        }
        let drill = try playback("訓練")
        #expect(drill.named(.hazardApplied).compactMap { $0.word("outcome") } == ["stored"])
        #expect(drill.incidents.isEmpty)
        #expect(drill.engine.sites.allSatisfy { !$0.isWarned && $0.hazardLevel == 0 })
        // The same words in earnest do act: the drill was not merely misread.
        #expect(try playback("通常").named(.hazardApplied).compactMap { $0.word("outcome") } == ["applied"])
        try Report("G  A drill of a great tsunami: stored, and nothing else", drill).compare("g-drill-message")
    }

    // MARK: K

    @Test func aQuakeAtMidnightOverFourPrefecturesIsOneIncident() throws {
        let municipalities = ["21201", "22101", "23100", "24201", "22212", "23201", "21204", "24202"]
        var town = try Town(sites: 400, municipalities: municipalities, carriers: ["NTT", "東海", "駿河"])
        let origin = Town.at("23 00:00")
        let end = Town.at("23 03:00")
        town.canariesBeat(from: Town.at("22 20:00"), until: end)
        // Three of four go dark, half of them at once and half a minute after.
        let dark = (1...400).filter { $0 % 8 < 6 }
        town.beat((1...400).filter { $0 % 8 >= 6 }, from: Town.at("22 20:00"), until: end)
        for number in dark {
            town.beat([number], from: Town.at("22 20:00"), until: origin + .seconds(number % 2 == 0 ? 0 : 60))
        }
        let reported = origin + .seconds(300)
        town.official(
            OfficialTexts.quake(at: origin, municipalities, reportedAt: reported), at: reported + .seconds(20))
        let playback = Playback.whole(town.fleet, town.feed(until: end))
        let silent = playback.named(.siteContact).filter { $0.word("contact") == "silent" }
        #expect(silent.count == dark.count)
        let third = try #require(silent.dropFirst(2).first?.at)
        let opened = playback.named(.incidentOpened)
        #expect(opened.count == 1)
        #expect(try #require(opened.first?.at) <= third + .seconds(60))
        #expect(playback.incidents.map(\.kind) == [.hazard])
        #expect(playback.incidents.first?.sites.count ?? 0 >= 300)
        #expect(playback.named(.blindBegan).isEmpty)
        var report = Report(
            "K  Midnight, 6+ in four prefectures, \(dark.count) of 400 sites dark within two minutes, canaries alive",
            playback, leavesOut: [.siteAssessed])
        report.add(["", "third site silent at \(third)"])
        try report.compare("k-midnight-quake")
    }

    // MARK: Power

    @Test func aSiteLastHeardOnItsBatteryLostItsPower() throws {
        var town = try Town(sites: 12)
        let end = Town.at("22 12:00")
        town.canariesBeat(from: Town.at("22 08:00"), until: end)
        town.beat(2...12, from: Town.at("22 08:00"), until: end)
        town.beat([1], from: Town.at("22 08:00"), until: Town.at("22 09:58"))
        // The UPS tells of the failure and dies without another word.
        let at = Town.at("22 10:00")
        let beat = Beat(seq: 1, at: at, interval: 60, power: Beat.Power(source: .battery, charge: 0.3))
        town.add(
            FeedLine(at: at, .heartbeat(HeartbeatRequest(agent: Town.agent(1), boot: "b", sentAt: at, beats: [beat]))))
        let playback = Playback.whole(town.fleet, town.feed(until: end))
        #expect(playback.attribution(of: Town.site(1)) == .power)
        #expect(playback.evidence(of: Town.site(1)).contains { $0.json["kind"] == .string("silentAfterGasp") })
    }
}
