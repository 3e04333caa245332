import AnpiEngine
import AnpiModel
import AnpiStore
import Foundation
import Testing

@testable import AnpiCollector

@Suite struct HookBodyTests {
    static func decision(_ name: DecisionName = .siteAssessed, _ details: [JSON.Member]) -> Decision {
        Decision(
            at: HookFilterTests.at, name: name, site: HookFilterTests.site, incident: IncidentID(7), details: details)
    }

    static func entry(body: String, type: String = "incident.opened", superseded: Int = 0, missed: Int = 0)
        -> OutboxEntry
    {
        OutboxEntry(
            id: "0-1-0", hook: "a", subject: "I-7", type: type, at: HookFilterTests.at, body: body, state: .waiting,
            attempts: 0, nextAt: HookFilterTests.at, lastStatus: nil, superseded: superseded, missed: missed)
    }

    private func data(of text: String) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return try #require(object?["data"] as? [String: Any])
    }

    @Test func textsOfTheEvidenceGoFirst() throws {
        let evidence = (0..<100).map { index -> JSON in
            [
                "kind": "neighbour", "weight": .decimal(0.5, digits: 3),
                "text": .string(String(repeating: "水", count: 100)),
            ]
        }
        let text = HookBody.text(
            of: Self.decision(.siteAssessed, [.init("site", "shz-0041"), .init("evidence", .array(evidence))]))
        let data = try data(of: text)
        #expect(text.utf8.count <= HookBody.bytesMax)
        #expect((data["evidence"] as? [[String: Any]])?.count == 100)
        #expect(!text.contains("水") && data["truncated"] as? Bool == true)
        #expect(data["evidenceTotal"] == nil)
    }

    @Test func longTextsAndListsFollowButNotTheSites() throws {
        let sites = (0..<500).map { JSON.string("shz-\($0)") }
        let reasons = (0..<100).map { JSON.string("\($0)" + String(repeating: "x", count: 1_000)) }
        let text = HookBody.text(
            of: Self.decision(
                .incidentOpened,
                [
                    .init("incident", "I-7"), .init("sites", .array(sites)), .init("reasons", .array(reasons)),
                ]))
        let data = try data(of: text)
        #expect(text.utf8.count <= HookBody.bytesMax)
        #expect((data["sites"] as? [String])?.count == 500)
        #expect((data["reasons"] as? [String])?.count == 20)
        #expect((data["reasons"] as? [String])?.first?.hasSuffix("x…") == true)
        #expect(data["reasonsTotal"] as? Int == 100)
        #expect(data["truncated"] as? Bool == true)
    }

    @Test func sitesAreCutLastAndCounted() throws {
        let sites = (0..<1_190).map { JSON.string("shizuoka-clinic-number-\($0)") }
        let text = HookBody.text(
            of: Self.decision(.incidentOpened, [.init("incident", "I-7"), .init("sites", .array(sites))]))
        let data = try data(of: text)
        let kept = try #require((data["sites"] as? [String])?.count)
        #expect(text.utf8.count <= HookBody.bytesMax - HookBody.reservedBytes)
        #expect(text.utf8.count > HookBody.bytesMax - HookBody.reservedBytes - 60, "as many as fit")
        #expect(kept > 500 && data["sitesTotal"] as? Int == 1_190)
    }

    @Test func whatNothingHelpsKeepsItsIdentifiers() throws {
        let members = (0..<2_000).map { JSON.Member("member\($0)", "value") }
        let text = HookBody.text(of: Self.decision(.incidentChanged, members))
        #expect(
            text == #"{"type":"incident.changed","timestamp":"2022-09-24T05:58:00.250+09:00","#
                + #""data":{"site":"shz-0041","incident":"I-7","truncated":true}}"#)
    }

    @Test(arguments: [
        (0, 0, #"{"type":"t","data":{}}"#), (3, 0, #"{"type":"t","data":{},"superseded":3}"#),
        (0, 2, #"{"type":"t","data":{},"missed":2}"#), (3, 2, #"{"type":"t","data":{},"superseded":3,"missed":2}"#),
    ])
    func whatWasLeftOutStandsBesideTheType(superseded: Int, missed: Int, sent: String) {
        let entry = Self.entry(body: #"{"type":"t","data":{}}"#, superseded: superseded, missed: missed)
        #expect(String(decoding: HookBody.bytes(of: entry), as: UTF8.self) == sent)
    }

    @Test func digestTellsHowManyEventsItStandsFor() {
        let entry = Self.entry(body: "{}", type: Outbox.digestType, superseded: 41)
        #expect(
            String(decoding: HookBody.bytes(of: entry), as: UTF8.self)
                == #"{"type":"outbox.digest","timestamp":"2022-09-24T05:58:00.250+09:00","data":{"events":41}}"#)
    }
}
