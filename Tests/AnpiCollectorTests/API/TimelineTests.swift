import AnpiEngine
import AnpiModel
import HTTPTypes
import HummingbirdTesting
import Synchronization
import Testing

@testable import AnpiCollector

struct TimelineTests {
    typealias Tokens = DoorFixture.Tokens

    private static let site = SiteID(trusted: "shz-0041")

    private static func at(_ minutes: Int) -> Timestamp { DoorFixture.now + .seconds(minutes * 60) }

    private static func line(_ number: Int64, _ minutes: Int, _ kind: String, _ body: String) -> JournalLine {
        JournalLine(number: number, at: at(minutes), kind: kind, site: site, body: body)
    }

    private static func span(_ contact: Contact, _ from: Int, _ to: Int) -> ContactSpan {
        ContactSpan(contact: contact, from: at(from), to: at(to))
    }

    @Test func theKindOfTheWorkAndTheNamesAreTold() async throws {
        let fixture = DoorFixture()
        fixture.journal.lines.withLock {
            $0 = [
                Self.line(1, 0, "agent.contact", #"{"agent":"shz-0041-server","contact":"silent"}"#),
                Self.line(2, 0, "incident.opened", #"{"incident":"I-1","kind":"single"}"#),
                Self.line(3, 0, "task.drafted", #"{"task":"T-1","kind":"inspect"}"#),
                Self.line(4, 0, "command.finding", #"{"kind":"phone","result":"noAnswer"}"#),
            ]
        }
        let answer = try await fixture.send(.get, "/v1/sites/shz-0041/timeline", token: Tokens.viewer.text)
        #expect(
            answer.text.contains(
                #""kind":"task.drafted","actor":null,"task":"T-1","taskKind":"inspect","siteName":"Clinic shz-0041"}"#),
            "\(answer.text)")
        #expect(answer.text.contains(#""incidentKind":"single""#))
        #expect(answer.text.contains(#""findingKind":"phone""#))
        #expect(answer.text.contains(#""contact":"silent","siteName":"Clinic shz-0041","device":"server"}"#))
        let overview = try await fixture.send(.get, "/v1/overview", token: Tokens.viewer.text)
        #expect(overview.text.contains(#""agent":"shz-0041-server","contact":"silent","device":"server"}"#))
    }

    @Test func aSpanOfContactEndsTheEntryThatBeganIt() {
        let lines = [
            Self.line(9, 30, "task.drafted", "{}"), Self.line(8, 30, "site.contact", #"{"contact":"silent"}"#),
            Self.line(2, 10, "site.contact", #"{"contact":"reporting"}"#),
        ]
        let page = SiteTimeline.page(
            lines, [Self.span(.reporting, 10, 30), Self.span(.late, 5, 10)], from: .init(), limit: 10)
        #expect(
            page.moments == [
                .entry(lines[0], until: nil), .entry(lines[1], until: nil), .entry(lines[2], until: Self.at(30)),
                .span(Self.span(.late, 5, 10)),
            ])
        #expect(page.next == nil)
    }

    @Test func anotherContactAtTheSameInstantIsNotTheOneThatBegan() {
        let lines = [Self.line(3, 10, "site.contact", #"{"contact":"late"}"#)]
        let spans = [Self.span(.reporting, 10, 10)]
        let page = SiteTimeline.page(lines, spans, from: .init(), limit: 10)
        #expect(page.moments == [.entry(lines[0], until: nil), .span(spans[0])])
    }

    /// Whatever the size of a page, walking by cursors tells the same as one long page.
    @Test(arguments: 1...10)
    func pagesOfEverySizeTellTheSame(seed: Int) async throws {
        var random = Draws(seed: UInt64(seed))
        let fixture = DoorFixture()
        var lines: [JournalLine] = []
        var spans: [ContactSpan] = []
        var minute = 0
        for number in 1...Int64(random.next(30) + 1) {
            minute += random.next(3)
            let contact = Contact.allCases[random.next(5)]
            let isContact = random.next(2) == 0
            lines.append(
                Self.line(
                    number, minute, isContact ? "site.contact" : "site.assessed",
                    #"{"contact":"\#(contact.rawValue)"}"#))
            let from = Self.at(minute)
            let isNew = !spans.contains { $0.from == from && $0.contact == contact }
            if isNew, random.next(3) > 0 {
                spans.append(ContactSpan(contact: contact, from: from, to: Self.at(minute + 1)))
            }
        }
        spans.sort { ($0.from, $0.contact.rawValue) > ($1.from, $1.contact.rawValue) }
        fixture.journal.lines.withLock { [lines] in $0 = lines }
        fixture.journal.spans.withLock { [spans] in $0 = spans }
        let whole = try await walk(fixture, limit: 500)
        for limit in [1, 2, 3, 7] {
            let pages = try await walk(fixture, limit: limit)
            #expect(pages == whole, "seed \(seed), pages of \(limit)")
        }
    }

    private func walk(_ fixture: DoorFixture, limit: Int) async throws -> [String] {
        var items: [String] = []
        var cursor: String?
        repeat {
            let answer = try await fixture.send(
                .get, "/v1/sites/shz-0041/timeline?limit=\(limit)\(cursor.map { "&cursor=\($0)" } ?? "")",
                token: Tokens.viewer.text)
            let members = try #require(JSONText.members(of: answer.text))
            guard case .raw(let list) = members[0].value, case .raw(let next) = members[1].value else { break }
            let page = list.dropFirst().dropLast()
            if !page.isEmpty { items += page.replacing("},{", with: "}\n{").split(separator: "\n").map(String.init) }
            cursor = next == "null" ? nil : String(next.dropFirst().dropLast())
        } while cursor != nil
        return items
    }

    @Test(arguments: ["x", "-1", "1.2", "1.2.dead", "1.x.late"])
    func aCursorThatIsNoneIsRefused(cursor: String) async throws {
        let answer = try await DoorFixture().send(
            .get, "/v1/sites/shz-0041/timeline?cursor=\(cursor)", token: Tokens.viewer.text)
        #expect(answer.status == .unprocessableContent)
    }

    @Test func theJournalIsReadFromItsNewestEnd() async throws {
        let fixture = DoorFixture()
        for number in 1...5 { fixture.journal.add(Int64(number), .siteContact, site: "shz-0041") }
        let token = Tokens.coordinator.text
        let first = try await fixture.send(.get, "/v1/journal?order=desc&limit=2", token: token)
        #expect(first.text.hasPrefix(#"{"items":[{"number":5,"#))
        #expect(first.text.hasSuffix(#""next":"4"}"#))
        let second = try await fixture.send(.get, "/v1/journal?order=desc&limit=3&cursor=4", token: token)
        #expect(second.text.hasPrefix(#"{"items":[{"number":3,"#))
        #expect(try await fixture.send(.get, "/v1/journal?order=up", token: token).status == .unprocessableContent)
        let both = try await fixture.send(.get, "/v1/journal?order=desc&after=2", token: token)
        #expect(both.status == .unprocessableContent)
    }

    @Test func onlyDecisionsAreCountedAsDecisions() {
        let metrics = CollectorMetrics()
        metrics.count(step: [
            .decision(Decision(at: DoorFixture.now, name: .siteContact, details: [])),
            .note(Step.Note(at: DoorFixture.now, kind: "command.fleet", body: [])),
        ])
        #expect(metrics.decisions.total == 1)
        #expect(metrics.steps.total == 1)
    }
}

/// A small generator whose draws a seed repeats.
struct Draws {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    /// 0 ..< `bound`.
    mutating func next(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
    }
}
