import AnpiAgent
import Glibc

// The program on one device of a site: looks at the copies of its data and says that it is alive.

/// Exit statuses: 0 done, 1 not done, 64 usage, 78 configuration; 128 and a signal's number when ended by force.
private enum Status {
    static let done: Int32 = 0
    static let notDone: Int32 = 1
    static let configuration: Int32 = 78
}

private let environment: [String: String] = {
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
}()

/// One line on standard error.
private func complain(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
}

/// Takes SIGTERM and SIGINT: a program that dies of them would leave the programs behind that its probes started.
private func stopSignals(_ first: StopSignals.FirstSignal) -> StopSignals {
    guard let signals = StopSignals(first) else {
        complain("anpi-agent: the system gives no threads")
        exit(Status.notDone)
    }
    return signals
}

/// The configuration, or the end of the program with one line for each mistake.
private func configuration(_ file: String) -> AgentConfiguration {
    do {
        return try AgentConfiguration.read(file: file, environment: environment)
    } catch {
        complain("\(error)")
        exit(Status.configuration)
    }
}

private func run(_ file: String) -> Int32 {
    // First of all: whoever stops the service while it starts gets a clean end too.
    let signals = stopSignals(.asksToStop)
    let configuration = configuration(file)
    do {
        let agent = try Agent(
            configuration: configuration, environment: environment, log: AgentLog(environment: environment),
            signals: signals)
        return agent.run() ? Status.done : Status.notDone
    } catch {
        complain("anpi-agent: \(error)")
        return Status.notDone
    }
}

private func once(_ file: String) -> Int32 {
    _ = stopSignals(.endsAtOnce)
    let configuration = configuration(file)
    do {
        let result = try OneBeat.send(configuration)
        print(result.beat)
        for answer in result.answers { print(answer) }
        return result.isAccepted ? Status.done : Status.notDone
    } catch {
        complain("anpi-agent: \(error)")
        return Status.notDone
    }
}

private func doctor(_ file: String) -> Int32 {
    _ = stopSignals(.endsAtOnce)
    let configuration = configuration(file)
    print("ok    configuration: \(file), agent \(configuration.agent)")
    let checks = Doctor.examine(configuration)
    for check in checks {
        print("\(check.isGood ? "ok   " : "WRONG") \(check.name): \(check.finding)")
        if !check.cure.isEmpty { print("      → \(check.cure)") }
    }
    return checks.allSatisfy(\.isGood) ? Status.done : Status.notDone
}

private func explain(_ file: String) -> Int32 {
    for sentence in Explanation.sentences(of: configuration(file)) { print(sentence) }
    return Status.done
}

private func perform(_ arguments: Arguments) -> Int32 {
    switch arguments.command {
    case .run: run(arguments.configurationFile)
    case .once: once(arguments.configurationFile)
    case .doctor: doctor(arguments.configurationFile)
    case .explain: explain(arguments.configurationFile)
    }
}

switch Arguments.read(Array(CommandLine.arguments.dropFirst())) {
case .show(let text): print(text)
case .mistake(let sentence):
    complain("anpi-agent: \(sentence)")
    complain("anpi-agent --help shows how it is used.")
    exit(Arguments.usageStatus)
case .command(let arguments):
    let status = perform(arguments)
    fflush(nil)
    StopSignals.waitIfEnding()
    // Not exit(): probes may hang in the kernel, and libcurl's thread must not meet its own clean-up.
    _exit(status)
}
