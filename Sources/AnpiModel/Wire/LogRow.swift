/// One row of the input log: one commit of one writer, however many callers it answers.
package struct LogRow: Hashable, Sendable {
    package var writer: String
    /// Gap-free per writer, from 1.
    package var seq: Int64
    /// When the newest of the batch was received, by the writer's clock.
    package var at: Timestamp
    /// Opaque to all but the engine.
    package var batch: [UInt8]

    package init(writer: String, seq: Int64, at: Timestamp, batch: [UInt8]) {
        self.writer = writer
        self.seq = seq
        self.at = at
        self.batch = batch
    }
}

/// One input in a row of the log.
package struct LogPlace: Hashable, Codable, Sendable {
    /// Stands for the whole row as an index.
    package static let wholeRow = -1

    package var writer: String
    package var seq: Int64
    /// Its place in the row, from 0.
    package var index: Int

    package init(writer: String, seq: Int64, index: Int) {
        self.writer = writer
        self.seq = seq
        self.index = index
    }
}
