import AnpiEngine
import AnpiModel

/// Beats that a full queue refused: for as long as that goes on nobody was heard for certain, so it is blind time
/// (ENGINE §2), told piece by piece while it lasts. Rows and time go on meanwhile, or the queue would never empty.
struct RefusedBeats: Hashable, Sendable {
    /// Shorter than this is no blind time; agents come again sooner than anyone is judged.
    static let counts = Watermark.stallMax

    private var since: Timestamp?
    private var last = Timestamp.distantPast

    init() {}

    /// A beat that was received at `instant` was refused.
    mutating func wasRefused(at instant: Timestamp) {
        if since == nil || instant - last > Self.counts { since = instant }
        last = max(last, instant)
    }

    /// What has not been told yet, once it is long enough to count.
    var span: Input.Span? {
        guard let since, last - since > Self.counts else { return nil }
        return Input.Span(from: since, to: last)
    }

    /// `span` is in the log; what follows it within a moment goes on from its end.
    mutating func wasTold(_ span: Input.Span) { since = max(since ?? span.to, span.to) }
}
