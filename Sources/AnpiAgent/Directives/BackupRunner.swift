import AnpiModel
import Synchronization

/// Runs the program that the configuration names for the off-site backup when a collector asks for it.
///
/// Once for each asking, also over restarts: it is noted before the program starts. How it went is in the log; that it
/// failed is told with the copy, and a new copy tells the rest by its age.
final class BackupRunner: Sendable {
    /// Of a program's last line, what the log gets.
    static let wordsMax = 200

    private let backup: AgentConfiguration.Backup
    private let memory: ProbeMemory
    private let board: CopyBoard
    private let log: AgentLog
    /// Called when a new copy may be there.
    private let ended: @Sendable () -> Void
    private let state: Mutex<AskedBackup>
    private let bell = Bell()

    init(
        _ backup: AgentConfiguration.Backup, memory: ProbeMemory, board: CopyBoard, log: AgentLog,
        ended: @escaping @Sendable () -> Void
    ) {
        self.backup = backup
        self.memory = memory
        self.board = board
        self.log = log
        self.ended = ended
        let known = memory.load()
        let begun = (known["begun"] ?? "").split(separator: " ").compactMap { Timestamp(rfc3339: $0) }
        state = Mutex(AskedBackup(begun: begun))
        tellBoard(known)
    }

    /// A collector asks. Never blocks.
    func wasAsked(at askedAt: Timestamp) {
        if state.withLock({ $0.wasAsked(at: askedAt) }) { bell.ring() }
    }

    /// Works for ever. Blocks; belongs on a thread of its own.
    func run() {
        while true {
            while let askedAt = state.withLock({ $0.begin() }) {
                perform(askedAt)
                state.withLock { $0.ended() }
            }
            bell.wait(atMost: nil)
        }
    }

    private func perform(_ askedAt: Timestamp) {
        // Noted before it starts: a backup that takes the machine down with it must not do so again.
        if !memory.save(facts(askedAt, failure: "the agent ended while it ran")) {
            log(.error, "that a backup begins cannot be noted: after a restart it may run again")
        }
        log(.notice, "a collector asks for the off-site backup", ["asked": askedAt.rfc3339()])
        let failure = failureOfRun()
        let facts = facts(askedAt, failure: failure?.why)
        memory.save(facts)
        if let failure {
            log(.error, "the off-site backup failed", ["why": failure.why, "words": failure.words])
        } else {
            log(.notice, "the off-site backup is done", ["asked": askedAt.rfc3339()])
        }
        tellBoard(facts)
        ended()
    }

    /// What a restart must know.
    private func facts(_ askedAt: Timestamp, failure: String?) -> [String: String] {
        var facts = ["begun": state.withLock { $0.begun.map { $0.rfc3339() }.joined(separator: " ") }]
        if let failure {
            facts["failure"] = CopyReport.message("the backup asked for at \(askedAt.rfc3339()) failed: \(failure)")
            facts["failedAt"] = SystemClock.now.rfc3339()
        }
        return facts
    }

    private func tellBoard(_ facts: [String: String]) {
        let at = facts["failedAt"].flatMap { Timestamp(rfc3339: $0) }
        board.backupEnded(failure: facts["failure"].flatMap { words in at.map { (words, $0) } })
    }

    /// Why it failed, and the program's last line, which stays on this machine; nil where it ended well.
    private func failureOfRun() -> (why: String, words: String)? {
        let outcome: ChildProcess.Outcome
        do {
            outcome = try ChildProcess(
                command: backup.command, environment: try ProbeEnvironment.values(with: backup.environmentFile),
                timeout: .seconds(backup.timeoutSeconds)
            ).run()
        } catch {
            return (error.message, "")
        }
        let words = Self.lastLine(of: outcome.errors) ?? Self.lastLine(of: outcome.output) ?? ""
        return switch outcome.end {
        case .exited(0): nil
        case .exited(let status): ("the program ended with status \(status)", words)
        case .signalled(let number): ("the program was ended by signal \(number)", words)
        case .timedOut: ("the program did not end within \(backup.timeoutSeconds) s", words)
        }
    }

    private static func lastLine(of bytes: [UInt8]) -> String? {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).last.map {
            String($0.prefix(wordsMax))
        }
    }
}
