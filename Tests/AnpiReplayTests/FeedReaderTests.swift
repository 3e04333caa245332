import AnpiEngine
import AnpiModel
import FoundationEssentials
import Testing

@testable import AnpiReplay

@Suite struct FeedReaderTests {
    static let heard =
        #"{"at":"2022-09-24T05:58:00.250+09:00","heard":{"agent":"shz-0041-server","until":"2022-09-24T06:10:00.250+09:00"}}"#
    static let heartbeat =
        #"{"at":"2022-09-24T05:58:00.300+09:00","heartbeat":{"agent":"shz-0041-server","boot":"6f9c","beats":[{"seq":1841,"at":"2022-09-24T05:58:00.250+09:00","interval":60,"power":{"source":"battery","charge":0.41},"notice":"lastGasp"}]}}"#

    private func lines(_ text: String) throws -> [FeedLine] {
        var reader = FeedReader(name: "feed.jsonl", bytes: Array(text.utf8))
        var lines: [FeedLine] = []
        while let line = try reader.next() { lines.append(line) }
        return lines
    }

    private func problem(of text: String) -> String? {
        do {
            _ = try lines(text)
            return nil
        } catch let error as FeedError {
            return error.description
        } catch {
            return "\(error)"
        }
    }

    private static func instant(_ text: String) -> Timestamp { Timestamp(rfc3339: text) ?? .distantPast }

    static let every: [FeedLine] = {
        let at = instant("2022-09-24T06:00:00+09:00")
        let site = SiteID(trusted: "shz-0041")
        var report = FindingDraft(kind: .report, result: "damage")
        report.place = Coordinate(latitude: 34.976321, longitude: 138.38)
        report.phenomenon = .flood
        report.radiusKilometers = 0.5
        report.trusted = true
        report.text = "一階が浸水 \"膝まで\""
        report.observedAt = at
        var outage = FindingDraft(kind: .outage, result: "down")
        outage.utility = .power
        outage.area = .init(municipalities: ["22103"])
        var road = FindingDraft(kind: .road, result: "closed")
        road.line = [[138.4, 35.0], [138.41, 35.01]]
        let request = HeartbeatRequest(
            agent: AgentID(trusted: "shz-0041-server"), boot: "b1", sentAt: at, version: "1.4.0",
            beats: [
                Beat(
                    seq: 7, count: 3, at: at, interval: 60,
                    copies: [CopyReport(tier: .external, state: .good, goodAt: at, bytes: 12)], notice: .goodbye,
                    reason: .shutdown, backAt: at)
            ])
        return [
            FeedLine(at: at, .time), FeedLine(at: at, .heartbeat(request)),
            FeedLine(at: at, .heard(AgentID(trusted: "a"), until: at)), FeedLine(at: at, .finding(report)),
            FeedLine(at: at, .finding(outage)), FeedLine(at: at, .finding(road)),
            FeedLine(
                at: at,
                .damage(site, DamageReport(server: .wet, building: .sound, power: true, depthMeters: 0.4, by: "eng-3"))),
            FeedLine(at: at, .hazard(xml: "<Report>\n\t<Title>大雨</Title>\r\n</Report>")),
            FeedLine(
                at: at,
                .task(.init(site: site, kind: .inspect, to: .accepted, engineer: EngineerID(trusted: "eng-3")))),
            FeedLine(
                at: at,
                .task(
                    .init(
                        site: site, kind: .inspect, to: .blocked, reason: "road",
                        road: BlockedRoad(
                            result: .passableWithCare, place: Coordinate(latitude: 35, longitude: 138.4),
                            radiusKilometers: 0.3, expiresAt: at)))),
            FeedLine(at: at, .engineer(.init(id: EngineerID(trusted: "eng-3"), available: false, until: at))),
        ]
    }()

    @Test func everyLineIsReadBackAsItWasWritten() throws {
        let text = Self.every.map(\.text).joined()
        #expect(try lines(text) == Self.every)
        #expect(!Self.every.map(\.text).contains { $0.dropLast().contains("\n") }, "a line is one line")
    }

    @Test func theShortWayOfWritingWritesTheSame() {
        for line in Self.every { #expect(line.text == line.json.text + "\n") }
    }

    @Test func aFindingThatWasSeenAfterItCameIsAnError() {
        let finding = #"{"kind":"survey","site":"s-1","result":"noDamage","observedAt":"2032-09-24T06:00:00+09:00"}"#
        let line = #"{"at":"2022-09-24T06:00:00+09:00","finding":"# + finding + "}"
        #expect(problem(of: line)?.contains("finding.observedAt") == true, "\(problem(of: line) ?? "none")")
    }

    @Test(arguments: [heard, heartbeat])
    func theFrequentLinesAreReadWithoutTheDecoder(_ text: String) throws {
        let bytes = Array(text.utf8)
        let scanned = bytes.withUnsafeBufferPointer { FeedScanner.scan($0) }
        #expect(try #require(scanned) == JSONDecoder().decode(FeedLine.self, from: Data(bytes)))
        let spaced = Array(text.replacing(":{", with: " : { ").replacing(",", with: ", ").utf8)
        #expect(spaced.withUnsafeBufferPointer { FeedScanner.scan($0) } == scanned)
    }

    @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6])
    func mutatedLinesNeverGiveAnotherValueThanTheDecoder(_ seed: UInt64) {
        var random = SimulationRandom(seed: seed)
        let pieces: [[UInt8]] = ["\"", "\\", "{", "}", "[", "]", ",", ":", "0", "-", ".", "null", " ", "\t"].map {
            Array($0.utf8)
        }
        var agreed = 0
        for round in 0..<2_000 {
            var bytes = Array((round % 2 == 0 ? Self.heard : Self.heartbeat).utf8)
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(contentsOf: pieces[Int.random(in: 0..<pieces.count, using: &random)], at: place)
                case 2: bytes[place] = UInt8.random(in: 0...255, using: &random)
                default: bytes.swapAt(place, Int.random(in: 0..<bytes.count, using: &random))
                }
            }
            guard let scanned = bytes.withUnsafeBufferPointer({ FeedScanner.scan($0) }) else { continue }
            agreed += 1
            let decoded = try? JSONDecoder().decode(FeedLine.self, from: Data(bytes))
            #expect(scanned == decoded, "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
        }
        #expect(agreed > 40, "the scanner must read most of what is whole")
    }

    @Test(arguments: [
        (
            #"{"at":"2022-09-24T06:00:00Z","heartbeat":{"agent":"a","boot":"b","beats":[{"seq":1,"at":"2022-09-24T06:00:00Z"}]}}"#,
            "heartbeat.beats[0].interval: is missing"
        ),
        (
            #"{"at":"2022-09-24T06:00:00Z","heartbeat":{"agent":"a","boot":"b","beats":[{"seq":1,"at":"2022-09-24T06:00:00Z","interval":0}]}}"#,
            "heartbeat.beats[0].interval: must be 1 to 86400 seconds"
        ),
        (#"{"at":"yesterday"}"#, "at: is not an RFC 3339 date-time with offset"),
        (#"{"heard":{"agent":"a","until":"2022-09-24T06:00:00Z"}}"#, "at: is missing"),
        (
            #"{"at":"2022-09-24T06:00:00Z","heard":{"agent":"a","until":"2022-09-24T05:59:59Z"}}"#,
            "heard.until: is before at"
        ),
        (
            #"{"at":"2022-09-24T06:00:00Z","finding":{"kind":"phone","site":"s","result":"wet"}}"#,
            "finding.result: must be one of: noAnswer, congested, lineDead, noDamage, damage, callBack"
        ),
        (
            #"{"at":"2022-09-24T06:00:00Z","hazard":{"xml":"<a/>"},"task":{"site":"s","kind":"inspect","to":"done"}}"#,
            "task: stands beside hazard: a line tells one thing"
        ),
        (#"{"at":"2022-09-24T06:00:00Z","damage":{"server":"wet"}}"#, "damage.site: is missing"),
        (
            #"{"at":"2022-09-24T06:00:00Z","claims":{"site":"s","openDays":"12"}}"#,
            "claims.openDays: must be a whole number"
        ),
        (#"{"at":"2022-09-24T06:00:00Z","#, "is not JSON in UTF-8"),
        (#"[1]"#, "must be an object"),
    ])
    func aMistakeNamesItsLineAndPath(_ text: String, _ problem: String) {
        #expect(self.problem(of: Self.heard + "\n\n" + text + "\n") == "feed.jsonl:3: " + problem)
    }

    @Test func claimsAreReadAndWrittenAlike() throws {
        let text =
            #"{"at":"2022-10-05T11:20:00.000+09:00","claims":{"site":"s-1","submittedAt":"2022-10-05T11:20:00.000+09:00"}}"#
        var reader = FeedReader(name: "feed.jsonl", bytes: Array(text.utf8))
        let line = try #require(try reader.next())
        let at = try #require(Timestamp(rfc3339: "2022-10-05T11:20:00.000+09:00"))
        #expect(line.event == .claims(SiteID(trusted: "s-1"), ClaimsChange(submittedAt: at)))
        #expect(line.text == text + "\n")
    }

    @Test func aLineEarlierThanTheOneBeforeIsAMistake() {
        #expect(
            problem(of: Self.heartbeat + "\n" + Self.heard + "\n")
                == "feed.jsonl:2: at: is earlier than on the line before (2022-09-24T05:58:00.300+09:00)")
    }

    @Test func aByteOrderMarkCarriageReturnsBlankLinesAndUnknownKeysAreBorne() throws {
        let text =
            "\u{FEFF}" + Self.heard + "\r\n  \r\n" + #"{"at":"2022-09-24T06:00:00Z","note":{"by":["me"]}}"# + "\r\n"
        let read = try lines(text)
        #expect(read.map(\.event).last == .time)
        #expect(read.count == 2)
    }

    @Test func aFileLongerThanTheBufferIsReadWhole() throws {
        let path = TemporaryFile.unique("feed")
        let xml = String(repeating: "<x/>", count: 400_000)
        var text = ""
        for number in 0..<20_000 {
            text +=
                FeedLine(
                    at: Timestamp(milliseconds: Int64(number)),
                    .heard(AgentID(trusted: "agent-\(number)"), until: Timestamp(milliseconds: Int64(number) + 5))
                ).text
        }
        text += FeedLine(at: Timestamp(milliseconds: 30_000), .hazard(xml: xml)).text
        // No end after the last line.
        text += #"{"at":"2022-09-24T06:00:00Z"}"#
        try Data(text.utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        var reader = try FeedReader(path: path)
        var count = 0
        var longest = 0
        while let line = try reader.next() {
            count += 1
            if case .hazard(let xml) = line.event { longest = xml.utf8.count }
        }
        #expect(count == 20_002)
        #expect(longest == xml.utf8.count)
        #expect(reader.line == 20_002)
    }

    @Test func aFileThatIsNotThereIsSaidToBe() {
        #expect {
            _ = try FeedReader(path: "/nowhere/feed.jsonl").line
        } throws: { error in
            "\(error)" == "/nowhere/feed.jsonl: cannot be opened: No such file or directory"
        }
    }
}

/// A file of our own in the temporary folder.
enum TemporaryFile {
    static func unique(_ name: String) -> String {
        FileManager.default.temporaryDirectory.appending(path: "\(name)-\(UUID().uuidString)").path
    }
}
