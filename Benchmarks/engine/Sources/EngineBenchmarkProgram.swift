import AnpiModel
import ArgumentParser

/// The engine alone: memory, the cost of a beat and of a second, and how long a restart takes to load it.
@main
struct EngineBenchmarkProgram: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anpi-engine-benchmark",
        abstract: "Measures the engine of one fleet, without doors and log; prints a JSON object.")

    @Option(help: "Sites of the fleet, each with one agent and three copies.")
    var sites: Int

    @Option(help: "Measured rounds in which each agent is heard once.")
    var rounds = 5

    @Option(help: "Folder for the database of the restart; the caller makes and removes it.")
    var folder: String

    func run() throws {
        var run = EngineRun(sites: sites)
        print(try run.measure(rounds: rounds, folder: folder).json.text)
    }
}
