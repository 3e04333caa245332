import AnpiDigest
import AnpiEngine
import AnpiHazards
package import AnpiModel
package import AnpiStore
import Synchronization

/// Official messages as the people's door takes them.
package protocol HazardReceiving: Sendable {
    /// Reads one message, keeps its bytes and puts it into the log; answers when it is durable.
    func receive(_ bytes: [UInt8], name: String?) async throws -> HazardReceipt
    /// The bytes of a message as they came; nil where there is none with this digest.
    func raw(_ digest: [UInt8]) async throws -> [UInt8]?
}

/// What became of a message that was handed in. One in quarantine is stored too: only what it says is not used.
package struct HazardReceipt: Hashable, Sendable {
    package var digest: [UInt8]
    package var outcome: Outcome

    package enum Outcome: Hashable, Sendable {
        case parsed(HazardMessage)
        case quarantined(reason: String)
    }

    package init(digest: [UInt8], outcome: Outcome) {
        self.digest = digest
        self.outcome = outcome
    }
}

/// The one way of official messages to the log, from the people's door and from feeds: parse, keep the raw bytes,
/// append. Known messages are appended again; the engine knows them and nothing follows.
package struct HazardIntake: HazardReceiving {
    let messages: HazardMessages
    let commit: GroupCommit
    let threads: StoreThreads
    let now: @Sendable () -> Timestamp

    package init(
        messages: HazardMessages, commit: GroupCommit, threads: StoreThreads, now: @escaping @Sendable () -> Timestamp
    ) {
        self.messages = messages
        self.commit = commit
        self.threads = threads
        self.now = now
    }

    package func receive(_ bytes: [UInt8], name: String?) async throws -> HazardReceipt {
        let (receipt, input, at) = try await threads.run { try keep(bytes, name: name, feed: FeedState.submitted) }
        let isDurable: Bool? = await withCheckedContinuation { continuation in
            let isTaken = submit(input, at: at) { continuation.resume(returning: $0) }
            if !isTaken { continuation.resume(returning: nil) }
        }
        switch isDurable {
        case true?: return receipt
        case false?: throw CollectorError(.storeFailed, "the input log could not be written")
        case nil: throw CollectorError(.overloaded, "too much waits for the input log")
        }
    }

    package func raw(_ digest: [UInt8]) async throws -> [UInt8]? {
        try await threads.run { [messages] in try messages.raw(digest) }
    }

    /// Reads a message and keeps its bytes; blocks.
    func keep(_ bytes: [UInt8], name: String?, feed: String) throws -> (HazardReceipt, Input, Timestamp) {
        let at = now()
        let digest = SHA256.hash(bytes)
        var row = HazardMessages.Row(
            digest: digest, receivedAt: at, feed: feed, name: name, raw: bytes, status: .parsed)
        let receipt: HazardReceipt
        let input: Input
        do throws(HazardError) {
            let message = try HazardParser.parse(bytes, receivedAt: at, fileName: name)
            row.identifier = message.identifier
            receipt = HazardReceipt(digest: digest, outcome: .parsed(message))
            input = .hazard(HazardInput(receivedAt: at, feed: feed, digest: digest, message: message))
        } catch {
            row.status = .quarantined
            row.reason = error.reason
            receipt = HazardReceipt(digest: digest, outcome: .quarantined(reason: error.reason))
            input = .hazardQuarantined(
                QuarantinedHazard(receivedAt: at, feed: feed, digest: digest, reason: error.reason, name: name))
        }
        try messages.keep(row)
        return (receipt, input, at)
    }

    /// Appends; false where too much waits already, and `whenSettled` is not called.
    func submit(_ input: Input, at: Timestamp, whenSettled: @escaping @Sendable (Bool) -> Void) -> Bool {
        var frames = ByteWriter()
        InputCodec.append(input, to: &frames)
        return commit.submit(
            GroupCommit.Submission(frames: frames.bytes, requests: 1, oldest: at, whenSettled: whenSettled))
    }
}
