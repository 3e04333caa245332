import AnpiModel
import AnpiStore
import Foundation

/// One checkpoint a day beside the archived log, so that what was recorded can be replayed from there (ENGINE §5).
///
/// A file is `checkpoint-<lane>-<UTC time>-<generation>.gz`: one gzip member with a version byte, the position, the head
/// and the blocks, as `ByteWriter` writes them.
struct KeptCheckpoints: Sendable {
    static let every = Duration.seconds(86_400)
    private static let version: UInt8 = 1

    let folder: String
    let lane: Int

    /// A checkpoint as it was kept.
    struct Kept: Sendable {
        var position: Position
        var state: ReplayPage.State
    }

    /// True where the newest one is a day old.
    func isDue(at now: Timestamp) -> Bool {
        guard let newest = names().last else { return true }
        return newest < name(at: now - Self.every)
    }

    /// Writes a checkpoint whole, or not at all.
    func keep(_ checkpoint: Checkpoint) throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        var writer = ByteWriter()
        writer.put(byte: Self.version)
        writer.put(checkpoint.position.cursors.text)
        writer.put(checkpoint.position.engineTime)
        writer.put(checkpoint.position.journalSeq)
        writer.put(raw: checkpoint.head)
        writer.put(list: checkpoint.blocks) {
            $0.put($1.index)
            $0.put(raw: $1.bytes)
        }
        guard let packed = writer.bytes.withUnsafeBytes({ gzip($0, effort: .quick) }) else {
            throw CollectorError(.storeFailed, "a checkpoint could not be packed")
        }
        let path = folder + "/" + name(at: checkpoint.position.engineTime) + "-\(checkpoint.generation).gz"
        try WholeFile.write(packed, to: path)
    }

    /// The newest one that is no later than `instant` and can be read.
    func newest(atMost instant: Timestamp) -> Kept? {
        // To the second; what lies within it is decided by the position inside.
        let limit = name(at: instant + .seconds(1))
        for name in names().reversed() where name < limit {
            if let kept = try? read(name), kept.position.engineTime <= instant { return kept }
        }
        return nil
    }

    /// When the oldest one was made; nil where there is none.
    var oldest: Timestamp? { names().lazy.compactMap { try? read($0).position.engineTime }.first }

    /// Removes those made before `instant`: the log that would follow them is archived no longer.
    func prune(before instant: Timestamp) throws {
        let limit = name(at: instant)
        for name in names() where name < limit { try FileManager.default.removeItem(atPath: folder + "/" + name) }
    }

    private func names() -> [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return all.filter { $0.hasPrefix("checkpoint-\(lane)-") && $0.hasSuffix(".gz") }.sorted()
    }

    private func read(_ name: String) throws -> Kept {
        let packed = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name), options: .mappedIfSafe)
        var reader = ByteReader(try packed.withUnsafeBytes { try gunzipMember($0).bytes })
        guard try reader.byte() == Self.version else { throw ByteCodingError.malformed }
        let position = Position(
            cursors: try Cursors(text: try reader.string()), engineTime: try reader.timestamp(),
            journalSeq: try reader.integer64())
        var state = ReplayPage.State(head: try reader.raw(), blocks: [:])
        for _ in 0..<(try reader.count()) {
            let number = try reader.integer()
            state.blocks[number] = try reader.raw()
        }
        return Kept(position: position, state: state)
    }

    /// Sorts as time does.
    private func name(at instant: Timestamp) -> String {
        let stamp = instant.rfc3339(at: .utc).prefix(19).filter { $0 != "-" && $0 != ":" }
        return "checkpoint-\(lane)-\(stamp)"
    }
}
