import AnpiEngine
import AnpiModel
import AnpiStore
import Logging
import ServiceLifecycle

/// Puts the heads of the doors' chains into the main chain and notes all heads outside (ENGINE §5).
///
/// The heads go through the input log, so that the engine decides `journal.anchored` at the same place in every replay,
/// and hooks carry it out.
struct JournalAnchor: Service {
    static let every = Duration.seconds(600)
    /// Soon after the start: the last lines of the process before have not been told yet.
    static let firstAfter = Duration.seconds(5)

    let journal: Journal
    let commit: GroupCommit
    let file: AnchorFile?
    let threads: StoreThreads
    let clock: SteadyClock
    let logger: Logger
    /// False while another process tells the heads.
    var mayAct: @Sendable () -> Bool = { true }
    var ticks: any Clock<Duration> = ContinuousClock()

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var plan: AnchorPlan?
            var pause = Self.firstAfter
            while !Task.isCancelled {
                do { try await ticks.sleep(for: pause) } catch { return }
                pause = Self.every
                guard mayAct() else { continue }
                do {
                    try await once(&plan)
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("The journal's heads are told later", metadata: ["error": "\(error)"])
                }
            }
        }
    }

    /// Tells what has grown since the last time.
    private func once(_ plan: inout AnchorPlan?) async throws {
        var current: AnchorPlan
        if let plan {
            current = plan
        } else {
            current = try await threads.run { [journal] in try AnchorPlan(after: journal) }
        }
        let heads = try await threads.run { [journal] in try journal.heads() }
        if let anchored = current.due(heads) {
            let now = clock.now()
            if let file {
                do {
                    try await threads.run { try file.append(anchored, at: now) }
                } catch {
                    logger.error("The journal's heads were not noted", metadata: ["error": "\(error)"])
                }
            }
            if await append(anchored) { current.wasTold(anchored) }
        }
        plan = current
    }

    /// True once it is durable in the input log.
    private func append(_ anchored: Input.Anchored) async -> Bool {
        await withCheckedContinuation { continuation in
            let isTaken = commit.submit(as: .command, { _ in .anchored(anchored) }) {
                continuation.resume(returning: $0)
            }
            if !isTaken { continuation.resume(returning: false) }
        }
    }
}
