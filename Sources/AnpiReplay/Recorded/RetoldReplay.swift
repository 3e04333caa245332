package import AnpiEngine
package import AnpiModel
import FoundationEssentials

/// What history tells of days whose log is gone, through the engine: near to what was decided then, and not the same
/// (ENGINE §5).
///
/// Pieces come in their order; what is decided before `from` only leads there, and so does the instant at which all
/// that was so is told at once.
package struct RetoldReplay: Sendable {
    private let from: Timestamp
    private var replay: Replay?
    private var began = Timestamp.distantPast
    /// In what it is not exact.
    package private(set) var approximated: [ReplayApproximation] = []

    /// - Parameter from: decisions before it are not handed on.
    package init(from: Timestamp) { self.from = from }

    /// The fleet as it stands in the replay.
    package var fleet: Fleet { replay?.engine.fleet ?? Fleet() }

    /// What the engine refused: history may know more than this engine did.
    package var refused: [Replay.Refusal] { replay?.refused ?? [] }

    /// Plays one piece; `tell` is given the decisions of the span, in order.
    package mutating func take(_ page: ReplayPage, _ tell: (Decision) -> Void) throws(RecordedReplay.Failure) {
        for word in page.approximated where !approximated.contains(word) { approximated.append(word) }
        var step = Step()
        for part in page.retold {
            switch part {
            case .fleet(let at, let json):
                guard let fleet = try? JSONDecoder().decode(Fleet.self, from: Data(json)) else { throw .unreadableBase }
                if replay == nil {
                    replay = Replay(fleet: fleet, start: at, into: &step)
                    began = at
                } else {
                    replay?.take(fleet, at: at, into: &step)
                }
                hand(on: &step, tell)
            case .feed(let lines):
                guard replay != nil else { throw .outOfOrder }
                var reader = FeedReader(name: "history", bytes: lines)
                while let line = try Self.next(&reader) {
                    replay?.take(line, into: &step)
                    hand(on: &step, tell)
                }
            }
        }
    }

    private static func next(_ reader: inout FeedReader) throws(RecordedReplay.Failure) -> FeedLine? {
        do { return try reader.next() } catch { throw .unreadableBase }
    }

    private func hand(on step: inout Step, _ tell: (Decision) -> Void) {
        for decision in step.decisions where decision.at >= from && decision.at > began { tell(decision) }
        step = Step()
    }
}
