import AnpiEngine
import AnpiModel
import Foundation
import Testing

@testable import AnpiCollector

@Suite struct HookConfigurationTests {
    static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    static let files: [String: String] = [
        "conf/duty.secret": "\(secret)\n", "/run/keys/bad": "not a secret",
        "conf/ca.pem": "-----BEGIN CERTIFICATE-----",
        "conf/empty.pem": "",
    ]

    static func read(_ text: String) throws -> HookConfiguration {
        try HookConfiguration.read(text, file: "hooks.toml", folder: "conf") { files[$0].map { Array($0.utf8) } }
    }

    @Test func everyKeyIsRead() throws {
        let configuration = try Self.read(
            """
            # who is told
            [[hook]]
            name = "duty-desk"
            url = "https://10.0.0.8:8443/anpi"
            secret_file = "duty.secret"
            old_secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
            events = ["incident.*", "site.contact"]
            offices = ["shizuoka", "hamamatsu"]
            allow_private = true
            drill = true
            timeout_seconds = 30
            ca_file = "ca.pem"

            [[hook]]
            name = "log"
            url = "https://example.com/"
            secret = "\(Self.secret)"
            """)
        #expect(configuration.hooks.count == 2)
        let first = try #require(configuration.hooks.first)
        #expect(first.name == "duty-desk")
        #expect(first.address.host == "10.0.0.8:8443")
        #expect(
            first.secrets == [try HookSecret(Self.secret), try HookSecret("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX")])
        #expect(first.events.words == ["incident.*", "site.contact"])
        #expect(first.events.contains(.incidentMerged) && first.events.contains(.siteContact))
        #expect(!first.events.contains(.siteAssessed) && !first.events.contains(.taskOffered))
        #expect(first.offices == [OfficeID("shizuoka"), OfficeID("hamamatsu")].compactMap { $0 })
        #expect(first.allowsPrivate && first.takesDrills)
        #expect(first.timeout == .seconds(30))
        #expect(first.caFile == "conf/ca.pem")

        let second = try #require(configuration.hooks.last)
        #expect(second.events == .standard && second.offices == nil && second.caFile == nil)
        #expect(!second.allowsPrivate && !second.takesDrills && second.timeout == .seconds(15))
    }

    @Test func hookHearsOfIncidentsAndTasksUnlessItSaysOtherwise() {
        let told = DecisionName.allCases.filter(HookEvents.standard.contains).map(\.rawValue)
        #expect(told.allSatisfy { $0.hasPrefix("incident.") || $0.hasPrefix("task.") } && told.count == 11)
    }

    @Test func starIsEveryEvent() throws {
        #expect(try DecisionName.allCases.allSatisfy(HookEvents(["*"]).contains))
    }

    @Test func exampleIsRight() throws {
        var file = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<4 { file.deleteLastPathComponent() }
        file.append(path: "alerts/hooks/hooks.toml")
        let configuration = try HookConfiguration.read(String(contentsOf: file, encoding: .utf8), file: "hooks.toml") {
            $0.hasSuffix(".secret") ? Array(Self.secret.utf8) : nil
        }
        #expect(configuration.hooks.map(\.name) == ["duty-desk", "record"])
    }

    @Test func fileWithoutHooksIsNoMistake() throws {
        #expect(try Self.read("# none yet\n").hooks.isEmpty)
    }

    /// Each line replaces the one of the same key in a hook that is right.
    @Test(arguments: [
        (#"name = "duty desk""#, "name must be 1 to 40 letters, digits and '-'"),
        ("name = 3", "name must be a string in quotes, not a whole number"),
        (#"url = "example.com""#, "url must begin with https:// or http://"),
        (
            #"url = "http://127.0.0.1:9000""#,
            "url leads into a private network; if that is meant, set allow_private = true"
        ),
        (#"secret = "hunter2""#, "secret must begin with whsec_; make one with: echo whsec_$(openssl rand -base64 32)"),
        (#"secret_file = "none""#, "secret_file names a file that cannot be read: none"),
        (
            #"secret_file = "/run/keys/bad""#,
            "secret_file must begin with whsec_; make one with: echo whsec_$(openssl rand -base64 32)"
        ),
        (
            #"events = ["incident.open"]"#,
            "events has \"incident.open\", which is no event; write names such as \"incident.opened\", \"incident.*\""
                + " or \"*\""
        ),
        ("events = []", "events is empty: leave it out for incidents and tasks, or write [\"*\"] for all"),
        (#"events = "*""#, "events must be a list like [ … ], each item a string in quotes, not a string"),
        (#"offices = ["静岡"]"#, "offices has \"静岡\", which is no office's id"),
        ("offices = []", "offices is empty: leave it out for all offices"),
        ("allow_private = 1", "allow_private must be true or false, not a whole number"),
        ("timeout_seconds = 0", "timeout_seconds must be 1 to 30"),
        ("timeout_seconds = 31", "timeout_seconds must be 1 to 30"),
        (#"ca_file = "none.pem""#, "ca_file names a file that cannot be read: none.pem"),
        (#"ca_file = "empty.pem""#, "ca_file names a file without a certificate in PEM: empty.pem"),
        (#"alow_private = true"#, "\"alow_private\" is not known in [hook]; did you mean allow_private?"),
    ])
    func mistakeIsNamedWithItsLine(line: String, message: String) {
        let key = line.prefix { $0 != " " }
        var lines = [#"name = "a""#, #"url = "https://example.com/""#, #"secret = "\#(Self.secret)""#]
        let replaced = key == "secret_file" ? "secret" : key
        lines.removeAll { $0.hasPrefix(replaced + " ") }
        lines.append(line)
        #expect(throws: TOMLMistakes([TOMLError(file: "hooks.toml", line: lines.count + 1, message: message)])) {
            try Self.read("[[hook]]\n" + lines.joined(separator: "\n"))
        }
    }

    @Test func everyMistakeIsNamedAtOnceAndNoSecretIsTold() throws {
        let text = """
            [[hook]]
            name = "a"
            url = "https://example.com/"
            secret = "whsec_dG9vLXNob3J0"
            secret_file = "duty.secret"
            [[hook]]
            name = "a"
            [hoks]
            """
        let mistakes = try #require(throws: TOMLMistakes.self) { try Self.read(text) }
        #expect(
            "\(mistakes)" == """
                hooks.toml:5: secret_file and secret are both there; keep one of them
                hooks.toml:6: url is missing in [hook]; it is a string in quotes
                hooks.toml:6: secret is missing, and so is secret_file; make one with: echo whsec_$(openssl rand -base64 32)
                hooks.toml:7: name "a" is already on line 2; each hook has its own
                hooks.toml:8: "hoks" is not known
                """)
    }

    @Test func sixtyFifthHookIsOneTooMany() throws {
        let hooks = (1...65).map {
            "[[hook]]\nname = \"h\($0)\"\nurl = \"https://example.com/\"\nsecret = \"\(Self.secret)\"\n"
        }
        #expect(try Self.read(hooks.dropLast().joined()).hooks.count == 64)
        let mistakes = try #require(throws: TOMLMistakes.self) { try Self.read(hooks.joined()) }
        #expect(mistakes.description == "hooks.toml:258: name is one hook too many: 64 are allowed")
    }

    @Test func missingFileIsOneSentence() throws {
        let mistakes = try #require(throws: TOMLMistakes.self) { try HookConfiguration.load("/nowhere/hooks.toml") }
        #expect("\(mistakes)" == "/nowhere/hooks.toml:1: the file cannot be read; is the path right?")
    }

    @Test func secretFileIsLookedForBesideTheHooksFile() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("anpi-hooks-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try "\(Self.secret)\n".write(to: folder.appendingPathComponent("s"), atomically: true, encoding: .utf8)
        let file = folder.appendingPathComponent("hooks.toml")
        try "[[hook]]\nname = \"a\"\nurl = \"https://example.com\"\nsecret_file = \"s\"\n"
            .write(to: file, atomically: true, encoding: .utf8)
        #expect(try HookConfiguration.load(file.path).hooks.map(\.name) == ["a"])
    }
}
