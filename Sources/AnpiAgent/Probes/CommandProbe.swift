import AnpiModel

/// Any program that keeps to the convention of Nagios plugins: exit 0 `good`, 1 `old`, 2 `failing`, else `unknown`; the
/// first line up to `|` is the message.
///
/// Of the performance data three labels mean something: `age` (seconds since the newest usable copy was made) gives
/// `goodAt`, `verified` (seconds since data was last read back) gives `verifiedAt`, `size` gives `bytes`. Exit 0 alone
/// says that a job ended well, not when: without `age` there is no `goodAt`.
struct CommandProbe: CopyProbe {
    /// Ages are whole seconds counted at some moment of the look: instants that differ by less are the same.
    static let sameWithin: Duration = .seconds(90)

    let tier: CopyTier
    let command: [String]
    let environmentFile: String?
    let timeout: Duration
    private var goodAt: Timestamp?
    private var verifiedAt: Timestamp?

    init(tier: CopyTier, command: [String], environmentFile: String? = nil, timeout: Duration) {
        self.tier = tier
        self.command = command
        self.environmentFile = environmentFile
        self.timeout = timeout
    }

    mutating func look(at now: Timestamp) -> CopyReport {
        let outcome: ChildProcess.Outcome
        do {
            outcome = try ChildProcess(
                command: command, environment: try ProbeEnvironment.values(with: environmentFile), timeout: timeout,
                outputBytesMax: 64 * 1_024
            ).run()
        } catch {
            return CopyReport(tier: tier, state: .unknown, message: CopyReport.message(error.message))
        }
        switch outcome.end {
        case .timedOut:
            return CopyReport(tier: tier, state: .unknown, message: "the program did not end in time")
        case .signalled(let number):
            return CopyReport(tier: tier, state: .unknown, message: "the program was ended by signal \(number)")
        case .exited(let status):
            return report(PluginOutput(outcome.output), status: status, at: now)
        }
    }

    private mutating func report(_ output: PluginOutput, status: Int32, at now: Timestamp) -> CopyReport {
        let state: CopyState =
            switch status {
            case 0: .good
            case 1: .old
            case 2: .failing
            default: .unknown
            }
        goodAt = Self.steadied(output.age.map { now - $0 }, before: goodAt)
        verifiedAt = Self.steadied(output.verified.map { now - $0 }, before: verifiedAt)
        return CopyReport(
            tier: tier, state: state, goodAt: goodAt, verifiedAt: verifiedAt, bytes: output.bytes,
            message: output.message.isEmpty ? nil : CopyReport.message(output.message))
    }

    private static func steadied(_ instant: Timestamp?, before: Timestamp?) -> Timestamp? {
        guard let instant, let before else { return instant }
        let difference = instant - before
        return difference < sameWithin && difference > .zero - sameWithin ? before : instant
    }
}
