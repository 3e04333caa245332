import AnpiEngine
import AnpiModel
import AnpiReplay
import Foundation
import Testing

/// Pieces of a replay from history, played.
@Suite struct RetoldReplayTests {
    private static let zero = Timestamp(milliseconds: 1_663_966_800_000)
    private static func at(_ minutes: Int) -> Timestamp { zero + .seconds(Int64(minutes) * 60) }

    private static func fleet(_ names: String...) throws -> [UInt8] {
        let place = Coordinate(latitude: 35, longitude: 138.4)
        let office = Office(id: OfficeID(trusted: "shizuoka"), name: "静岡営業所", place: place)
        let sites = names.map {
            Site(id: SiteID(trusted: $0), name: $0, office: office.id, place: place, municipality: "22103")
        }
        let agents = sites.map {
            Agent(
                id: AgentID(trusted: "\($0.id)-server"), site: $0.id, device: .server, rhythm: .always,
                intervalSeconds: 60, graceSeconds: 240)
        }
        return Array(try JSONEncoder().encode(Fleet(offices: [office], sites: sites, agents: agents)))
    }

    private static func feed(_ lines: FeedLine...) -> ReplayPage.Retold {
        .feed(Array(lines.map(\.text).joined().utf8))
    }

    private static func heard(_ site: String, _ from: Int, _ until: Int) -> FeedLine {
        FeedLine(at: at(from), .heard(AgentID(trusted: "\(site)-server"), until: at(until)))
    }

    private func contacts(_ pages: [ReplayPage], from: Int) throws -> [String] {
        var replay = RetoldReplay(from: Self.at(from))
        var told: [String] = []
        for page in pages {
            try replay.take(page) { decision in
                guard decision.name == .agentContact, case .string(let contact)? = decision.json["contact"] else {
                    return
                }
                told.append(
                    "\((decision.at - Self.zero).wholeMilliseconds / 60_000) \(decision.agent?.text ?? "") \(contact)")
            }
        }
        return told
    }

    @Test func aFleetThatWasImportedInBetweenHoldsFromThereOn() throws {
        var first = ReplayPage(until: Self.at(30))
        first.retold = [
            .fleet(at: Self.at(0), try Self.fleet("a")), Self.feed(Self.heard("a", 0, 90)),
            .fleet(at: Self.at(20), try Self.fleet("a", "b")), Self.feed(Self.heard("b", 21, 40)),
        ]
        var second = ReplayPage(until: Self.at(60))
        second.retold = [
            .fleet(at: Self.at(30), try Self.fleet("a", "b")), Self.feed(FeedLine(at: Self.at(60), .time)),
        ]
        let all = ["21 b-server reporting", "43 b-server late", "45 b-server silent"]
        #expect(try contacts([first, second], from: 0) == all, "what is told at the very beginning only leads there")
        #expect(try contacts([first, second], from: 44) == [all[2]])
    }

    @Test func aPieceThatCannotBePlayedIsSaid() throws {
        var page = ReplayPage(until: Self.at(1))
        page.retold = [Self.feed(Self.heard("a", 0, 1))]
        #expect(throws: RecordedReplay.Failure.outOfOrder) { try contacts([page], from: 0) }
        page.retold = [.fleet(at: Self.at(0), [1, 2])]
        #expect(throws: RecordedReplay.Failure.unreadableBase) { try contacts([page], from: 0) }
        page.retold = [.fleet(at: Self.at(0), try Self.fleet("a")), .feed(Array("{".utf8))]
        #expect(throws: RecordedReplay.Failure.unreadableBase) { try contacts([page], from: 0) }
    }
}
