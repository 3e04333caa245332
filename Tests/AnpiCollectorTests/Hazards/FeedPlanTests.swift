import AnpiModel
import Testing

@testable import AnpiCollector
@testable import AnpiHazards

@Suite struct FeedPlanTests {
    private static let address = "https://feeds.example/xml/extra.xml"
    private static let start = Timestamp(milliseconds: 1_790_000_000_000)

    private func entry(_ name: String, minutes: Int = 0, title: String = "気象警報・注意報（Ｒ０６）（大雨）") -> AtomFeed.Entry {
        AtomFeed.Entry(
            id: name, title: title, updatedAt: Self.start + .seconds(minutes * 60),
            link: name.contains("://") ? name : "https://feeds.example/xml/data/\(name).xml")
    }

    private func read(_ plan: inout FeedPlan, at now: Timestamp, eTag: String? = nil) {
        for list in plan.lists(at: now) { plan.wasRead(list, .init(eTag: eTag), at: now) }
    }

    @Test func theLongListIsReadAtTheStartAndAfterAGap() {
        var plan = FeedPlan(address: Self.address)
        func lists(_ second: Int) -> [String] { plan.lists(at: Self.start + .seconds(second)) }
        #expect(lists(0) == ["https://feeds.example/xml/extra_l.xml", Self.address])
        plan.wasRead(Self.address, .init(), at: Self.start)
        #expect(lists(60) == [Self.address])
        #expect(lists(600) == [Self.address])
        #expect(lists(601).count == 2)
    }

    @Test func aLongListThatFailedIsTriedAgainAndOneThatIsNotThereIsNot() {
        var plan = FeedPlan(address: Self.address)
        func lists(_ second: Int) -> [String] { plan.lists(at: Self.start + .seconds(second)) }
        let long = plan.lists(at: Self.start)[0]
        plan.wasUnreadable(long, isGone: false)
        plan.wasRead(Self.address, .init(), at: Self.start)
        #expect(lists(60).count == 2)
        plan.wasUnreadable(long, isGone: true)
        #expect(lists(60_000) == [Self.address])
    }

    @Test(arguments: [
        ("https://a.example/extra.xml", "https://a.example/extra_l.xml" as String?),
        ("https://a.example/extra_l.xml", nil),
        ("https://a.example/alerts.atom", nil),
    ])
    func onlyTheShortListHasALongOne(address: String, long: String?) {
        #expect(FeedPlan.long(of: address) == long)
    }

    @Test func whatIsNewIsFetchedOnceOldestFirst() {
        var plan = FeedPlan(address: Self.address, known: [entry("known").link])
        func wanted(_ entries: [AtomFeed.Entry]) -> [AtomFeed.Entry] { plan.wanted(entries, at: Self.start) }
        let entries = [
            entry("b", minutes: 2), entry("a", minutes: 1), entry("a", minutes: 1), entry("known"),
            entry("forecast", title: "府県天気予報"), entry("old", minutes: -73 * 60),
            entry("https://elsewhere.example/c.xml"), entry("http://feeds.example/d.xml"), entry("file:///etc/passwd"),
        ]
        #expect(wanted(entries).map(\.id) == ["a", "b"])
        plan.wasTaken(entry("a").link)
        #expect(wanted(entries).map(\.id) == ["b"])
    }

    @Test func whatCannotBeFetchedIsTriedAFewTimes() {
        var plan = FeedPlan(address: Self.address)
        func wanted(_ entries: [AtomFeed.Entry]) -> [AtomFeed.Entry] { plan.wanted(entries, at: Self.start) }
        read(&plan, at: Self.start, eTag: "1")
        #expect(plan.validators(of: Self.address).eTag == "1")
        for _ in 1..<FeedPlan.triesMax {
            #expect(wanted([entry("a")]).count == 1)
            let isGivenUp = plan.wasMissed(entry("a").link)
            #expect(!isGivenUp)
            // The list must come whole again, or nobody would name the entry any more.
            #expect(plan.validators(of: Self.address).eTag == nil)
        }
        let isGivenUp = plan.wasMissed(entry("a").link)
        #expect(isGivenUp)
        #expect(wanted([entry("a")]).isEmpty)
    }

    @Test func moreThanALookTakesIsFetchedAtTheNext() {
        var plan = FeedPlan(address: Self.address)
        func lists(_ second: Int) -> [String] { plan.lists(at: Self.start + .seconds(second)) }
        func wanted(_ entries: [AtomFeed.Entry]) -> [AtomFeed.Entry] { plan.wanted(entries, at: Self.start) }
        read(&plan, at: Self.start, eTag: "1")
        let entries = (0..<(FeedPlan.fetchesMax + 10)).map { entry("e\($0)", minutes: $0 % 60) }
        let first = plan.wanted(entries, at: Self.start)
        #expect(first.count == FeedPlan.fetchesMax)
        for entry in first { plan.wasTaken(entry.link) }
        #expect(lists(60).count == 2)
        #expect(wanted(entries).count == 10)
    }

    @Test func whatWasSeenIsBounded() {
        var plan = FeedPlan(address: Self.address)
        func wanted(_ entries: [AtomFeed.Entry]) -> [AtomFeed.Entry] { plan.wanted(entries, at: Self.start) }
        for number in 0...FeedPlan.seenMax { plan.wasTaken(entry("e\(number)").link) }
        #expect(wanted([entry("e0"), entry("e\(FeedPlan.seenMax)")]).map(\.id) == ["e0"])
    }

    @Test(arguments: [(0, 60, 20), (19_999, 60, 20), (20_000, 60, 80), (79_999, 60, 80), (500, 1, 1), (1_000, 1, 2)])
    func looksAreTwentySecondsPastTheMinute(nowMilliseconds: Int64, everySeconds: Int, nextSeconds: Int64) {
        let minute = Self.start.milliseconds / 60_000 * 60_000
        let next = FeedPlan.nextLook(
            after: Timestamp(milliseconds: minute + nowMilliseconds), every: .seconds(everySeconds))
        #expect(next.milliseconds - minute == nextSeconds * 1_000)
    }
}
