import Testing

@testable import AnpiModel

@Suite struct TOMLTests {
    static let text = """
        # An agent.
        agent = "shz-0041-server"   # its id
        "interval" = 1_0
        grace=2.5
        note = 'C:\\data'
        on = true
        collectors = [
            "http://a", # first
            "http://b",
        ]

        [spool]
        path = "a\\tb\\u3042"

        [[probe]]
        kind = "folder"
        [[probe]]
        kind = "restic"
        at = 6.0e-3
        """

    @Test func theSubsetIsRead() throws {
        let reader = TOMLReader(try TOMLDocument.parse(Self.text, file: "agent.toml"))
        #expect(reader.required("agent") == "shz-0041-server")
        #expect(reader.value("interval", default: 60) == 10)
        #expect(reader.optional("grace") == 2.5)
        #expect(reader.optional("note") == "C:\\data")
        #expect(reader.value("on", default: false))
        #expect(reader.required("collectors", [String].self) == ["http://a", "http://b"])
        #expect(reader.table("spool")?.required("path") == "a\tbあ")
        let probes = reader.tables("probe")
        #expect(probes.map { $0.required("kind", String.self) } == ["folder", "restic"])
        #expect(probes.last?.optional("at", Double.self) == 0.006)
        #expect(probes.map(\.line) == [15, 17] && reader.line(of: "grace") == 4)
        try reader.finish()
    }

    @Test func everyMistakeIsNamedWithItsLine() throws {
        let text = """
            agnet = "x"
            interval = "60"
            list = [1, "a"]
            spool = 3
            [probe]
            kind = 1
            extra = 2
            """
        let reader = TOMLReader(try TOMLDocument.parse(text, file: "agent.toml"))
        _ = reader.required("agent", String.self)
        _ = reader.value("interval", default: 60)
        _ = reader.optional("list", [Int].self)
        _ = reader.table("spool")
        let probe = reader.table("probe")
        _ = probe?.required("kind", String.self)
        _ = probe?.required("path", String.self)
        probe?.mistake("kind", "is not a probe")
        let error = try #require(throws: TOMLMistakes.self) { try reader.finish() }
        #expect(
            error.description == """
                agent.toml:1: agent is missing; it is a string in quotes
                agent.toml:1: "agnet" is not known; did you mean agent?
                agent.toml:2: interval must be a whole number, not a string
                agent.toml:3: list must be a list like [ … ], each item a whole number, not a list
                agent.toml:4: spool must be a table: write [spool] on a line of its own
                agent.toml:5: path is missing in [probe]; it is a string in quotes
                agent.toml:6: kind must be a string in quotes, not a whole number
                agent.toml:6: kind is not a probe
                agent.toml:7: "extra" is not known in [probe]
                """)
    }

    @Test(arguments: [
        ("a = ", 1, "a value is missing"), ("a = \"x", 1, "never closed"),
        ("a = \"x\ny\"", 1, "not closed on its line"),
        ("\na = 1\na = 2", 3, "a is already on line 2"), ("a.b = 1", 1, "dotted keys"), ("[a.b]", 1, "without dots"),
        ("[a]\n[a]", 2, "a is already on line 1"), ("[[a]]\n[a]", 2, "already"), ("[a]\n[[a]]", 2, "already"),
        ("a = 1\n[[a]]", 2, "already"), ("a = {b = 1}", 1, "braces"), ("a = [[1]]", 1, "lists inside lists"),
        ("a = [1\n,2", 1, "never closed"), ("a = [,]", 1, "before the comma"), ("a = [1 2]", 1, "a comma"),
        ("a = \"\"\"x\"\"\"", 1, "several lines"), ("a = '''x'''", 1, "several lines"),
        ("a = 2022-09-24", 1, "not a number"),
        ("a = 05:30", 1, "not a number"), ("a = yes", 1, "strings stand in quotes"), ("a = 1__0", 1, "not a number"),
        ("a = 007", 1, "not a number"), ("a = 99999999999999999999", 1, "not a number"), ("a = 1.", 1, "not a number"),
        ("a = .5", 1, "not a value"), ("a = 1 b = 2", 1, "something after the value"), ("= 1", 1, "a key must be"),
        ("a", 1, "there must be \"=\""), ("[a", 1, "must end with ]"), ("[[a]", 1, "must end with ]]"),
        ("a = \"\\x\"", 1, "backslash"), ("a = \"\\uD800\"", 1, "number of a character"),
        ("a = \"\u{1}\"", 1, "control"),
        ("施設 = 1", 1, "a key must be"), ("a = nan", 1, "quotes"), ("a = 1e999", 1, "not a number"),
        ("a = --1", 1, "not a number"),
    ])
    func whatCannotBeReadIsNamedWithItsLine(_ text: String, _ line: Int, _ message: String) throws {
        let error = try #require(throws: TOMLError.self) { try TOMLDocument.parse(text, file: "f") }
        #expect(error.line == line && error.description.contains(message), "\(text): \(error)")
    }

    @Test func carriageReturnsAndAByteOrderMarkAreBorne() throws {
        let document = try TOMLDocument.parse("\u{FEFF}a = 1\r\n\r\n[t]\r\nb = \"x\" # c\r\n", file: "f")
        #expect(document.root["a"]?.value == .integer(1) && document.root["t"]?.line == 3)
    }

    @Test func randomTextNeverTrapsAndLongTextIsRefused() {
        var random = SeededRandom(seed: 5)
        let pieces = [
            "a", "=", "[", "]", "\"", "'", "\n", "\\", "u12", "1", ".", "#", " ", ",", "{", "é", "\r", "-", "_", "e",
        ]
        for _ in 0..<5_000 {
            let text = (0..<Int.random(in: 0...30, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }
            _ = try? TOMLDocument.parse(text.joined(), file: "f")
        }
        let long = String(repeating: "[", count: TOMLParser.bytesMax + 1)
        #expect(throws: TOMLError.self) { try TOMLDocument.parse(long, file: "f") }
        let keys = (0...TOMLParser.entriesMax).map { "k\($0) = 1" }.joined(separator: "\n")
        #expect(throws: TOMLError.self) { try TOMLDocument.parse(keys, file: "f") }
    }
}
