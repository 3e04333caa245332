import AnpiModel
import Testing

@testable import AnpiEngine

@Suite struct AttributionTests {
    private func attribution(_ story: Story, _ site: Int) -> Attribution? { story.engine.sites[site].attribution }

    /// Sites of one municipality with a server each, all heard at dawn.
    private func town(_ count: Int) -> Story {
        let fleet = Fleet(
            offices: [Fleet.office()], sites: (0..<count).map { Fleet.site("s-\($0)") },
            agents: (0..<count).map { Fleet.agent("a-\($0)", at: "s-\($0)") })
        var story = Story(fleet)
        for number in 0..<count { story.beat("a-\(number)", 1) }
        return story
    }

    @Test func aSilentSiteWhoseNeighboursReportIsAlone() {
        var story = town(12)
        story.beats((1..<12).map { "a-\($0)" }, from: 2, minutes: 4)
        #expect(attribution(story, 0) == .siteOnly)
        let site = story.engine.site(SiteID(trusted: "s-0"))
        #expect(site?["attribution"] == "siteOnly")
        #expect(story.engine.evidence(of: 0).map(\.kind) == ["base", "silentOpen", "neighboursHeard"])
        story.beat("a-0", 2)
        #expect(attribution(story, 0) == nil)
        #expect(story.engine.neighbourhoods.first?.alone == [])
    }

    @Test func whoseNeighboursFallSilentTooIsNotAloneAnyMore() {
        var story = town(12)
        story.beats((1..<12).map { "a-\($0)" }, from: 2, minutes: 4)
        #expect(attribution(story, 0) == .siteOnly)
        _ = story.news()
        story.beats((3..<12).map { "a-\($0)" }, from: 6, minutes: 4)
        #expect(attribution(story, 0) == .area)
        #expect(attribution(story, 1) == .area)
        let taken = story.decisions.first { $0.name == .siteAssessed && $0.site == SiteID(trusted: "s-0") }
        #expect(taken?.json["attribution"] == .null)
        #expect(story.names.contains(.incidentOpened))
    }

    @Test func withoutNeighboursNothingIsSaid() {
        var story = town(1)
        story.pass(.seconds(600))
        #expect(story.contact("s-0") == .silent)
        #expect(attribution(story, 0) == nil)
    }

    @Test func aRestoredEngineCountsTheSameNeighbours() throws {
        var story = town(12)
        story.beats((1..<12).map { "a-\($0)" }, from: 2, minutes: 4)
        let restored = try Engine(
            restoring: story.engine.checkpointHead(), blocks: story.engine.checkpointBlocks(dirtyOnly: false))
        #expect(restored.neighbourhoods == story.engine.neighbourhoods)
        #expect(restored.neighbourhoods == [Neighbourhood(reporting: 11, silent: 1, alone: [0])])
    }

    @Test func evidenceCarriesItsKeyAndArgumentsAfterTheKeysOfTheContract() {
        var story = town(2)
        story.beats(["a-1"], from: 2, minutes: 4)
        let text = story.engine.site(SiteID(trusted: "s-0"))?["evidence"]?.text
        #expect(
            text
                == #"[{"kind":"base","weight":-7.6,"text":"警報等なし（出発点 0.05%）","key":"evidence.base","#
                + #""arguments":{"p":"0.05%"}},"#
                + #"{"kind":"silentOpen","weight":6.2,"text":"診療時間中に24時間稼働のサーバーが9/24 05:58から途絶","#
                + #""key":"evidence.silentOpen","#
                + #""arguments":{"device":"server","since":"2022-09-24T05:58:00.000+09:00"}},"#
                + #"{"kind":"neighboursHeard","weight":0.0,"text":"同じ市区町村の1施設は受信中","#
                + #""key":"evidence.neighboursHeard","arguments":{"n":1}}]"#)
        let told = story.decisions.last { $0.name == .siteAssessed }?.json["evidence"]?.text
        #expect(told?.contains("arguments") == false)
    }

    @Test func copiesAndTheirMessagesSurviveACheckpoint() throws {
        var story = Story()
        story.ping("s-1", .external, .fail, message: "disk full")
        story.ping("s-1", .mirror, .success)
        story.beat("a-1", 1, boot: "6f9c1b2e-77aa-4c4d-9e1f-0123456789ab")
        let restored = try Engine(
            restoring: story.engine.checkpointHead(), blocks: story.engine.checkpointBlocks(dirtyOnly: false))
        let site = restored.site(SiteID(trusted: "s-1"))
        #expect(site == story.engine.site(SiteID(trusted: "s-1")))
        #expect(site?["copies"]?.text.contains(#""message":"disk full""#) == true)
        #expect(site?["agents"]?.text.contains(#""boot":"6f9c1b2e-77a…""#) == true)
        #expect(restored.sites[0].copies.map(\.tier) == [.mirror, .external])
        story.ping("s-1", .external, .success)
        #expect(story.engine.site(SiteID(trusted: "s-1"))?["copies"]?.text.contains("disk full") == false)
    }
}
