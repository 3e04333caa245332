import AnpiModel
import FoundationEssentials
import Testing

/// The hand-written reader and `JSONDecoder` must never disagree: it may only be silent where it is out of its depth.
@Suite struct HeartbeatScannerTests {
    private func scan(_ text: String) -> HeartbeatRequest? {
        Array(text.utf8).withUnsafeBufferPointer { HeartbeatScanner.scan($0) }
    }

    private func decode(_ bytes: [UInt8]) -> HeartbeatRequest? {
        try? JSONDecoder().decode(HeartbeatRequest.self, from: Data(bytes))
    }

    static let contract = """
        {"agent":"shz-0041-server","boot":"6f9c","sentAt":"2022-09-24T05:58:00.300+09:00","version":"1.4.0","dropped":0,
         "beats":[{"seq":1841,"count":1,"at":"2022-09-24T05:58:00.250+09:00","interval":60,"uptimeSeconds":86400,
          "power":{"source":"battery","charge":0.41,"runtimeSeconds":540},"link":"lte",
          "disk":{"freeBytes":1,"totalBytes":2},"copies":[{"tier":"external","state":"good",
          "goodAt":"2022-09-23T22:10:00.000+09:00","bytes":81234567,"message":"最新"}],"notice":"lastGasp",
          "future":{"a":[1,-2.5,true,null,"x"],"b":{}}}]}
        """

    @Test func theMessageOfTheContractIsReadWithoutTheDecoder() throws {
        let request = try #require(scan(Self.contract))
        #expect(request == decode(Array(Self.contract.utf8)))
        #expect(request.beats[0].power?.charge == 0.41)
        #expect(request.beats[0].copies?[0].message == "最新")
    }

    @Test(arguments: [
        #"{"agent":"a","boot":"b","beats":[{"seq":1,"at":"2022-09-24T05:58:00Z","interval":1,"seq":2}]}"#,
        #"{"agent":"a","boot":"b\n","beats":[]}"#,
        #"{"agent":"a","boot":"b","beats":[{"seq":1e3,"at":"2022-09-24T05:58:00Z","interval":1}]}"#,
        #"{"agent":"a","boot":"b","sentAt":null,"beats":[]}"#,
        #"{"agent":"a","boot":"b","beats":[]} x"#,
        #"{"agent":"a","boot":"b","beats":[],}"#,
        #"{"agent":"a","boot":"b","beats":[{"seq":01,"at":"2022-09-24T05:58:00Z","interval":1}]}"#,
        #"{"agent":"a_b","boot":"b","beats":[]}"#,
        "",
    ])
    func whatIsUnusualIsLeftToTheDecoder(_ text: String) {
        #expect(scan(text) == nil)
    }

    @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6, 7, 8])
    func mutatedMessagesNeverGiveAnotherValueThanTheDecoder(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let original = Array(Self.contract.utf8)
        let pieces: [[UInt8]] = [
            "\"", "\\", "{", "}", "[", "]", ",", ":", "0", "-", ".", "e", "null", "true", "\u{0}", " ",
        ]
        .map { Array($0.utf8) }
        var agreed = 0
        for _ in 0..<2_000 {
            var bytes = original
            for _ in 0..<Int.random(in: 0..<3, using: &random) + 1 {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(contentsOf: pieces[Int.random(in: 0..<pieces.count, using: &random)], at: place)
                case 2: bytes[place] = UInt8(Int.random(in: 0..<256, using: &random))
                default: bytes.swapAt(place, Int.random(in: 0..<bytes.count, using: &random))
                }
            }
            let scanned = bytes.withUnsafeBufferPointer { HeartbeatScanner.scan($0) }
            guard let scanned else { continue }
            agreed += 1
            #expect(
                scanned == decode(bytes), "seed \(seed): \(String(reflecting: String(decoding: bytes, as: UTF8.self)))")
        }
        #expect(agreed > 100, "the reader must read most of what is whole")
    }
}
