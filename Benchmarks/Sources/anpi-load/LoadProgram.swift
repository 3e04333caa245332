import ArgumentParser
import LoadDriver

/// Sends heartbeats as fast as the server answers and says how fast that was.
@main
struct LoadProgram: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anpi-load",
        abstract: "Sends heartbeats of prepared agents to a loopback port as fast as they are answered.",
        discussion: "Prints one line of JSON. Exit 0 also where answers were bad: they are counted in it.")

    @Option(name: .customLong("port"), help: "Port on 127.0.0.1; of several, connections go to each in turn.")
    var ports: [UInt16]
    @Option(help: "Ids and tokens, as prepare_fleet.py writes them.")
    var agents: String
    @Option(help: "Kept-alive connections, one request outstanding on each.")
    var connections = 256
    @Option(help: "Threads of the driver; one is enough for about 150,000 requests a second.")
    var threads = 1
    @Option(help: "Single beats in a request.")
    var beats = 1
    @Option(help: "Seconds before measuring begins.")
    var warmUp = 3.0
    @Option(help: "Measured seconds.")
    var seconds = 10.0
    @Option(help: "Send so many requests instead, and stop.")
    var requests: Int64?
    @Flag(help: "Count a 200 only where it acknowledges what was sent.")
    var expectAcknowledgement = false
    @Option(name: .customLong("server-process"), help: "Process id of the server, for its use of the processor.")
    var serverProcesses: [Int32] = []

    func validate() throws {
        guard threads >= 1, connections >= threads, connections <= 20_000 else {
            throw ValidationError("--connections must be from --threads to 20000.")
        }
        guard beats >= 1, beats <= 1_000 else { throw ValidationError("--beats must be 1 to 1000.") }
        guard warmUp >= 0, seconds > 0, seconds <= 3_600 else { throw ValidationError("--seconds must be 0 to 3600.") }
    }

    func run() throws {
        var plan = LoadPlan(ports: ports)
        plan.connections = connections
        plan.threads = threads
        plan.beats = beats
        plan.warmUpSeconds = warmUp
        plan.measuredSeconds = seconds
        plan.requests = requests
        plan.expectsAcknowledgement = expectAcknowledgement
        plan.serverProcesses = serverProcesses
        let table = try AgentTable(path: agents)
        print(try Load.run(plan, agents: table, firstSequence: Instants.wallMilliseconds()).json)
    }
}
