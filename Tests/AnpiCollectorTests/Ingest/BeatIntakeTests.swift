import AnpiEngine
import AnpiModel
import Testing

@testable import AnpiCollector

@Suite struct BeatIntakeTests {
    private let agent = AgentID(trusted: "shz-0001-server")
    private let intake: BeatIntake

    private let directory = FleetDirectory()

    init() throws {
        let office = Office(
            id: OfficeID(trusted: "shizuoka"), name: "静岡営業所", place: Coordinate(latitude: 35, longitude: 138))
        let site = Site(
            id: SiteID(trusted: "shz-0001"), name: "第1診療所", office: office.id, place: office.place,
            municipality: "22103")
        directory.replace(
            with: Fleet(
                offices: [office], sites: [site],
                agents: [Agent(id: agent, site: site.id, device: .server, rhythm: .always, intervalSeconds: 30)]))
        intake = BeatIntake(directory: directory)
    }

    private func look(_ text: String, as agent: AgentID? = nil) -> BeatIntake.OnBody {
        Array(text.utf8).withUnsafeBufferPointer { intake.heartbeats($0, encoding: nil, agent: agent ?? self.agent) }
    }

    private func body(_ beats: String) -> String { #"{"agent":"shz-0001-server","boot":"b","beats":[\#(beats)]}"# }

    @Test func theAnswerNamesTheHighestSequenceAndTheFleetsInterval() throws {
        let text = body(
            #"{"seq":7,"count":10,"at":"2022-09-24T05:58:00Z","interval":60},{"seq":17,"at":"2022-09-24T06:58:00Z","interval":60}"#
        )
        guard case .accepted(let accepted) = look(text) else {
            Issue.record("refused")
            return
        }
        #expect(
            String(decoding: accepted.answer, as: UTF8.self)
                == #"{"acknowledged":17,"rejected":[],"interval":30,"directives":[]}"#)
    }

    @Test func anAskedAgentIsToldAndNobodyElse() {
        let at = Timestamp(rfc3339: "2022-09-23T21:40:00.000+09:00") ?? .distantPast
        func answer(interval: Int = 60) -> String {
            let text = body("{\"seq\":1,\"at\":\"2022-09-24T05:58:00Z\",\"interval\":\(interval)}")
            guard case .accepted(let accepted) = look(text) else { return "refused" }
            return String(decoding: accepted.answer, as: UTF8.self)
        }
        func ask(_ agent: AgentID, every seconds: Int = 15) {
            directory.replace(directives: [
                AgentDirectives(
                    agent: agent, directives: [.backupOffsite(askedAt: at), .reportFaster], intervalSeconds: seconds)
            ])
        }
        let plain = #"{"acknowledged":1,"rejected":[],"interval":30,"directives":[]}"#
        ask(AgentID(trusted: "shz-0002-server"))
        #expect(answer() == plain)
        let directives = #""directives":["backup-offsite@2022-09-23T21:40:00.000+09:00","report-faster"]}"#
        ask(agent)
        #expect(answer() == #"{"acknowledged":1,"rejected":[],"interval":15,"# + directives)
        // The fleet's own interval is shorter.
        ask(agent, every: 45)
        #expect(answer() == #"{"acknowledged":1,"rejected":[],"interval":30,"# + directives)
        directory.replace(directives: [])
        #expect(answer() == plain)
    }

    @Test func runsThatOverlapAreRejectedUnderTheSameAnswer() throws {
        let text = body(
            #"{"seq":1,"count":5,"at":"2022-09-24T05:58:00Z","interval":60},{"seq":3,"at":"2022-09-24T06:58:00Z","interval":60}"#
        )
        guard case .accepted(let accepted) = look(text), case .heartbeats(let request) = accepted.received else {
            Issue.record("refused")
            return
        }
        #expect(request.beats.map(\.seq) == [1])
        #expect(String(decoding: accepted.answer, as: UTF8.self).contains(#""rejected":[{"seq":3,"#))
    }

    @Test func aSequenceThatOverflowsIsRejectedNotFatal() {
        let text = body(#"{"seq":999999999999999999,"count":2,"at":"2022-09-24T05:58:00Z","interval":60}"#)
            .replacing("999999999999999999", with: "9223372036854775807")
        guard case .accepted(let accepted) = look(text) else {
            Issue.record("refused")
            return
        }
        #expect(String(decoding: accepted.answer, as: UTF8.self).contains("too large"))
    }

    @Test(arguments: [(1 << 53, 1), ((1 << 53) - 1, 2)] as [(Int64, Int)])
    func aSequenceThatTheEngineIgnoresIsNotAcknowledged(seq: Int64, count: Int) {
        let beat = Beat(seq: seq, count: count, at: Timestamp(milliseconds: 0), interval: 60)
        let (accepted, rejected) = HeartbeatRules.separate(HeartbeatRequest(agent: agent, boot: "b", beats: [beat]))
        #expect(accepted.isEmpty)
        #expect(rejected.map(\.seq) == [seq])
        #expect(rejected.first?.reason == "the sequence numbers of the run are too large")
    }

    @Test func theLastSequenceThatTheEngineKeepsIsAccepted() {
        let beat = Beat(seq: (1 << 53) - 1, at: Timestamp(milliseconds: 0), interval: 60)
        let (accepted, rejected) = HeartbeatRules.separate(HeartbeatRequest(agent: agent, boot: "b", beats: [beat]))
        #expect(accepted == [beat])
        #expect(rejected.isEmpty)
    }

    @Test(arguments: [1 << 52, -(1 << 52), .max, .min] as [Int64])
    func aTimeThatTheEngineIgnoresIsRejectedAndTheRestKept(milliseconds: Int64) {
        let absurd = Beat(seq: 1, at: Timestamp(milliseconds: milliseconds), interval: 60)
        let good = Beat(seq: 2, at: Timestamp(milliseconds: 0), interval: 60)
        let (accepted, rejected) = HeartbeatRules.separate(
            HeartbeatRequest(agent: agent, boot: "b", beats: [absurd, good]))
        #expect(accepted == [good])
        #expect(rejected.map(\.seq) == [1])
        #expect(rejected.first?.reason == "the time of the beat is out of range")
    }

    @Test func aLogRowGivesBackWhatWasPutIn() throws {
        let request = HeartbeatRequest(
            agent: agent, boot: "6f9c", sentAt: Timestamp(milliseconds: 3), version: "1.4.0", dropped: 0,
            beats: [
                Beat(
                    seq: 1_841, at: Timestamp(milliseconds: 2), interval: 60,
                    power: Beat.Power(source: .battery, charge: 0.41, runtimeSeconds: 540), link: .lte,
                    copies: [CopyReport(tier: .external, state: .good, message: "最新")], notice: .lastGasp)
            ])
        let inputs: [Input] = [
            .heartbeats(Heartbeats(receivedAt: Timestamp(milliseconds: 5), request: request)),
            .ping(
                Ping(receivedAt: Timestamp(milliseconds: 6), site: SiteID(trusted: "s"), tier: .offsite, kind: .fail)),
            .deaf(Input.Span(from: Timestamp(milliseconds: 1), to: Timestamp(milliseconds: 2))),
            .quarantined(LogPlace(writer: "w", seq: 3, index: 0)),
            .command(
                Command(
                    operation: "op", bodyDigest: [1, 2], actor: .init(name: "山田", role: .coordinator),
                    receivedAt: Timestamp(milliseconds: 7), expectedVersion: 2,
                    change: .transitionTask(TaskID(412), TaskTransition(to: .accepted, reason: "近い")))),
        ]
        #expect(try InputCodec.decode(InputCodec.encode(inputs)) == inputs)
    }

    @Test func aTruncatedLogRowIsAnErrorAtEveryByte() throws {
        let row = InputCodec.encode([
            .ping(Ping(receivedAt: Timestamp(milliseconds: 6), site: SiteID(trusted: "s"), tier: .offsite, kind: .log)),
            .heartbeats(
                Heartbeats(
                    receivedAt: Timestamp(milliseconds: 5),
                    request: HeartbeatRequest(
                        agent: agent, boot: "b", beats: [Beat(seq: 1, at: Timestamp(milliseconds: 5), interval: 60)]))),
        ])
        let whole = try InputCodec.decode(row)
        for count in 0..<row.count {
            let cut = try? InputCodec.decode(Array(row[..<count]))
            #expect(cut == nil || cut.map { $0.count < whole.count } == true, "at byte \(count)")
        }
    }
}
