import AnpiModel

/// The answers to the last commands, so that one whose row stands in the log twice is answered as it was the first
/// time and changes nothing.
///
/// Doors look in the store first, so a key comes here twice only where its caller tried again before the first row was
/// decided (a crash, a slow log): the last few thousand are far more than that takes.
struct AnsweredCommands: Hashable, Sendable {
    /// Answers kept; the oldest is forgotten beyond.
    static let countMax = 4_096
    /// The same in bytes of keys and bodies, because a finding's body may hold a long outline.
    static let bytesMax = 4 << 20

    /// Oldest first, from `first` on.
    private var answers: [Entry] = []
    private var first = 0
    private var bytes = 0
    /// The place in `answers` plus what was dropped from its front. Looked up, never iterated.
    private var places: [String: Int] = [:]
    private var dropped = 0

    private struct Entry: Hashable, Sendable {
        var operation: String
        var bodyDigest: [UInt8]
        var status: Int
        /// JSON text: a third of the memory of the value.
        var body: String
        var version: Int?

        var bytes: Int { operation.utf8.count + bodyDigest.count + body.utf8.count + 100 }
    }

    init() {}

    var count: Int { answers.count - first }

    /// What the command is answered without being applied; nil where its key is new.
    ///
    /// The first answer stands, also for those who may not read it: whoever knows the key and the body sent it.
    func outcome(of command: Command) -> Outcome? {
        guard let place = places[command.operation] else { return nil }
        let entry = answers[place - dropped]
        guard entry.bodyDigest == command.bodyDigest else {
            let answer = Answer.reused
            return Outcome(
                operation: command.operation, bodyDigest: command.bodyDigest, status: answer.status, body: answer.body)
        }
        return Outcome(
            operation: entry.operation, bodyDigest: entry.bodyDigest, status: entry.status, body: .raw(entry.body),
            version: entry.version)
    }

    /// A command was answered for the first time.
    mutating func append(_ outcome: Outcome) {
        append(
            Entry(
                operation: outcome.operation, bodyDigest: outcome.bodyDigest, status: outcome.status,
                body: outcome.body.text, version: outcome.version))
    }

    private mutating func append(_ entry: Entry) {
        guard places[entry.operation] == nil else { return }
        places[entry.operation] = answers.count + dropped
        answers.append(entry)
        bytes += entry.bytes
        while count > Self.countMax || bytes > Self.bytesMax && count > 1 {
            bytes -= answers[first].bytes
            places[answers[first].operation] = nil
            first += 1
        }
        // The front is given back in large pieces, so that forgetting one answer costs nothing.
        if first > Self.countMax {
            answers.removeFirst(first)
            dropped += first
            first = 0
        }
    }

    func write(to writer: inout ByteWriter) {
        writer.put(list: answers[first...]) { writer, entry in
            writer.put(entry.operation)
            writer.put(raw: entry.bodyDigest)
            writer.put(entry.status)
            writer.put(entry.body)
            writer.put(entry.version) { $0.put($1) }
        }
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        let entries = try reader.list { reader throws(ByteCodingError) in
            Entry(
                operation: try reader.string(), bodyDigest: try reader.raw(), status: try reader.integer(),
                body: try reader.string(), version: try reader.optionalInteger())
        }
        for entry in entries { append(entry) }
    }
}
