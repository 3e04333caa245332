import AnpiModel

/// De-duplication of one agent's beats: its current boot and the last eight before it.
struct SeenBeats: Hashable, Sendable {
    /// The current boot, by the hash of its id (`TextHash`); nil before the first beat.
    private(set) var current: Boot?
    /// Newest last.
    private(set) var past: [Boot] = []

    static let pastMax = 8

    struct Boot: Hashable, Sendable {
        var hash: UInt64
        var ranges: SequenceRanges
    }

    init() {}

    init(current: Boot?, past: [Boot]) {
        self.current = current
        self.past = past
    }

    enum OnBeats: Hashable {
        /// Of the current boot, which may just have begun; `isNewest` where no later run had been applied.
        case current(SequenceRanges.OnInsert, isNewest: Bool)
        /// Of a boot that another one has followed.
        case past(SequenceRanges.OnInsert)
    }

    /// A run of beats of the boot with this hash arrived; `isOlderBoot` tells, for a boot not met before, that its
    /// beats are older than what the current boot sent.
    mutating func beatsArrived(_ run: ClosedRange<Int64>, boot: UInt64, isOlderBoot: Bool) -> OnBeats {
        if let hash = current?.hash, hash == boot {
            let isNewest = run.upperBound > current?.ranges.high ?? 0
            // Two steps, so that the ranges are changed in place.
            return .current(current?.ranges.insert(run) ?? .known, isNewest: isNewest)
        }
        if let index = past.firstIndex(where: { $0.hash == boot }) {
            return .past(past[index].ranges.insert(run))
        }
        let arrived = Boot(hash: boot, ranges: SequenceRanges(run))
        guard let current, !isOlderBoot else {
            if isOlderBoot, current != nil {
                remember(arrived)
                return .past(.new)
            }
            self.current = arrived
            return .current(.new, isNewest: true)
        }
        remember(current)
        self.current = arrived
        return .current(.new, isNewest: true)
    }

    private mutating func remember(_ boot: Boot) {
        past.append(boot)
        if past.count > Self.pastMax { past.removeFirst() }
    }
}
