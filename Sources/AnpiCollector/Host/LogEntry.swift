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
        /// How far this machine's clock is ahead of those who write already, negative where it is behind; theirs counts.
        /// Nil where it is right, or nobody else writes.
        var isApartBy: Duration?
    }

    /// Who writes states a watermark more often than this.
    private static let statedWithin = Duration.milliseconds(600)
    /// Their watermarks are looked at so often meanwhile: what is found is off by this and a commit's time at most.
    private static let looksEvery = Duration.milliseconds(50)
    /// As far apart as clocks of collectors may be before the log's time is taken instead.
    ///
    /// Rows of a collector that is ahead wait until the others' time has come there: what is asked of it is decided so
    /// much later, and not in time for an answer (5 s) where that is more. Clocks kept by NTP are within a tenth of it.
    private static let clocksApartMax = Duration.seconds(1)

    /// Opens `writer`, shuts out whoever wrote before (the embedded store serves one process), and says in the log that
    /// nothing was heard between the last statement and now.
    ///
    /// - Parameter isShared: other processes may be writing: while one has not been shut out, it is its owner who says what
    ///   was not heard, and this one only joins.
    static func enter(_ store: LaneStore, as writer: String, isShared: Bool = false) throws -> Entered {
        let writers = try store.log.writers()
        if isShared, let furthest = writers.filter({ !$0.closed }).map(\.watermark).max() {
            let ahead = try leadOverOthers(in: store, since: writers) ?? .zero
            let isApart = ahead > clocksApartMax || ahead < .zero - clocksApartMax
            func clock(notBefore floor: Timestamp) -> SteadyClock {
                SteadyClock(
                    notBefore: floor, notAfter: ahead > clocksApartMax ? SteadyClock().now() - ahead : .distantFuture)
            }
            let opened = try store.log.openWriter(id: writer, at: clock(notBefore: furthest).now())
            let start = try appendRestored(to: store, as: writer, after: opened)
            return Entered(
                clock: clock(notBefore: start.watermark), start: start, deaf: nil, isApartBy: isApart ? ahead : nil)
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

    /// How far this machine's clock is ahead of those who write just now; nil where nobody does.
    ///
    /// The least of what several looks say, since a watermark is the older the longer ago it was stated, and a long queue
    /// or a slow commit holds it back, too. What is received here with a clock that is five minutes ahead would be judged
    /// five minutes late: its agents would seem silent. Who has died states nothing more, and says nothing about the time.
    private static func leadOverOthers(in store: LaneStore, since before: [WriterRow]) throws -> Duration? {
        let own = SteadyClock()
        let end = own.now() + statedWithin
        var least: Duration?
        repeat {
            Doorbell().wait(atMost: looksEvery)
            let now = own.now()
            let living = try store.log.writers().filter { writer in
                !writer.closed && before.contains { $0.id == writer.id && $0.watermark < writer.watermark }
            }
            if let latest = living.map(\.watermark).max() { least = min(least ?? now - latest, now - latest) }
        } while own.now() < end
        return least
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
