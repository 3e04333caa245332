import AnpiModel

/// Official messages that could not be read, as they are shown; oldest first, each digest once.
struct HazardQuarantine: Hashable, Sendable {
    private(set) var messages: [QuarantinedHazard] = []

    /// Those that are shown; the raw ones stay in the store for longer.
    static let messagesMax = 200

    init() {}

    /// False where it is known already.
    mutating func add(_ message: QuarantinedHazard) -> Bool {
        guard !messages.contains(where: { $0.digest == message.digest }) else { return false }
        messages.append(message)
        if messages.count > Self.messagesMax { messages.removeFirst() }
        return true
    }

    func write(to writer: inout ByteWriter) {
        writer.put(list: messages) { writer, message in
            writer.put(message.receivedAt)
            writer.put(message.feed)
            writer.put(raw: message.digest)
            writer.put(message.reason)
            writer.put(message.name) { $0.put($1) }
        }
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        messages = try reader.list { reader throws(ByteCodingError) in
            QuarantinedHazard(
                receivedAt: try reader.timestamp(), feed: try reader.string(), digest: try reader.raw(),
                reason: try reader.string(), name: try reader.optionalString())
        }
    }
}
