import ArgumentParser

/// The HTTP stacks of both doors with nothing behind them: the limit of what a collector on them could do.
@main
struct EmptyDoorsProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anpi-empty-doors",
        abstract: "Answers every request with an empty 204, through the HTTP stack of one of the collector's doors.",
        subcommands: [Agents.self, People.self])

    struct Agents: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "SwiftNIO with its HTTP/1 decoder, answers written as bytes, as at the agents' door.")
        @Option(help: "Loopback port to listen on.")
        var port: Int

        func run() async throws {
            try await EmptyAgentsDoor.serve(port: port)
        }
    }

    struct People: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Hummingbird with the body collected, as at the people's door.")
        @Option(help: "Loopback port to listen on.")
        var port: Int

        func run() async throws {
            try await EmptyPeoplesDoor.serve(port: port)
        }
    }
}
