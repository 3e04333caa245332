package import AnpiModel

/// The bytes of photos, by task and digest.
///
/// They lie in parts of their own rows, so that a long photo never holds the one writer for longer than a part takes.
package struct TaskPhotos: Sendable {
    /// Bytes of one row: about a millisecond of the writer's time.
    package static let partBytes = 256 << 10

    private let database: any SQLDatabase
    private let lane: Int

    package init(_ database: any SQLDatabase, lane: Int = 0) {
        self.database = database
        self.lane = lane
    }

    /// Keeps a photo; the same again is written over with itself, also where a part of it was there already.
    package func keep(_ bytes: [UInt8], digest: [UInt8], of task: TaskID) throws {
        var part = 0
        var rest = bytes[...]
        while !rest.isEmpty {
            let row: [SQLValue] = [
                .integer(lane), .text(task.description), .blob(digest), .integer(part),
                .blob(Array(rest.prefix(Self.partBytes))),
            ]
            try database.transaction { session in
                try session.upsert(
                    "task_photo", key: ["lane", "task", "digest", "part"],
                    columns: ["lane", "task", "digest", "part", "bytes"], rows: [row])
            }
            rest = rest.dropFirst(Self.partBytes)
            part += 1
        }
    }

    /// The bytes that are there; nil where there are none. Whether they are all, their digest says.
    package func bytes(_ digest: [UInt8], of task: TaskID) throws -> [UInt8]? {
        let parts = try database.read { reader in
            try reader.all(
                "SELECT bytes FROM task_photo WHERE lane = ? AND task = ? AND digest = ? ORDER BY part",
                [.integer(lane), .text(task.description), .blob(digest)]
            ) { try $0.blob(0) }
        }
        return parts.isEmpty ? nil : Array(parts.joined())
    }

    /// Lets go of a photo for good.
    package func remove(_ digest: [UInt8], of task: TaskID) throws {
        try database.transaction { session in
            try session.execute(
                "DELETE FROM task_photo WHERE lane = ? AND task = ? AND digest = ?",
                [.integer(lane), .text(task.description), .blob(digest)])
        }
    }
}
