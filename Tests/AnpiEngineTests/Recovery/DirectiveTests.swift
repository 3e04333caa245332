import AnpiModel
import Testing

@testable import AnpiEngine

/// What agents are asked to do before a storm.
@Suite struct DirectiveTests {
    private func asked(_ story: Story) -> [String] { story.engine.directives.map(\.agent.text) }

    private func asked(of site: String, _ story: Story) -> JSON? { story.engine.site(SiteID(trusted: site))?["asked"] }

    private func offsite(_ goodAt: Timestamp, tier: CopyTier = .offsite) -> CopyReport {
        CopyReport(tier: tier, state: .good, goodAt: goodAt, verifiedAt: Story.dawn, bytes: 1)
    }

    @Test func aWarningOfLevelThreeAsksTheAgentsOfSitesThatWouldLoseTheirData() throws {
        var story = Story.beforeStorm()
        story.warn(level: 2)
        #expect(asked(story).isEmpty && asked(of: "floor", story) == .null)
        story.warn(level: 3, serial: 2)
        #expect(asked(story) == ["a-floor", "a-inside"])
        let first = try #require(story.engine.directives.first)
        #expect(first.directives.map(\.text) == ["backup-offsite@2022-09-24T05:58:00.000+09:00", "report-faster"])
        #expect(first.intervalSeconds == 15)
        #expect(asked(of: "floor", story) == ["at": .time(story.now), "doneAt": .null])
        #expect(asked(of: "away", story) == .null)
    }

    @Test func howManyPeopleAreRungUpDoesNotBoundHowManyDevicesAreAsked() {
        var parameters = Parameters()
        parameters.callsBeforeStormMax = 0
        var story = Story(parameters: parameters, fleet: Story.beforeStorm().engine.index.fleet)
        story.warn(level: 4)
        #expect(Set(asked(story)).isSuperset(of: ["a-floor", "a-inside"]))
    }

    @Test func itIsOneAskingAsLongAsTheWarningStandsAndAnotherWithTheNext() {
        var story = Story.beforeStorm()
        story.warn(level: 3)
        let first = story.engine.directives
        for serial in 2..<5 {
            story.pass(.seconds(60))
            story.warn(level: 4, serial: serial)
        }
        #expect(story.engine.directives == first)
        story.warn(level: 1, serial: 5)
        #expect(asked(story).isEmpty && asked(of: "floor", story) == .null)
        story.pass(.seconds(60))
        story.warn(level: 3, serial: 6)
        #expect(asked(story) == ["a-floor", "a-inside"])
        #expect(story.engine.directives != first)
    }

    /// Told of the copy away from the building before the warning: when it was made and read back, hours before it.
    @Test(
        arguments: [
            (1, 10, []), (1, nil, ["a-away"]), (23, 30, []), (25, 30, ["a-away"]), (nil, 30, ["a-away"]),
        ] as [(Int?, Int?, [String])])
    func whoseCopyAwayIsNotProvenOrOldIsAskedAndNotRungUp(good: Int?, verified: Int?, expected: [String]) {
        var story = Story.beforeStorm()
        func hoursAgo(_ hours: Int?) -> Timestamp? { hours.map { story.now - .seconds($0 * 3_600) } }
        let copy = CopyReport(tier: .offsite, state: .good, goodAt: hoursAgo(good), verifiedAt: hoursAgo(verified))
        story.beat("a-away", 2) { $0.copies = [copy] }
        story.warn(level: 3)
        #expect(asked(story).filter { $0 == "a-away" } == expected)
        let rung = story.engine.tasks.numbers.compactMap { story.engine.tasks[$0] }
        #expect(!rung.contains { story.engine.index.sites[Int($0.site)].id.text == "away" })
    }

    @Test func whoseCopiesTurnOutWorseWhileTheWarningStandsIsAskedOnceForEachDoubt() throws {
        var story = Story.beforeStorm()
        story.warn(level: 3)
        #expect(!asked(story).contains("a-away"))
        func tell(_ seq: Int64, _ state: CopyState, verifiedAt: Timestamp?) {
            story.pass(.seconds(60))
            story.beat("a-away", seq) {
                $0.copies = [CopyReport(tier: .offsite, state: state, goodAt: Story.dawn, verifiedAt: verifiedAt)]
            }
        }
        tell(2, .good, verifiedAt: nil)
        #expect(asked(story).contains("a-away"))
        let first = story.engine.directives
        func calls() -> Int { story.engine.tasks.numbers.count { story.engine.tasks[$0]?.readiness != nil } }
        #expect(calls() == 2)
        tell(3, .failing, verifiedAt: nil)
        #expect(story.engine.directives == first, "it is one asking")
        tell(4, .missing, verifiedAt: nil)
        #expect(story.engine.directives == first)
        #expect(calls() == 3, "now it would lose its data: its people are rung up")
        tell(5, .good, verifiedAt: nil)
        tell(6, .missing, verifiedAt: nil)
        story.warn(level: 4, serial: 2)
        #expect(calls() == 3 && story.engine.directives == first)
        #expect(try story.restarted().engine.sites.map(\.preparation) == story.engine.sites.map(\.preparation))
    }

    @Test func aCopyThatGrewOldIsNoticedWhenTheWarningRises() {
        var story = Story.beforeStorm()
        story.warn(level: 3)
        story.pass(.seconds(25 * 3_600))
        #expect(!asked(story).contains("a-away"))
        story.warn(level: 4, serial: 2)
        #expect(asked(story).contains("a-away"))
    }

    @Test func whoIsSilentIsAskedToo() {
        var story = Story.beforeStorm()
        story.pass(.seconds(600))
        #expect(story.contact("floor") == .silent)
        story.warn(level: 3)
        #expect(asked(story) == ["a-floor", "a-inside"])
    }

    @Test func aQuakeIsNotSeenComing() {
        var story = Story.beforeStorm()
        story.warn(level: 4, phenomenon: .quake)
        #expect(asked(story).isEmpty)
    }

    @Test func aCopyAwayFromTheBuildingThatIsNewerThanTheAskingIsTheAnswer() {
        var story = Story.beforeStorm()
        story.warn(level: 3)
        let askedAt = story.now
        story.pass(.seconds(60))
        story.beat("a-floor", 2) { $0.copies = [offsite(askedAt - .seconds(3_600))] }
        #expect(asked(of: "floor", story)?["doneAt"] == .null)
        story.beat("a-floor", 3) { $0.copies = [offsite(askedAt + .seconds(30), tier: .external)] }
        #expect(asked(of: "floor", story)?["doneAt"] == .null, "it stands in the same water")
        story.beat("a-floor", 4) { $0.copies = [offsite(askedAt + .seconds(30))] }
        #expect(asked(of: "floor", story) == ["at": .time(askedAt), "doneAt": .time(askedAt + .seconds(30))])
        let row = story.engine.readinessSheet(.en).rows.first { $0[1] == "floor" }
        #expect(row?.contains("asked at 05:58, done at 05:58") == true, "\(row ?? [])")
        let other = story.engine.readinessSheet(.ja).rows.first { $0[1] == "inside" }
        #expect(other?.contains("05:58に依頼") == true, "\(other ?? [])")
    }

    @Test func theAgentsClockMayBeWrong() {
        var story = Story.beforeStorm()
        story.warn(level: 3)
        let askedAt = story.now
        story.pass(.seconds(60))
        // Its clock is ten minutes behind: what it made half a minute ago it dates before the asking.
        let slow = Duration.seconds(-600)
        var beat = Beat(seq: 2, at: story.now + slow, interval: 60)
        beat.copies = [offsite(story.now + slow - .seconds(30))]
        story.send("a-floor", sentAt: story.now + slow, [beat])
        #expect(asked(of: "floor", story)?["doneAt"] == .time(askedAt + .seconds(30)))
    }

    @Test func aRestartKeepsWhatWasAsked() throws {
        var story = Story.beforeStorm()
        story.warn(level: 3)
        var other = try story.restarted()
        #expect(other.engine.directives == story.engine.directives)
        other.pass(.seconds(60))
        other.warn(level: 4, serial: 2)
        #expect(other.engine.directives == story.engine.directives)
    }

    @Test func whoComesToAnAskedSiteIsAskedAndWhoLeavesIsNot() {
        var story = Story.beforeStorm()
        story.warn(level: 3)
        var fleet = story.engine.fleet
        fleet.agents.append(Fleet.agent("a-new", at: "inside", device: .mirror))
        fleet.agents.append(Fleet.agent("a-canary", at: "inside", canary: true))
        fleet.sites.removeAll { $0.id.text == "floor" }
        fleet.agents.removeAll { $0.site.text == "floor" }
        fleet.copies.removeAll { $0.site.text == "floor" }
        let version = story.engine.directivesVersion
        #expect(story.command(.importFleet(fleet), as: .admin).status == 200)
        #expect(Set(asked(story)) == ["a-inside", "a-new"])
        #expect(story.engine.directivesVersion > version)
    }

    @Test func theJournalSaysWhoWasAskedAndWhenThatEnded() {
        var story = Story.beforeStorm()
        story.warn(level: 3)
        story.warn(level: 1, serial: 2)
        let notes = story.step.entries.compactMap { entry -> Step.Note? in
            guard case .note(let note) = entry, note.kind.hasPrefix("directives.") else { return nil }
            return note
        }
        #expect(notes.map(\.kind) == ["directives.asked", "directives.ended"])
        #expect(notes.allSatisfy { $0.body["sites"] == ["floor", "inside"] })
    }

    /// Looked up by halving: every place of every length is found, and nothing else.
    @Test(arguments: 0...9) func everyAskedSiteIsFound(count: Int) {
        var askings = Askings()
        askings.change(begun: (0..<count).map { $0 * 2 + 1 }.reversed(), ended: [], at: Story.dawn)
        for site in 0...(count * 2 + 1) {
            #expect((askings[site] != nil) == (site % 2 == 1 && site < count * 2), "\(site) of \(count)")
        }
    }
}
