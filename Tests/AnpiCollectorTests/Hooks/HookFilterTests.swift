import AnpiEngine
import AnpiModel
import AnpiStore
import Testing

@testable import AnpiCollector

@Suite struct HookFilterTests {
    static let at = Timestamp(rfc3339: "2022-09-24T05:58:00.250+09:00") ?? .distantPast
    static let site = SiteID(trusted: "shz-0041")

    static func hook(
        _ name: String, events: [String] = ["*"], offices: [String]? = nil, takesDrills: Bool = false
    ) throws -> Hook {
        Hook(
            name: name, address: try HookAddress("https://example.com/", allowsPrivate: false),
            secrets: [try HookSecret(HookConfigurationTests.secret)], events: try HookEvents(events),
            offices: offices.map { $0.map { OfficeID(trusted: $0) } }, takesDrills: takesDrills)
    }

    static func opened(drill: Bool = false) -> Decision {
        var details: [JSON.Member] = [
            .init("incident", "I-7"), .init("kind", "single"), .init("sites", ["shz-0041"]),
        ]
        if drill { details.append(.init("drill", true)) }
        return Decision(
            at: at, name: .incidentOpened, site: site, incident: IncidentID(7),
            offices: [OfficeID(trusted: "shizuoka")],
            details: details)
    }

    @Test func bodyIsTheDecisionInTheFormOfStandardWebhooks() throws {
        let drafts = HookFilter([try Self.hook("a")]).outbox(Self.opened(), 3)
        #expect(
            drafts == [
                OutboxDraft(
                    journalIndex: 3, hook: "a", subject: "I-7", type: "incident.opened", at: Self.at,
                    body: #"{"type":"incident.opened","timestamp":"2022-09-24T05:58:00.250+09:00","#
                        + #""data":{"incident":"I-7","kind":"single","sites":["shz-0041"]}}"#,
                    replacesWaiting: false)
            ])
    }

    @Test func eachHookHearsOnlyWhatItAsksFor() throws {
        let filter = HookFilter([
            try Self.hook("tasks", events: ["task.*"]), try Self.hook("all"),
            try Self.hook("here", offices: ["shizuoka"]), try Self.hook("there", offices: ["hamamatsu"]),
            try Self.hook("opened", events: ["incident.opened"]),
        ])
        #expect(filter.outbox(Self.opened(), 0).map(\.hook) == ["all", "here", "opened"])
    }

    @Test func whatIsAboutNoOfficeIsToldToAll() throws {
        let blind = Decision(at: Self.at, name: .blindBegan, details: [])
        #expect(HookFilter([try Self.hook("a", offices: ["hamamatsu"])]).outbox(blind, 0).map(\.subject) == ["blind"])
    }

    @Test func drillIsToldOnlyToThoseWhoAskForDrills() throws {
        let hooks = [try Self.hook("real"), try Self.hook("drills", takesDrills: true)]
        #expect(HookFilter(hooks).outbox(Self.opened(drill: true), 0).map(\.hook) == ["drills"])
        let ofLane = HookFilter(hooks, isDrill: true).outbox(Self.opened(), 0)
        #expect(ofLane.map(\.hook) == ["drills"])
        #expect(ofLane.allSatisfy { $0.body.hasSuffix(#","drill":true}}"#) })
    }

    @Test func onlyWholeStatesReplaceWhatWaits() {
        let replacing = DecisionName.allCases.filter(HookFilter.replacesWaiting)
        #expect(replacing == [.agentContact, .siteContact, .siteAssessed, .sitePlanned, .incidentChanged])
    }

    /// Within one subject the store replaces anything that may be replaced, so none may hold two kinds of news.
    @Test func subjectThatIsReplacedHoldsOneKindOfNews() {
        var kinds: [String: Set<DecisionName>] = [:]
        for name in DecisionName.allCases where HookFilter.replacesWaiting(name) {
            let decision = Decision(
                at: Self.at, name: name, site: Self.site, agent: AgentID(trusted: "shz-0041-server"),
                incident: IncidentID(7), task: TaskID(412), details: [])
            kinds[HookFilter.subject(of: decision), default: []].insert(name)
        }
        #expect(kinds.values.allSatisfy { $0.count == 1 })
        #expect(kinds["I-7"] == [.incidentChanged])
        #expect(kinds["site.contact shz-0041"] == [.siteContact])
    }

    @Test func tasksOfAnIncidentKeepItsOrder() {
        func subject(_ name: DecisionName, incident: Int?, task: Int?) -> String {
            HookFilter.subject(
                of: Decision(
                    at: Self.at, name: name, site: Self.site, incident: incident.map { IncidentID($0) },
                    task: task.map { TaskID($0) }, details: []))
        }
        #expect(subject(.incidentOpened, incident: 7, task: nil) == "I-7")
        #expect(subject(.taskOffered, incident: 7, task: 412) == "I-7")
        #expect(subject(.taskChanged, incident: 7, task: 412) == "I-7")
        #expect(subject(.incidentClosed, incident: 7, task: nil) == "I-7")
        #expect(subject(.taskDrafted, incident: nil, task: 413) == "T-413")
    }

    @Test func aDrillsDeliveriesAreCountedByOurClockAndGoOnlyWhereTheyWereAskedFor() throws {
        let now = Self.at + .seconds(4 * 365 * 86_400)
        let hooks = HookSet([try Self.hook("a"), try Self.hook("drills", takesDrills: true)])
        let drafts = hooks.drillOutbox(Self.opened(), 0, at: now)
        #expect(drafts.map(\.hook) == ["drills"] && drafts.map(\.at) == [now])
        // What is told keeps the drill's time, and says what it is.
        let body = try #require(drafts.first?.body)
        #expect(body.contains(#""timestamp":"2022-09-24T05:58:00.250+09:00""#) && body.contains(#""drill":true"#))
        #expect(hooks.outbox(Self.opened(), 0).map(\.hook) == ["a", "drills"])
        #expect(hooks.takingDrills.map(\.name) == ["drills"])
    }
}
