import AnpiEngine
import AnpiModel
import Logging
import ServiceLifecycle

/// Once a night: what chance alone does in this fleet, worked out on a copy of the engine and appended to the log.
struct Calibrator: Service {
    /// In Japan, when the fewest devices change.
    static let minuteOfDay = 190

    let engine: any EngineReading
    let commit: GroupCommit
    let threads: StoreThreads
    let now: @Sendable () -> Timestamp
    let logger: Logger
    /// False while another process calibrates.
    var mayAct: @Sendable () -> Bool = { true }
    var ticks: any Clock<Duration> = ContinuousClock()

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do { try await ticks.sleep(for: Self.next(after: now()) - now()) } catch { return }
                guard mayAct() else { continue }
                do { try await once() } catch is CancellationError { return } catch {
                    logger.warning("The null of the scan stays as it was", metadata: ["error": "\(error)"])
                }
            }
        }
    }

    static func next(after now: Timestamp) -> Timestamp {
        let today = Timestamp(now.civil().date, minuteOfDay: minuteOfDay, offset: .japan)
        return today > now ? today : today + .seconds(86_400)
    }

    func once() async throws {
        let copy = try await engine.read { $0 }
        // The long thread: a nation takes minutes. Where somebody verifies the journal just now, the next night will do.
        guard let calibration = try await threads.runAlone({ copy.calibration() }) ?? nil else { return }
        let isTaken = commit.submit(as: .command, { _ in .calibrated(calibration) }) { [logger] isDurable in
            if !isDurable { logger.warning("A calibration could not be written down") }
        }
        if !isTaken { logger.warning("Too much waits for the input log; the calibration is left out") }
    }
}
