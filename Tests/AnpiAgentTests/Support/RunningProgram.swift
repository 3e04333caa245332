import AnpiClient
import AnpiModel
import Glibc

@testable import AnpiAgent

/// The built agent as a child of a shell that notes its number, so that a test can signal it.
final class RunningProgram: Sendable {
    private let pidFile: String
    private let outcome = Shared<(ChildProcess.Outcome, at: Duration)?>(nil)
    private let ended = Bell()

    /// - Parameter before: What the shell does first, `ulimit -f 8`.
    init(
        _ program: String, _ arguments: [String], in folder: TemporaryFolder, before: String = ":",
        environment: [String: String] = [:]
    ) {
        pidFile = folder.path + "/pid"
        let script = "\(before); echo $$ > \(pidFile).new && mv \(pidFile).new \(pidFile) && exec \"$@\""
        let child = ChildProcess(
            command: ["sh", "-c", script, "sh", program] + arguments,
            environment: ProbeEnvironment.values.merging(environment) { $1 }, timeout: .seconds(60))
        _ = Thread.start { [outcome, ended] in
            let result = try? child.run()
            outcome.change {
                $0 = (result ?? ChildProcess.Outcome(end: .timedOut, output: [], errors: []), SystemClock.steady)
            }
            ended.ring()
        }
    }

    /// Sends a signal; the program must have begun. When that was.
    @discardableResult
    func send(_ signal: Int32) -> Duration {
        let text = (try? LocalFiles.read(pidFile).get()) ?? []
        if let number = pid_t(String(decoding: text, as: UTF8.self).filter(\.isNumber)) { kill(number, signal) }
        return SystemClock.steady
    }

    /// How and when it ended; a `timedOut` end where it did not within 30 s.
    func waitForEnd() -> (end: ChildProcess.End, at: Duration, words: String) {
        ended.wait(atMost: .seconds(30))
        guard let (outcome, at) = outcome.value else { return (.timedOut, SystemClock.steady, "") }
        return (outcome.end, at, String(decoding: outcome.output + outcome.errors, as: UTF8.self))
    }
}
