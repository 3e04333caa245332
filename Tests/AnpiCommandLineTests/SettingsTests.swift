import AnpiModel
import Testing

@testable import anpi

@Suite struct SettingsTests {
    private func load(
        _ environment: [String: String] = [:], _ files: [String: String] = [:], collector: String? = nil
    ) throws -> Settings {
        let files = Files(
            read: { files[$0].map { Array($0.utf8) } }, write: { _, _ in }, list: { _ in nil }, keep: { _, _ in },
            remove: { _ in }, alone: { try $1() })
        return try Settings.load(
            collector: collector, environment: ["HOME": "/people/a"].merging(environment) { $1 }, files: files,
            words: Words(language: .en))
    }

    private static let path = "/people/a/.config/anpi/config.toml"

    @Test func commandLineWinsOverEnvironmentWinsOverFile() throws {
        let files = [Self.path: "collector = \"http://file\"\ntoken = \"t-file\"\nca_file = \"~/ca.pem\"\n"]
        #expect(try load().collector == "http://127.0.0.1:8080")
        #expect(try load([:], files) == Settings(collector: "http://file", token: "t-file", caFile: "/people/a/ca.pem"))
        #expect(try load(["ANPI_COLLECTOR": "http://env", "ANPI_TOKEN": "t-env"], files).token == "t-env")
        #expect(try load(["ANPI_COLLECTOR": "http://env"], files).collector == "http://env")
        #expect(try load(["ANPI_COLLECTOR": "http://env"], files, collector: "http://flag").collector == "http://flag")
    }

    @Test func tokenFilesHoldTheTokenAndNothingElse() throws {
        #expect(try load(["ANPI_TOKEN_FILE": "/t"], ["/t": "anpi_x\n"]).token == "anpi_x")
        #expect(try load([:], [Self.path: "token_file = \"~/t\"", "/people/a/t": "anpi_y"]).token == "anpi_y")
        #expect(throws: Complaint(.usage, ["The token file /t cannot be read."])) {
            try load(["ANPI_TOKEN_FILE": "/t"])
        }
        #expect(throws: Complaint.self) { try load(["ANPI_TOKEN_FILE": "/t"], ["/t": "two words"]) }
        #expect(throws: Complaint.self) { try load(["ANPI_TOKEN_FILE": "/t"], ["/t": "\n"]) }
    }

    @Test func mistakesInTheFileAreNamedWithTheirLine() {
        #expect(throws: Complaint(.usage, ["\(Self.path):2: \"colector\" is not known; did you mean collector?"])) {
            try load([:], [Self.path: "token = \"t\"\ncolector = \"http://x\"\n"])
        }
        #expect(throws: Complaint.self) { try load([:], [Self.path: "collector = http"]) }
        #expect(throws: Complaint.self) { try load([:], [Self.path: "collector = 5"]) }
    }

    @Test func addressMustBeOfTheWeb() {
        #expect(throws: Complaint.self) { try load(["ANPI_COLLECTOR": "127.0.0.1:8080"]) }
    }
}
