import AnpiModel

/// How far beats are apart: as the configuration says, until a collector asks for another interval; and faster, where the
/// configuration allows it, for as long as a collector asks for that. In seconds.
struct Pace: Hashable, Sendable {
    /// Without a wish for faster reports.
    private var ordinary: Int
    /// At which beats go now.
    private(set) var seconds: Int
    /// No wish for faster reports is followed below this; nil: none is followed at all.
    private let shortest: Int?

    init(ordinary: Int, shortest: Int?) {
        self.ordinary = ordinary
        self.shortest = shortest
        seconds = ordinary
    }

    /// A collector answered a beat that had told `told` by asking for `asked`.
    ///
    /// An ordinary answer that repeats what the beat told asks for nothing: a fleet that leaves the interval to its agents
    /// would else hold them at what a storm had made of it.
    mutating func answered(asked: Int, isFaster: Bool, told: Int) {
        if !isFaster, asked != told { ordinary = asked }
        guard isFaster, let shortest else {
            seconds = ordinary
            return
        }
        seconds = min(ordinary, max(asked, shortest))
    }
}
