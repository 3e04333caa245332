import AnpiEngine
import AnpiModel

/// Decides what a writer of the input log states next, and when it could not hear (ENGINE §2).
///
/// The watermark says: all that I received up to it is committed. Rows are stamped when they are sealed, always later
/// than the last watermark, so that the promise holds by construction. Where more than `stallMax` lies between two
/// statements, the writer was deaf in between, whatever the cause (slow disk, full queue, a stopped process), and
/// says so in a row stamped right after the old watermark: the engine reads it before it judges any deadline of that
/// span.
struct Watermark: Hashable {
    /// The longest pause between two statements that is not blind time.
    static let stallMax = Duration.seconds(2)
    /// A writer with nothing to append states its watermark this often.
    static let idleEvery = Duration.milliseconds(200)

    /// The last committed statement.
    private(set) var stated: Timestamp

    init(startingAt stated: Timestamp) { self.stated = stated }

    enum OnSeal: Hashable {
        /// Nothing to state before this instant.
        case wait(until: Timestamp)
        /// No inputs: state this watermark alone.
        case state(Timestamp)
        /// Append one row with the waiting inputs, stamped so; the stamp is the new watermark.
        case append(at: Timestamp)
        /// The same (or nothing, where no inputs wait) behind a row that says we were deaf, stamped right after
        /// `deaf.from`.
        case admit(deaf: Input.Span)
    }

    /// The queue is looked at.
    func seal(at now: Timestamp, hasInputs: Bool) -> OnSeal {
        // A row takes the millisecond it is stamped with: the next one waits for the next.
        guard now > stated else { return .wait(until: stated + .milliseconds(1)) }
        if now - stated > Self.stallMax { return .admit(deaf: Input.Span(from: stated, to: now)) }
        if hasInputs { return .append(at: now) }
        return now - stated >= Self.idleEvery ? .state(now) : .wait(until: stated + Self.idleEvery)
    }

    /// The statement is durable. A commit that failed is not told: the watermark then stands still, as it must.
    mutating func committed(_ watermark: Timestamp) { stated = watermark }
}
