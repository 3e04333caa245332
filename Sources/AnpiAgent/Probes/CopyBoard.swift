import AnpiModel
import Synchronization

/// What the probes found last, and which of them hang.
final class CopyBoard: Sendable {
    /// Beyond its time limit a look may still need to end children and read what is buffered.
    static let overtime: Duration = .seconds(30)

    private struct Entry {
        var tier: CopyTier
        var limit: Duration
        var report: CopyReport?
        var startedAt: Duration?
    }

    private struct State {
        var entries: [Entry]
        var failure: (words: String, at: Timestamp)?
    }

    private let state: Mutex<State>
    /// The copy that an off-site backup makes: where there is no `offsite`, the `cloud` one.
    let offsite: Int?

    init(copies: [CopyConfiguration]) {
        offsite = copies.firstIndex { $0.tier == .offsite } ?? copies.firstIndex { $0.tier == .cloud }
        state = Mutex(
            State(
                entries: copies.map {
                    // A look of restic's is up to three calls.
                    Entry(tier: $0.tier, limit: .seconds(3 * $0.timeoutSeconds) + Self.overtime)
                }))
    }

    func began(_ index: Int, at steady: Duration) { state.withLock { $0.entries[index].startedAt = steady } }

    func ended(_ index: Int, _ report: CopyReport) {
        state.withLock { state in
            state.entries[index].report = report
            state.entries[index].startedAt = nil
        }
    }

    /// The off-site backup that a collector asked for ended; where it failed, the copy is told so until a newer one is
    /// there.
    func backupEnded(failure: (words: String, at: Timestamp)?) { state.withLock { $0.failure = failure } }

    /// Whether every probe has looked once.
    var isComplete: Bool { state.withLock { $0.entries.allSatisfy { $0.report != nil } } }

    /// The reports for a beat, in the order of the configuration. A copy that was not looked at yet is not told; one
    /// whose look hangs (a dead mount holds the thread in the kernel) is unknown, with what was known of its age.
    func reports(at steady: Duration) -> [CopyReport] {
        state.withLock { state in
            state.entries.enumerated().compactMap { index, entry in
                if index == offsite, let failure = state.failure, var report = entry.report,
                    report.goodAt.map({ $0 < failure.at }) ?? true
                {
                    report.state = .failing
                    report.message = CopyReport.message(failure.words)
                    return report
                }
                guard let started = entry.startedAt, steady - started > entry.limit else { return entry.report }
                var report = entry.report ?? CopyReport(tier: entry.tier, state: .unknown)
                report.state = .unknown
                report.message = "looking at it hangs: a dead mount?"
                return report
            }
        }
    }
}
