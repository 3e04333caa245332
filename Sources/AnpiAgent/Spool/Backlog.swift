import AnpiModel

/// A run of one boot that no collector has acknowledged.
struct WaitingRun: Hashable, Sendable {
    var boot: String
    var run: Beat

    var count: Int64 { Int64(run.count ?? 1) }
    var first: Int64 { run.seq }
    var last: Int64 { run.seq + count - 1 }
}

/// The beats that wait to be acknowledged, oldest first, merged into runs: the pure part of the spool.
struct Backlog: Hashable, Sendable {
    private(set) var runs: [WaitingRun] = []
    /// Beats in all runs.
    private(set) var beats: Int64 = 0
    /// Beats of the newest boot that were dropped because the spool was full.
    private(set) var dropped: Int64 = 0
    private(set) var boot = ""
    /// The highest sequence ever given out in `boot`; 0 before the first.
    private(set) var lastSequence: Int64 = 0

    /// How far a beat may lie from its place in a run, in thousandths of the interval. Beats come from a steady clock;
    /// more than this is a clock that was set, and then the run's times would be false.
    static let toleranceThousandths: Int64 = 100

    /// A boot begins, or goes on where its sequence is known.
    mutating func begin(boot: String, lastSequence: Int64 = 0, dropped: Int64 = 0) {
        guard boot != self.boot else { return }
        self.boot = boot
        self.lastSequence = lastSequence
        self.dropped = dropped
    }

    /// Takes the next beat of the current boot. Whether it went into the newest run.
    mutating func append(_ beat: Beat) -> Bool {
        precondition(beat.seq == lastSequence + 1 && (beat.count ?? 1) == 1, "beats are numbered without gaps")
        lastSequence = beat.seq
        beats += 1
        if let newest = runs.last, newest.boot == boot, Self.extends(newest, beat) {
            runs[runs.count - 1].run.count = Int(newest.count + 1)
            return true
        }
        runs.append(WaitingRun(boot: boot, run: beat))
        return false
    }

    /// Replays a beat that went into the newest run; false where no run of the current boot waits.
    mutating func extendNewest() -> Bool {
        guard let newest = runs.last, newest.boot == boot, newest.last == lastSequence else { return false }
        runs[runs.count - 1].run.count = Int(newest.count + 1)
        lastSequence += 1
        beats += 1
        return true
    }

    /// Whether a beat is the next one of a run: the following number, at its time, with the same content. Uptime grows
    /// with the clock, so it says nothing new as long as it grows by the interval.
    private static func extends(_ waiting: WaitingRun, _ beat: Beat) -> Bool {
        guard beat.seq == waiting.last + 1, beat.notice == nil, waiting.run.notice == nil else { return false }
        let elapsed = waiting.count * Int64(waiting.run.interval) * 1_000
        let tolerance = max(100, Int64(waiting.run.interval) * toleranceThousandths)
        guard abs(waiting.run.at.milliseconds + elapsed - beat.at.milliseconds) <= tolerance else { return false }
        if let before = waiting.run.uptimeSeconds, let now = beat.uptimeSeconds {
            guard abs(before + elapsed / 1_000 - now) <= 1 + tolerance / 1_000 else { return false }
        }
        var same = beat
        same.seq = waiting.run.seq
        same.count = waiting.run.count
        same.at = waiting.run.at
        same.uptimeSeconds = beat.uptimeSeconds == nil ? nil : waiting.run.uptimeSeconds
        return same == waiting.run
    }

    /// The beats `sequences` of `boot` need not be sent any more.
    mutating func remove(boot: String, sequences: ClosedRange<Int64>) {
        var kept: [WaitingRun] = []
        kept.reserveCapacity(runs.count + 1)
        for waiting in runs {
            guard waiting.boot == boot, waiting.first <= sequences.upperBound, sequences.lowerBound <= waiting.last
            else {
                kept.append(waiting)
                continue
            }
            if waiting.first < sequences.lowerBound {
                kept.append(waiting.part(waiting.first...(sequences.lowerBound - 1)))
            }
            if sequences.upperBound < waiting.last {
                kept.append(waiting.part((sequences.upperBound + 1)...waiting.last))
            }
        }
        runs = kept
        beats = kept.reduce(0) { $0 + $1.count }
    }

    /// Drops the oldest beats until at most `limit` are left, and counts those of the current boot. How many went.
    mutating func drop(downTo limit: Int64) -> Int64 {
        var excess = max(0, beats - limit)
        let total = excess
        var whole = 0
        while excess > 0, whole < runs.count {
            let oldest = runs[whole]
            let taken = min(excess, oldest.count)
            if oldest.boot == boot { dropped += taken }
            excess -= taken
            beats -= taken
            if taken == oldest.count {
                whole += 1
            } else {
                runs[whole] = oldest.part((oldest.first + taken)...oldest.last)
            }
        }
        runs.removeFirst(whole)
        return total
    }

    /// Puts back a run from disk.
    mutating func restore(_ waiting: WaitingRun) {
        runs.append(waiting)
        beats += waiting.count
        if waiting.boot == boot { lastSequence = max(lastSequence, waiting.last) }
    }

    /// Takes over the counters from disk.
    mutating func restore(boot: String, lastSequence: Int64, dropped: Int64) {
        self.boot = boot
        self.lastSequence = lastSequence
        self.dropped = dropped
    }
}

extension WaitingRun {
    /// The beats `sequences` of this run, which must lie in it; their times follow from the run's.
    func part(_ sequences: ClosedRange<Int64>) -> WaitingRun {
        precondition(first <= sequences.lowerBound && sequences.upperBound <= last, "a part lies in its run")
        var part = self
        let skipped = sequences.lowerBound - first
        part.run.seq = sequences.lowerBound
        part.run.at = Timestamp(milliseconds: run.at.milliseconds + skipped * Int64(run.interval) * 1_000)
        part.run.uptimeSeconds = run.uptimeSeconds.map { $0 + skipped * Int64(run.interval) }
        let count = sequences.upperBound - sequences.lowerBound + 1
        part.run.count = count == 1 ? nil : Int(count)
        return part
    }
}
