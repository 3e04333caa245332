import AnpiClient
import AnpiModel

/// One thing that was done where the collector could not be told, as it will be told.
///
/// What is sent is made of this alone, so that sending it twice sends the same bytes under the same key.
struct FieldOperation: Codable, Hashable, Sendable {
    /// The op-id, drawn when it was recorded: the collector carries it out at most once.
    var key: String
    /// Nil where it is about no task, so that it never waits behind one.
    var task: String?
    /// When it was done.
    var doneAt: Timestamp
    /// The version that was seen; nil where it follows from the step before it, or where none matters.
    var version: Int?
    var work: Work

    enum Work: Codable, Hashable, Sendable {
        case step(TransitionRequest)
        /// `doneAt` is nil where it has perhaps been told without.
        case note(String, doneAt: Timestamp?)
        /// The bytes lie beside the outbox under the digest.
        case photo(digest: String, type: PhotoType)
        /// The road of a step that waits for a person: told to everyone meanwhile.
        case road(BlockedRoad, note: String?)
    }

    /// The step, where it is one: only steps rest on a version and can conflict with what others did.
    var step: TransitionRequest? {
        guard case .step(let request) = work else { return nil }
        return request
    }
}

/// A step of ours that did not fit what somebody else had done, until a person decides.
struct FieldConflict: Codable, Hashable, Sendable {
    var task: String
    /// What was refused.
    var key: String
    /// What the collector answered, where it gave a reason.
    var detail: String?
    /// How the task stood then; nil where the collector did not tell.
    var theirs: Theirs?

    /// The other side.
    struct Theirs: Codable, Hashable, Sendable {
        var state: String
        var version: Int?
        /// Who did it, and when; nil for the collector itself.
        var by: String?
        var at: Timestamp?
        var reason: String?
    }
}
