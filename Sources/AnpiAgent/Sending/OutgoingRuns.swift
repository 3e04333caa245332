package import AnpiModel

/// What one request carries: runs of one boot, ascending.
package struct OutgoingRuns: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// The newest beat or a notice, alone.
        case newest
        /// What piled up, oldest first.
        case backlog
    }

    package let kind: Kind
    package let boot: String
    package let runs: [Beat]
    /// Beats of this boot that the spool had to drop; told only for the current boot.
    package let dropped: Int64?

    package var sequences: ClosedRange<Int64> {
        let last = runs[runs.count - 1]
        return runs[0].seq...(last.seq + Int64(last.count ?? 1) - 1)
    }
}

extension Backlog {
    /// Runs of one request of backlog; the collector's limit is its bytes.
    static let runsMax = 500
    /// Bytes of the runs of one request: a mebibyte with room for what stands around them.
    static let runBytesMax = (1 << 20) - 4_096

    /// What to send now: the newest beat alone, then notices alone, then what piled up, oldest first. Nil when nothing
    /// waits.
    func outgoing(runsMax: Int) -> OutgoingRuns? {
        guard let oldest = runs.first, let newest = runs.last else { return nil }
        if newest.boot == boot, newest.last == lastSequence {
            return alone(newest.part(newest.last...newest.last))
        }
        if let notice = runs.last(where: { $0.run.notice != nil }) { return alone(notice) }
        var taken: [Beat] = []
        var bytes = 0
        for waiting in runs {
            guard waiting.boot == oldest.boot, taken.count < max(1, min(runsMax, Self.runsMax)) else { break }
            bytes += waiting.run.json.text.utf8.count + 1
            if !taken.isEmpty, bytes > Self.runBytesMax { break }
            taken.append(waiting.run)
        }
        return OutgoingRuns(
            kind: .backlog, boot: oldest.boot, runs: taken, dropped: oldest.boot == boot ? dropped : nil)
    }

    private func alone(_ waiting: WaitingRun) -> OutgoingRuns {
        OutgoingRuns(
            kind: .newest, boot: waiting.boot, runs: [waiting.run], dropped: waiting.boot == boot ? dropped : nil)
    }
}
