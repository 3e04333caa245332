import AnpiModel
import Testing

@testable import AnpiAgent

@Suite struct ConfigurationTests {
    static let head = "agent = \"shz-0041-server\"\ntoken = \"anpi_agent_1_x\"\ncollectors = [\"https://a.example\"]\n"

    @Test func aWholeFileIsRead() throws {
        let folder = TemporaryFolder()
        let secret = folder.write("password", "geheim\n")
        let token = folder.write("token", "anpi_agent_1_x\n")
        let configuration = try AgentConfiguration.read(
            text: """
                agent = "shz-0041-server"
                token_file = "\(token)"
                collectors = ["https://a.example:8443/", "http://127.0.0.1:8081"]
                interval = 30
                state = "\(folder.path)"
                [spool]
                max_beats = 500
                [directives]
                backup_offsite = ["/usr/bin/restic", "backup", "/srv/data"]
                timeout_seconds = 900
                min_interval = 15
                [[copy]]
                tier = "external"
                probe = "folder"
                path = "/mnt/usb"
                pattern = "*.dump"
                max_age_hours = 26
                [[copy]]
                tier = "offsite"
                probe = "restic"
                repository = "/srv/restic"
                password_file = "\(secret)"
                max_age_hours = 26.5
                every_seconds = 5
                [[copy]]
                tier = "mirror"
                probe = "command"
                command = ["/usr/lib/check", "-w", "1"]
                """, file: "agent.toml")
        #expect(configuration.agent.text == "shz-0041-server")
        #expect(configuration.token == "anpi_agent_1_x")
        #expect(configuration.collectors == ["https://a.example:8443", "http://127.0.0.1:8081"])
        #expect(configuration.intervalSeconds == 30)
        #expect(configuration.beatsMax == 500)
        let backup = try #require(configuration.directives.backupOffsite)
        #expect(backup.command == ["/usr/bin/restic", "backup", "/srv/data"] && backup.timeoutSeconds == 900)
        #expect(configuration.directives.shortestIntervalSeconds == 15)
        #expect(configuration.copies.map(\.tier) == [.external, .offsite, .mirror])
        #expect(configuration.copies.map(\.everySeconds) == [60, 5, 300])
        #expect(configuration.copies[2].probe == .command(.init(command: ["/usr/lib/check", "-w", "1"])))
    }

    @Test(arguments: [
        ("token = \"x\"\ncollectors = [\"http://a\"]", "agent.toml:1: agent is missing"),
        ("agent = \"a b\"\ntoken = \"x\"\ncollectors = [\"http://a\"]", "agent.toml:1: agent must be the id"),
        ("agent = \"a\"\ncollectors = [\"http://a\"]", "agent.toml:1: token is missing"),
        ("agent = \"a\"\ntoken = \"x y\"\ncollectors = [\"http://a\"]", "agent.toml:2: token must give a token"),
        ("agent = \"a\"\ntoken = \"x\"\ntoken_file = \"/y\"\ncollectors = [\"http://a\"]", "agent.toml:2: token and"),
        ("agent = \"a\"\ntoken_file = \"/no/such\"\ncollectors = [\"http://a\"]", "agent.toml:2: token_file names"),
        ("agent = \"a\"\ntoken = \"x\"", "agent.toml:1: collectors is missing"),
        ("agent = \"a\"\ntoken = \"x\"\ncollectors = []", "agent.toml:3: collectors must name at least one"),
        ("agent = \"a\"\ntoken = \"x\"\ncollectors = [\"a.example\"]", "agent.toml:3: collectors has \"a.example\""),
        ("agent = \"a\"\ntoken = \"x\"\ncollectors = [\"http://u:p@a\"]", "agent.toml:3: collectors has"),
        (head + "interval = 0", "agent.toml:4: interval must lie between 1 and 3600"),
        (head + "interval = \"60\"", "agent.toml:4: interval must be a whole number"),
        (head + "state = \"var\"", "agent.toml:4: state must be a whole path"),
        (head + "ca_file = \"/no/such\"", "agent.toml:4: ca_file names /no/such"),
        (head + "intervall = 5", "agent.toml:4: \"intervall\" is not known; did you mean interval?"),
        (head + "[directives]\nmin_interval = 0", "agent.toml:5: min_interval must lie between 1 and 3600"),
        (head + "[directives]\nbackup_offsite = []", "agent.toml:5: backup_offsite must be a list"),
        (
            head + "[directives]\nbackup_offsite = [\"restic\"]",
            "agent.toml:5: backup_offsite must begin with the program's whole path"
        ),
        (head + "[directives]\ntimeout_seconds = 5", "agent.toml:5: \"timeout_seconds\" is not known"),
        (head + "[spool]\nmax_beats = 1", "agent.toml:5: max_beats must lie between"),
        (head + "[[copy]]\ntier = \"usb\"\nprobe = \"folder\"", "agent.toml:5: tier must be one of"),
        (head + "[[copy]]\ntier = \"external\"\nprobe = \"disk\"", "agent.toml:6: probe must be one of"),
        (
            head + "[[copy]]\ntier = \"external\"\nprobe = \"folder\"\nmax_age_hours = 1",
            "agent.toml:4: path is missing"
        ),
        (
            head + "[[copy]]\ntier = \"external\"\nprobe = \"folder\"\npath = \"/x\"\nmax_age_hours = 0",
            "agent.toml:8: max_age_hours must be"
        ),
        (
            head
                + "[[copy]]\ntier = \"cloud\"\nprobe = \"restic\"\nrepository = \"r\"\npassword_file = \"/no\"\n"
                + "max_age_hours = 1", "agent.toml:8: password_file names /no"
        ),
        (
            head
                + "[[copy]]\ntier = \"cloud\"\nprobe = \"command\"\ncommand = [\"a\"]\nenvironment_file = \"/no\"",
            "agent.toml:8: environment_file cannot be used: /no cannot be read: No such file"
        ),
        (
            head + "[[copy]]\ntier = \"cloud\"\nprobe = \"command\"\ncommand = []",
            "agent.toml:7: command must be a list"
        ),
        (
            head
                + "[[copy]]\ntier = \"cloud\"\nprobe = \"command\"\ncommand = [\"a\"]\n"
                + "[[copy]]\ntier = \"cloud\"\nprobe = \"command\"\ncommand = [\"b\"]",
            "agent.toml:9: tier \"cloud\" is already on line 5"
        ),
    ])
    func aMistakeIsNamedWithItsLine(text: String, message: String) {
        let thrown = #expect(throws: (any Error).self) {
            try AgentConfiguration.read(text: text, file: "agent.toml")
        }
        #expect("\(String(describing: thrown))".contains(message) || "\(thrown!)".contains(message), "\(thrown!)")
    }

    @Test func theTokenMayComeFromTheEnvironment() throws {
        let text = "agent = \"a\"\ncollectors = [\"http://a\"]"
        let folder = TemporaryFolder()
        let file = folder.write("t", "second\n")
        let first = try AgentConfiguration.read(text: text, file: "f", environment: ["ANPI_TOKEN": "first"])
        let second = try AgentConfiguration.read(text: text, file: "f", environment: ["ANPI_TOKEN_FILE": file])
        #expect([first.token, second.token] == ["first", "second"])
    }
}
