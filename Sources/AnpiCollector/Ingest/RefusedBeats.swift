import AnpiEngine
import AnpiModel

/// Beats that a full queue refused: for as long as that goes on nobody was heard for certain, so it is blind time
/// (ENGINE §2), told piece by piece while it lasts. Rows and time go on meanwhile, or the queue would never empty.
struct RefusedBeats: Hashable, Sendable {
    /// Shorter than this is no blind time; agents come again sooner than anyone is judged.
    static let counts = Watermark.stallMax

    /// The longest piece: a row and two decisions each are not to add much to what there is too much of.
    private static let longest = Duration.seconds(30)

    private var since: Timestamp?
    private var last = Timestamp.distantPast
    /// How long the next piece must be: twice the one before.
    private var next = counts

    init() {}

    /// A beat that was received at `instant` was refused.
    mutating func wasRefused(at instant: Timestamp) {
        if since == nil || instant - last > Self.counts { (since, next) = (instant, Self.counts) }
        last = max(last, instant)
    }

    /// What has not been told yet up to `now`, which may be earlier than the last refusal, once it is long enough to count.
    func span(upTo now: Timestamp) -> Input.Span? {
        guard let since, min(last, now) - since > next else { return nil }
        return Input.Span(from: since, to: min(last, now))
    }

    /// `span` is in the log; what follows it within a moment goes on from its end.
    mutating func wasTold(_ span: Input.Span) {
        since = max(since ?? span.to, span.to)
        next = min(next * 2, Self.longest)
    }
}
