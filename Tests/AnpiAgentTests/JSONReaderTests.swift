import AnpiModel
import FoundationEssentials
import Testing

@testable import AnpiAgent

@Suite struct JSONReaderTests {
    @Test(arguments: [
        ("null", JSON.null), (" true ", .bool(true)), ("-0", .integer(0)), ("9223372036854775807", .integer(Int64.max)),
        ("1.50", .decimal(1.5, digits: 2)), ("1e3", .decimal(1_000, digits: 0)), ("[]", .array([])),
        ("{ }", .object([])), ("[1,[2]]", .array([1, .array([2])])),
        ("{\"a\":{\"b\":null},\"a\":1}", .object([.init("a", .object([.init("b", .null)])), .init("a", 1)])),
        ("\"\\u5b89\\u5426 \\ud83c\\udfe5 \\n\\/\\\"\"", "安否 🏥 \n/\""),
    ])
    func whatIsJSONIsRead(text: String, value: JSON) {
        #expect(JSONReader.read(Array(text.utf8)) == value)
    }

    @Test(arguments: [
        "", " ", "nul", "01", "1.", ".5", "+1", "1e", "-", "[1,]", "[1 2]", "{\"a\"}", "{a:1}", "{\"a\":1,}", "\"a",
        "\"\\x\"", "\"\\u12\"", "\"\\ud83c\"", "\"\\udfe5\"", "\"\t\"", "1 2", "<html>", "[1", "1e999", "\"\\u+123\"",
    ])
    func whatIsNotJSONIsNothing(text: String) {
        #expect(JSONReader.read(Array(text.utf8)) == nil)
    }

    @Test func deepNestingAndBrokenTextAreRefused() {
        #expect(JSONReader.read([UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)) == nil)
        #expect(JSONReader.read([0x22, 0xFF, 0x22]) == nil)
    }

    /// Whatever is done to an answer, Foundation and we read the same from it or both nothing.
    @Test(arguments: [UInt64(1), 2, 3])
    func anAnswerIsReadAsFoundationReadsIt(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let whole = Array(
            ("{\"acknowledged\":1841,\"rejected\":[{\"seq\":7,\"reason\":\"too \\\"old\\\"\"}],\"interval\":60,"
                + "\"directives\":[\"report-faster\"]}").utf8)
        let pieces = Array("0123456789{}[],:\"\\ tnue.-".utf8)
        var bothRead = 0
        for _ in 0..<4_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 0...2, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = pieces.randomElement(using: &generator) ?? 0
            }
            let ours = HeartbeatResponse(json: bytes)
            let theirs = try? JSONDecoder().decode(HeartbeatResponse.self, from: Data(bytes))
            let same =
                ours?.acknowledged == theirs?.acknowledged && ours?.rejected == theirs?.rejected
                && ours?.directives == theirs?.directives
            if theirs != nil {
                bothRead += 1
                #expect(same, "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
            }
        }
        #expect(bothRead > 1_000)
    }
}
