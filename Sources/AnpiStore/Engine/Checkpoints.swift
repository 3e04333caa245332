/// The engine's state as it was at a position, in blocks that only the engine understands.
package struct Checkpoint: Hashable, Sendable {
    /// Rises with every checkpoint of a lane.
    package var generation: Int64
    package var position: Position
    package var head: [UInt8]
    /// Ascending by index.
    package var blocks: [Block]

    package struct Block: Hashable, Sendable {
        package var index: Int
        package var bytes: [UInt8]

        package init(index: Int, bytes: [UInt8]) {
            self.index = index
            self.bytes = bytes
        }
    }
}

/// Checkpoints of one lane (ENGINE §5).
///
/// Blocks go in, and those they replace go out, by small transactions, so that waiting beats are never held long
/// (docs/decisions/0008); they count only once the head row names them, so a process that dies in between leaves the
/// checkpoint before as it was.
package struct Checkpoints: Sendable {
    /// How many bytes of blocks one transaction writes or removes, unless a single block is larger: what is removed is
    /// overwritten with zeros and costs as much.
    static let bytesPerTransaction = 128 * 1_024

    private let database: any SQLDatabase
    private let lane: Int64

    package init(_ database: any SQLDatabase, lane: Int = 0) {
        self.database = database
        self.lane = Int64(lane)
    }

    /// Writes a checkpoint and drops older ones.
    ///
    /// With `keepingOthers` only the changed blocks are given, and the others stand as in the newest checkpoint.
    /// `generation` must be above that one's, or nothing counts and `.conflict` is thrown.
    package func save(
        generation: Int64, position: Position, head: [UInt8], blocks: [Int: [UInt8]], keepingOthers: Bool = false
    ) throws {
        let indexes = blocks.keys.sorted()
        for step in Self.steps(over: indexes.map { blocks[$0]?.count ?? 0 }) {
            let rows = indexes[step].map { index -> [SQLValue] in
                [.integer(lane), .integer(generation), .integer(index), .blob(blocks[index] ?? [])]
            }
            try database.transaction { session in
                try session.upsert(
                    "checkpoint_block", key: ["lane", "generation", "block"],
                    columns: ["lane", "generation", "block", "bytes"], rows: rows)
            }
        }
        try writeHead(generation, position, head, changed: indexes, keepingOthers: keepingOthers)
        try dropOlder(than: generation)
    }

    /// The number of the newest checkpoint; nil where there is none.
    package func newestGeneration() throws -> Int64? {
        try database.read { reader in
            try reader.first("SELECT MAX(generation) FROM checkpoint WHERE lane = ?", [.integer(lane)]) {
                try $0.optionalInteger(0)
            } ?? nil
        }
    }

    /// Where the newest checkpoint stands, without reading it; nil where there is none.
    package func newestPosition() throws -> Position? {
        try database.read { reader in
            try reader.first(
                """
                SELECT cursors, engine_time, journal_seq FROM checkpoint \
                WHERE lane = ? ORDER BY generation DESC LIMIT 1
                """, [.integer(lane)]
            ) { row in
                Position(
                    cursors: try Cursors(text: try row.text(0)), engineTime: try row.time(1),
                    journalSeq: try row.integer(2))
            }
        }
    }

    /// The newest checkpoint of which every block is there; nil where there is none.
    package func newest() throws -> Checkpoint? {
        try database.read { reader in
            let heads = try reader.all(
                """
                SELECT generation, cursors, engine_time, journal_seq, head, manifest FROM checkpoint \
                WHERE lane = ? ORDER BY generation DESC
                """, [.integer(lane)]
            ) { row in
                (
                    Checkpoint(
                        generation: try row.integer(0),
                        position: Position(
                            cursors: try Cursors(text: try row.text(1)), engineTime: try row.time(2),
                            journalSeq: try row.integer(3)),
                        head: try row.blob(4), blocks: []),
                    try Manifest(text: try row.text(5))
                )
            }
            for (checkpoint, manifest) in heads {
                var complete = checkpoint
                if let blocks = try load(manifest, in: reader) {
                    complete.blocks = blocks
                    return complete
                }
            }
            return nil
        }
    }
}

extension Checkpoints {
    /// Ranges of `sizes` that each add up to no more than one transaction may carry.
    private static func steps(over sizes: [Int]) -> [Range<Int>] {
        var steps: [Range<Int>] = []
        var start = 0
        var bytes = 0
        for (index, size) in sizes.enumerated() {
            if index > start, bytes + size > bytesPerTransaction {
                steps.append(start..<index)
                (start, bytes) = (index, 0)
            }
            bytes += size
        }
        if start < sizes.count { steps.append(start..<sizes.count) }
        return steps
    }

    private func load(_ manifest: Manifest, in reader: any SQLReader) throws -> [Checkpoint.Block]? {
        var blocks: [Checkpoint.Block] = []
        blocks.reserveCapacity(manifest.entries.count)
        for entry in manifest.entries {
            let bytes = try reader.first(
                "SELECT bytes FROM checkpoint_block WHERE lane = ? AND generation = ? AND block = ?",
                [.integer(lane), .integer(entry.generation), .integer(entry.block)]
            ) { try $0.blob(0) }
            guard let bytes else { return nil }
            blocks.append(Checkpoint.Block(index: entry.block, bytes: bytes))
        }
        return blocks
    }

    private func writeHead(
        _ generation: Int64, _ position: Position, _ head: [UInt8], changed: [Int], keepingOthers: Bool
    ) throws {
        try database.transaction { session in
            let newest = try session.first(
                "SELECT generation, manifest FROM checkpoint WHERE lane = ? ORDER BY generation DESC LIMIT 1",
                [.integer(lane)]
            ) { (try $0.integer(0), try $0.text(1)) }
            var manifest = Manifest()
            if let (newestGeneration, text) = newest {
                guard newestGeneration < generation else {
                    throw StoreError(.conflict, "a newer checkpoint has been written")
                }
                if keepingOthers { manifest = try Manifest(text: text) }
            }
            manifest.replace(changed, with: generation)
            try session.execute(
                """
                INSERT INTO checkpoint (lane, generation, cursors, engine_time, journal_seq, head, manifest) \
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .integer(lane), .integer(generation), .text(position.cursors.text), .time(position.engineTime),
                    .integer(position.journalSeq), .blob(head), .text(manifest.text),
                ])
        }
    }

    /// Removes older heads, then the blocks that the newest does not name, a few at a time. Only the one writer of
    /// checkpoints adds or removes blocks, so what a snapshot shows of them stays true.
    private func dropOlder(than generation: Int64) throws {
        try database.transaction { session in
            try session.execute(
                "DELETE FROM checkpoint WHERE lane = ? AND generation < ?", [.integer(lane), .integer(generation)])
        }
        let orphans = try database.read { reader in
            let text = try reader.first(
                "SELECT manifest FROM checkpoint WHERE lane = ? AND generation = ?",
                [.integer(lane), .integer(generation)]
            ) { try $0.text(0) }
            let named = Set(try Manifest(text: text ?? "").entries)
            return try reader.all(
                """
                SELECT generation, block, LENGTH(bytes) FROM checkpoint_block WHERE lane = ? AND generation <= ? \
                ORDER BY generation, block
                """,
                [.integer(lane), .integer(generation)]
            ) { (entry: Manifest.Entry(block: try $0.int(1), generation: try $0.integer(0)), bytes: try $0.int(2)) }
            .filter { !named.contains($0.entry) }
        }
        for step in Self.steps(over: orphans.map(\.bytes)) {
            try database.transaction { session in
                for (orphan, _) in orphans[step] {
                    try session.execute(
                        "DELETE FROM checkpoint_block WHERE lane = ? AND generation = ? AND block = ?",
                        [.integer(lane), .integer(orphan.generation), .integer(orphan.block)])
                }
            }
        }
    }

    /// Which generation each block of a checkpoint was written in; kept as `block:generation` separated by spaces.
    private struct Manifest {
        struct Entry: Hashable {
            var block: Int
            var generation: Int64
        }

        /// Ascending by block.
        private(set) var entries: [Entry] = []

        init() {}

        init(text: String) throws {
            for part in text.split(separator: " ") {
                let numbers = part.split(separator: ":")
                guard numbers.count == 2, let block = Int(numbers[0]), let generation = Int64(numbers[1]) else {
                    throw StoreError(.invalidValue, "a checkpoint's list of blocks is not in the form block:generation")
                }
                entries.append(Entry(block: block, generation: generation))
            }
        }

        var text: String {
            entries.map { "\($0.block):\($0.generation)" }.joined(separator: " ")
        }

        /// `blocks` ascend.
        mutating func replace(_ blocks: [Int], with generation: Int64) {
            let changed = Set(blocks)
            entries.removeAll { changed.contains($0.block) }
            entries += blocks.map { Entry(block: $0, generation: generation) }
            entries.sort { $0.block < $1.block }
        }
    }
}
