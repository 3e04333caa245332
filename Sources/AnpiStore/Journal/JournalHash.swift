internal import AnpiDigest
internal import AnpiModel

/// How lines of the journal are linked (ENGINE §5).
enum JournalHash {
    /// Bytes of salt in a body's digest: without them a short body could be guessed back after its erasure.
    static let saltByteCount = 16

    /// What the first line of a chain names as its previous.
    static let origin = [UInt8](repeating: 0, count: SHA256.byteCount)

    /// SHA-256(salt ‖ body).
    static func bodyDigest(salt: [UInt8], body: String) -> [UInt8] {
        var bytes = salt
        bytes.append(contentsOf: body.utf8)
        return SHA256.hash(bytes)
    }

    /// SHA-256(previous ‖ chain ‖ seq ‖ head ‖ bodyDigest), `seq` as 8 bytes, the most significant first.
    ///
    /// No two lines give the same bytes: the two digests have a fixed length, and the first byte of any sequence that
    /// can occur is 0, which no chain's name holds.
    static func line(previous: [UInt8], chain: String, seq: Int64, head: String, bodyDigest: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(previous.count + chain.utf8.count + 8 + head.utf8.count + bodyDigest.count)
        bytes.append(contentsOf: previous)
        bytes.append(contentsOf: chain.utf8)
        for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: seq >> shift)) }
        bytes.append(contentsOf: head.utf8)
        bytes.append(contentsOf: bodyDigest)
        return SHA256.hash(bytes)
    }

    /// The canonical head: JSON with the keys in this order, absent ones left out.
    ///
    /// Who did it is not in it: that is a person's name, which must be erasable, and the head never is.
    static func head(at: Timestamp, kind: String, site: String?, incident: String?, task: String?) -> String {
        var members = [JSON.Member("at", .time(at)), .init("kind", .string(kind))]
        if let site { members.append(.init("site", .string(site))) }
        if let incident { members.append(.init("incident", .string(incident))) }
        if let task { members.append(.init("task", .string(task))) }
        return JSON.object(members).text
    }

    /// The body as it is stored and hashed: `actor` is its first member.
    static func body(_ body: String, actor: String?) -> String {
        guard let opening = opening(actor) else { return body }
        return body == "{}" ? opening + "}" : opening + "," + body.dropFirst()
    }

    /// Whether a stored body names `actor` and nobody else; what the column beside it says must be what was hashed.
    static func names(_ actor: String?, in body: String) -> Bool {
        guard let opening = opening(actor) else { return !body.hasPrefix(actorOpening) }
        return body.hasPrefix(opening + ",") || body == opening + "}"
    }

    private static let actorOpening = #"{"actor":"#

    private static func opening(_ actor: String?) -> String? {
        actor.map { actorOpening + JSON.string($0).text }
    }
}
