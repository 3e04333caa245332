import AnpiAgent
import ArgumentParser
import Glibc

/// The program on one device of a site: looks at the copies of its data and says that it is alive.
struct AgentProgram: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anpi-agent",
        abstract: "Watches the copies of a site's data and tells the collector that this device is alive.",
        version: AgentVersion.text, subcommands: [Run.self, Once.self, CheckUp.self, Explain.self])
}

/// What every command needs.
struct CommonOptions: ParsableArguments {
    @Option(name: .long, help: "The configuration file (docs/agent.md).")
    var config = "/etc/anpi/agent.toml"

    var environment: [String: String] {
        var values: [String: String] = [:]
        var position = environ
        while let entry = position.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                values[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            position += 1
        }
        return values
    }

    /// The configuration, or the end of the program with one line for each mistake.
    func read() throws -> AgentConfiguration {
        do {
            return try AgentConfiguration.read(file: config, environment: environment)
        } catch {
            complain("\(error)")
            throw ExitCode(78)
        }
    }
}

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Beats until it is told to stop; what the service runs.")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let configuration = try common.read()
        let environment = common.environment
        do {
            let agent = try Agent(
                configuration: configuration, environment: environment, log: AgentLog(environment: environment))
            // Not exit(): probes may hang in the kernel, and libcurl's thread must not meet its own clean-up.
            _exit(agent.run() ? 0 : 1)
        } catch {
            complain("anpi-agent: \(error)")
            throw ExitCode(1)
        }
    }
}

struct Once: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Looks at every copy, sends one beat, prints the answer.")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let configuration = try common.read()
        do {
            let result = try OneBeat.send(configuration)
            print(result.beat)
            for answer in result.answers { print(answer) }
            if !result.isAccepted { throw ExitCode(1) }
        } catch let error as ExitCode {
            throw error
        } catch {
            complain("anpi-agent: \(error)")
            throw ExitCode(1)
        }
    }
}

struct CheckUp: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Checks the configuration, every copy and every collector; says what to do.")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let configuration = try common.read()
        print("ok    configuration: \(common.config), agent \(configuration.agent)")
        let checks = Doctor.examine(configuration)
        for check in checks {
            print("\(check.isGood ? "ok   " : "WRONG") \(check.name): \(check.finding)")
            if !check.cure.isEmpty { print("      → \(check.cure)") }
        }
        if !checks.allSatisfy(\.isGood) { throw ExitCode(1) }
    }
}

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says in sentences what the configuration makes the agent do.")

    @OptionGroup var common: CommonOptions

    func run() throws {
        for sentence in Explanation.sentences(of: try common.read()) { print(sentence) }
    }
}

/// One line on standard error.
private func complain(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
}

AgentProgram.main()
