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
        let kept = try await threads.run { try keep(bytes, name: name, feed: FeedState.submitted) }
        let isDurable: Bool? = await withCheckedContinuation { continuation in
            let isTaken = commit.submit(as: .beat, kept.input) { continuation.resume(returning: $0) }
            if !isTaken { continuation.resume(returning: nil) }
        }
        switch isDurable {
        case true?: return kept.receipt
        case false?: throw CollectorError(.storeFailed, "the input log could not be written")
        case nil: throw CollectorError(.overloaded, "too much waits for the input log")
        }
    }

    package func raw(_ digest: [UInt8]) async throws -> [UInt8]? {
        try await threads.run { [messages] in try messages.raw(digest) }
    }

    /// A message whose bytes are in the store and which may enter the log.
    struct Kept: Sendable {
        var receipt: HazardReceipt
        var feed: String
        var name: String?

        func input(receivedAt: Timestamp) -> Input {
            switch receipt.outcome {
            case .parsed(let message):
                .hazard(HazardInput(receivedAt: receivedAt, feed: feed, digest: receipt.digest, message: message))
            case .quarantined(let reason):
                .hazardQuarantined(
                    QuarantinedHazard(
                        receivedAt: receivedAt, feed: feed, digest: receipt.digest, reason: reason, name: name))
            }
        }
    }

    /// Reads a message and keeps its bytes; blocks.
    func keep(_ bytes: [UInt8], name: String?, feed: String) throws -> Kept {
        let at = now()
        let digest = SHA256.hash(bytes)
        var row = HazardMessages.Row(
            digest: digest, receivedAt: at, feed: feed, name: name, raw: bytes, status: .parsed)
        let receipt: HazardReceipt
        do throws(HazardError) {
            let message = try HazardParser.parse(bytes, receivedAt: at, fileName: name)
            row.identifier = message.identifier
            receipt = HazardReceipt(digest: digest, outcome: .parsed(message))
        } catch {
            row.status = .quarantined
            row.reason = error.reason
            receipt = HazardReceipt(digest: digest, outcome: .quarantined(reason: error.reason))
        }
        try messages.keep(row)
        return Kept(receipt: receipt, feed: feed, name: name)
    }
}
