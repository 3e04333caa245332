import Testing

@testable import AnpiAgent

@Suite struct ArgumentsTests {
    @Test(arguments: Arguments.Command.allCases)
    func everyCommandIsReadByItsName(command: Arguments.Command) {
        #expect(Arguments.read([command.rawValue]) == .command(Arguments(command: command)))
        var expected = Arguments(command: command)
        expected.configurationFile = "/x.toml"
        #expect(Arguments.read([command.rawValue, "--config", "/x.toml"]) == .command(expected))
        #expect(Arguments.read(["--config=/x.toml", command.rawValue]) == .command(expected))
    }

    @Test(arguments: [[], ["--help"], ["run", "--help"], ["-h"], ["help"]])
    func helpNamesEveryCommandAndTheDefaultFile(texts: [String]) {
        guard case .show(let text) = Arguments.read(texts) else {
            Issue.record("no help")
            return
        }
        for command in Arguments.Command.allCases { #expect(text.contains("  \(command.rawValue) ")) }
        #expect(text.contains("/etc/anpi/agent.toml"))
    }

    @Test(arguments: [
        (["walk"], "\"walk\" is not a command; there are run, once, doctor, explain"),
        (["run", "now"], "\"now\" is one argument too many"),
        (["run", "--conf", "/x"], "\"--conf\" is not an option; there is --config FILE"),
        (["run", "--config"], "--config needs the path of a file"),
        (["run", "--config="], "--config needs the path of a file"),
        (["--config", "/x"], "no command: one of run, once, doctor, explain"),
    ])
    func whatCannotBeUnderstoodIsSaid(texts: [String], sentence: String) {
        #expect(Arguments.read(texts) == .mistake(sentence))
    }

    @Test func theVersionIsTheOneThatBeatsCarry() {
        #expect(Arguments.read(["--version"]) == .show(AgentVersion.text))
    }
}
