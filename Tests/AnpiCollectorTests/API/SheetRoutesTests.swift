import AnpiEngine
import AnpiModel
import HTTPTypes
import HummingbirdTesting
import Synchronization
import Testing

@testable import AnpiCollector

struct SheetRoutesTests {
    typealias Tokens = DoorFixture.Tokens

    /// A door behind which `shz-0041` was hit: incident I-1, one recovery, one situation report.
    private func hitFixture() -> DoorFixture {
        let fixture = DoorFixture()
        fixture.engine.change { engine, step in
            let changes: [Command.Change] = [
                .reportDamage(SiteID(trusted: "shz-0041"), DamageReport(server: .wet)),
                .addSitrep(IncidentID(1), SitrepDraft(text: "橋は通れません")),
            ]
            for (number, change) in changes.enumerated() {
                let command = Command(
                    operation: "op-\(number)", bodyDigest: [], actor: .init(name: "Yamada", role: .admin),
                    receivedAt: DoorFixture.now, change: change)
                engine.apply(.command(command), at: DoorFixture.now, into: &step)
            }
        }
        fixture.journal.lines.withLock {
            $0 = [
                JournalLine(
                    number: 1, at: DoorFixture.now, kind: "incident.opened", site: SiteID(trusted: "shz-0041"),
                    incident: IncidentID(1), body: #"{"incident":"I-1","kind":"single"}"#),
                JournalLine(
                    number: 2, at: DoorFixture.now, kind: "command.damage", site: SiteID(trusted: "shz-0041"),
                    incident: IncidentID(1), actor: "Yamada", body: #"{"site":"shz-0041","note":"床上 \"40cm\", 本体"}"#),
            ]
        }
        return fixture
    }

    @Test(arguments: [
        "/v1/claims", "/v1/claims?incident=I-1", "/v1/readiness", "/v1/readiness?municipality=22&office=shz",
        "/v1/sheets/claims", "/v1/sheets/readiness", "/v1/sheets/damage?incident=I-1",
        "/v1/sheets/timeline?incident=I-1", "/v1/sheets/resources?incident=I-1&lang=en", "/v1/incidents/I-1/sitreps",
        "/v1/incidents/I-1/sitreps/1", "/v1/engineers?availability=unconfirmed",
    ])
    func everyListSaysAsOfWhen(uri: String) async throws {
        let answer = try await hitFixture().send(.get, uri, token: Tokens.viewer.text)
        #expect(answer.status == .ok, "\(answer.text)")
        #expect(answer.header("x-anpi-as-of")?.hasSuffix("+09:00") == true)
        #expect(answer.header("content-type") == "application/json")
    }

    @Test(
        arguments: [
            ("", nil, "施設"), ("?lang=en", nil, "site"), ("", "en-GB,en;q=0.8", "site"), ("", "fr, ja;q=0.5", "施設"),
            ("?lang=ja", "en", "施設"),
        ] as [(String, String?, String)])
    func claimsAsCSVBeginWithAByteOrderMarkAndAHeaderInTheCallersLanguage(
        query: String, accepted: String?, column: String
    ) async throws {
        let headers = accepted.map { ["accept-language": $0] } ?? [:]
        let answer = try await hitFixture().send(.get, "/v1/claims.csv" + query, token: Tokens.viewer.text, headers)
        #expect(answer.status == .ok)
        #expect(answer.header("content-type") == "text/csv; charset=utf-8")
        #expect(answer.header("content-disposition") == "attachment; filename=\"claims.csv\"")
        #expect(answer.text.hasPrefix("\u{FEFF}\(column),"))
        #expect(answer.text.contains("shz-0041,Clinic shz-0041,2022-10-10,"))
    }

    @Test func theTimelineIsReadFromItsBeginning() async throws {
        let answer = try await hitFixture().send(
            .get, "/v1/sheets/timeline.csv?incident=I-1", token: Tokens.viewer.text)
        #expect(
            answer.text == "\u{FEFF}時刻,出来事,対象,誰,内容\r\n" + "2022-09-24 07:00:00,事案を開始,Clinic shz-0041,,個別\r\n"
                + "2022-09-24 07:00:00,被害の報告,Clinic shz-0041,Yamada,\"床上 \"\"40cm\"\", 本体\"\r\n")
    }

    @Test func theTimelineNamesWhoAndWhatAnEntryIsAboutAndEachOnce() async throws {
        let fixture = hitFixture()
        let codes = (1...9).map { "\"2210\($0)\"" }.joined(separator: ",")
        fixture.journal.lines.withLock {
            $0 = [
                JournalLine(
                    number: 1, at: DoorFixture.now, kind: "incident.changed", incident: IncidentID(1),
                    body: #"{"incident":"I-1","areas":[\#(codes)]}"#),
                JournalLine(
                    number: 2, at: DoorFixture.now, kind: "incident.joined", incident: IncidentID(1),
                    body: #"{"incident":"I-1","site":"shz-0041"}"#),
                JournalLine(
                    number: 3, at: DoorFixture.now, kind: "engineers.unconfirmed", incident: IncidentID(1),
                    body: #"{"incident":"I-1","engineers":["eng-3","eng-99"]}"#),
                JournalLine(
                    number: 4, at: DoorFixture.now, kind: "task.changed", site: SiteID(trusted: "shz-0041"),
                    incident: IncidentID(1), task: TaskID(1),
                    body: #"{"task":"T-1","kind":"inspect","state":"onSite","engineer":"eng-3","onBehalfOf":"eng-3"}"#),
            ]
        }
        let answer = try await fixture.send(
            .get, "/v1/sheets/timeline.csv?incident=I-1&lang=en", token: Tokens.viewer.text)
        let rows = answer.text.split(separator: "\r\n").dropFirst().map { $0.drop { $0 != "," } }
        #expect(
            rows == [
                ",Incident changed,I-1,,9 areas", ",Joined the incident,Clinic shz-0041,,",
                ",engineers are to be asked,I-1,,\"Suzuki, eng-99\"",
                ",Task changed,T-1 Clinic shz-0041,,\"inspection, on site, Suzuki\"",
            ])
    }

    @Test(arguments: ["/v1/incidents/I-1/sitreps/1.md", "/v1/incidents/I-1/sitreps/1"])
    func aSituationReportIsAPageOfMarkdown(path: String) async throws {
        let answer = try await hitFixture().send(
            .get, path, token: Tokens.viewer.text, ["accept": "text/markdown"])
        #expect(answer.header("content-type") == "text/markdown; charset=utf-8")
        #expect(answer.text.hasPrefix("# 状況報告 第1報") && answer.text.contains("橋は通れません"))
    }

    @Test(arguments: [
        ("/v1/sheets/none", 404), ("/v1/sheets/damage", 422), ("/v1/sheets/damage?incident=I-9", 404),
        ("/v1/sheets/timeline?incident=I-9", 404), ("/v1/sheets/claims?lang=de", 422),
        ("/v1/readiness?municipality=2x", 422), ("/v1/incidents/I-1/sitreps/2", 404),
        ("/v1/incidents/I-1/sitreps/x", 404), ("/v1/incidents/I-9/sitreps", 404),
    ])
    func whatIsNotThereOrWrongIsSaidSo(uri: String, status: Int) async throws {
        let answer = try await hitFixture().send(.get, uri, token: Tokens.viewer.text)
        #expect(answer.status.code == status, "\(answer.text)")
    }

    @Test func anotherOfficesListsAreEmptyAndItsIncidentsDoNotExist() async throws {
        let fixture = hitFixture()
        let token = Tokens.hamamatsuViewer.text
        #expect(try await fixture.send(.get, "/v1/claims", token: token).text == #"{"items":[],"next":null}"#)
        #expect(try await fixture.send(.get, "/v1/sheets/damage?incident=I-1", token: token).status == .notFound)
        #expect(try await fixture.send(.get, "/v1/incidents/I-1/sitreps/1", token: token).status == .notFound)
    }

    @Test(arguments: [
        ("/v1/incidents/I-1", #"{"commander":"山田","claimsDue":"2022-10-17"}"#),
        ("/v1/incidents/I-1/merge", #"{"into":"I-3"}"#), ("/v1/incidents/I-1/sitreps", #"{"text":"第2報"}"#),
    ])
    func onlyCoordinatorsLead(path: String, body: String) async throws {
        let fixture = hitFixture()
        #expect(try await fixture.send(.post, path, token: Tokens.coordinator.text, body: body).status == .ok)
        #expect(fixture.commands.seen.withLock { $0.count } == 1)
        #expect(try await fixture.send(.post, path, token: Tokens.engineer.text, body: body).status == .forbidden)
        let other = Tokens.hamamatsuCoordinator.text
        #expect(try await fixture.send(.post, path, token: other, body: body).status == .notFound)
    }

    @Test(arguments: [
        ("/v1/incidents/I-1", #"{"claimsDue":"17 October"}"#, "claimsDue"),
        ("/v1/incidents/I-1", #"{"clear":["sites"]}"#, "clear"),
        ("/v1/incidents/I-1/merge", #"{}"#, "into"),
        ("/v1/sites/shz-0041/claims", #"{"openDays":"many"}"#, "openDays"),
    ])
    func aMistakeIsNamedByItsPath(path: String, body: String, place: String) async throws {
        let answer = try await hitFixture().send(.post, path, token: Tokens.coordinator.text, body: body)
        #expect(answer.status == .unprocessableContent)
        #expect(answer.text.contains(#""path":"\#(place)"#), "\(answer.text)")
    }

    @Test func anEngineerMayEnterClaims() async throws {
        let fixture = hitFixture()
        let answer = try await fixture.send(
            .post, "/v1/sites/shz-0041/claims", token: Tokens.engineer.text, body: #"{"photos":true}"#)
        #expect(answer.status == .ok)
        let change = fixture.commands.seen.withLock { $0.first?.change }
        #expect(change == .enterClaims(SiteID(trusted: "shz-0041"), ClaimsChange(photos: true)))
    }
}
