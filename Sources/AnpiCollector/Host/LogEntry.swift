import AnpiEngine
import AnpiModel
import AnpiStore

/// How a process enters the input log.
enum LogEntry {
    /// Where the new writer stands, and its clock.
    struct Entered {
        var clock: SteadyClock
        var start: GroupCommit.Start
        /// The span that nobody heard, from the last statement of any writer until now; nil at the very first start.
        var deaf: Input.Span?
        /// How far this machine's clock is ahead of those who write already; theirs counts.
        var isAheadBy: Duration?
    }

    /// As far apart as clocks of collectors may be before the log's time is taken instead.
    ///
    /// A queue that is long holds a watermark back by some seconds, too, and that is no clock's fault.
    private static let clocksApartMax = Duration.seconds(15)

    /// Opens `writer`, shuts out whoever wrote before (the embedded store serves one process), and says in the log that
    /// nothing was heard between the last statement and now.
    ///
    /// - Parameter isShared: other processes may be writing: while one has not been shut out, it is its owner who says what
    ///   was not heard, and this one only joins.
    static func enter(_ store: LaneStore, as writer: String, isShared: Bool = false) throws -> Entered {
        let writers = try store.log.writers()
        if isShared, let furthest = writers.filter({ !$0.closed }).map(\.watermark).max() {
            // What time it is by those who write just now, a few hundred milliseconds ago; nil where nobody does. What is
            // received here with a clock that is five minutes ahead would be judged five minutes late: its agents would
            // seem silent. Who has died says nothing about the time.
            let living = try LivingWriters.among(writers, in: store.log).map(\.watermark).max()
            let ahead = living.map { SteadyClock().now() - $0 } ?? .zero
            let isAhead = ahead > clocksApartMax
            let ceiling = isAhead ? living ?? .distantFuture : .distantFuture
            let opened = try store.log.openWriter(
                id: writer, at: SteadyClock(notBefore: furthest, notAfter: ceiling).now())
            let start = try appendRestored(to: store, as: writer, after: opened)
            return Entered(
                clock: SteadyClock(notBefore: start.watermark, notAfter: ceiling), start: start, deaf: nil,
                isAheadBy: isAhead ? ahead : nil)
        }
        let decided = try store.decided.position()?.engineTime
        // Where engine time stands: the least of those who have not been shut out. A start that died right here has
        // left a writer with a later watermark behind; what it did not hear is still not heard.
        let standing = writers.filter { !$0.closed }.map(\.watermark).min() ?? writers.map(\.watermark).max()
        let last = [standing, decided].compactMap { $0 }.max()
        let opened = try store.log.openWriter(id: writer, at: SteadyClock(notBefore: last ?? .distantPast).now())
        let clock = SteadyClock(notBefore: opened)
        guard let last else {
            return Entered(clock: clock, start: .init(watermark: opened, sequence: 0), deaf: nil)
        }
        let span = Input.Span(from: last, to: max(opened, last))
        let at = opened + .milliseconds(1)
        var inputs: [Input] = [.deaf(span)]
        inputs += try restored(store, at: opened)
        let row = LogRow(writer: writer, seq: 1, at: at, batch: InputCodec.encode(inputs))
        if try store.log.closeOthers(than: writer, watermark: at, rows: { _ in [row] }).isEmpty {
            try store.log.append(writer: writer, rows: [row], watermark: at)
        }
        return Entered(clock: clock, start: .init(watermark: at, sequence: 1), deaf: span)
    }

    /// What is said at each start after a restore: the engine takes a life of the database in once.
    private static func restored(_ store: LaneStore, at opened: Timestamp) throws -> [Input] {
        let epoch = try RestoreEpoch.current(of: store.database)
        return epoch > 0 ? [.restored(Restored(at: opened, epoch: epoch))] : []
    }

    /// Says so also where this process only joins: of a restored database those who wrote before are still to be shut out.
    private static func appendRestored(
        to store: LaneStore, as writer: String, after opened: Timestamp
    ) throws -> GroupCommit.Start {
        let inputs = try restored(store, at: opened)
        guard !inputs.isEmpty else { return .init(watermark: opened, sequence: 0) }
        let at = opened + .milliseconds(1)
        let row = LogRow(writer: writer, seq: 1, at: at, batch: InputCodec.encode(inputs))
        try store.log.append(writer: writer, rows: [row], watermark: at)
        return .init(watermark: at, sequence: 1)
    }
}
