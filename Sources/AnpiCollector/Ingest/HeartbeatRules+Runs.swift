import AnpiEngine
import AnpiModel

extension HeartbeatRules {
    /// Beats of a request that can never be accepted, and the request without them.
    ///
    /// Runs ascend: one that begins before its predecessor has ended claims sequence numbers twice, and sending it
    /// again would not help. The engine would ignore numbers and times out of bounds; nothing is acknowledged and then
    /// dropped.
    static func separate(_ request: HeartbeatRequest) -> (accepted: [Beat], rejected: [HeartbeatResponse.Rejection]) {
        var rejected: [HeartbeatResponse.Rejection] = []
        var remaining: [Int] = []
        var highest: Int64 = -1
        for (index, beat) in request.beats.enumerated() {
            let (last, overflow) = beat.seq.addingReportingOverflow(Int64((beat.count ?? 1) - 1))
            if overflow || last >= BeatBounds.sequenceEnd {
                rejected.append(.init(seq: beat.seq, reason: "the sequence numbers of the run are too large"))
            } else if !BeatBounds.holds(beat.at) {
                rejected.append(.init(seq: beat.seq, reason: "the time of the beat is out of range"))
            } else if beat.seq <= highest {
                rejected.append(.init(seq: beat.seq, reason: "runs must ascend and not overlap"))
            } else {
                highest = last
                if request.beats.count > 1 { remaining.append(index) }
            }
        }
        // The usual request is fine, and its beats are not copied.
        return rejected.isEmpty ? (request.beats, []) : (remaining.map { request.beats[$0] }, rejected)
    }
}
