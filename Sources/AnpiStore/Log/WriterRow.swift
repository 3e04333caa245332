package import AnpiModel

/// One incarnation of one process that writes into the log.
package struct WriterRow: Hashable, Sendable {
    package var id: String
    /// The last sequence it appended; 0 before the first.
    package var seq: Int64
    /// Everything that it received up to here is committed.
    package var watermark: Timestamp
    /// True once another process has shut it out, or it has ended in order.
    package var closed: Bool
    /// Of the program, by the newest migration it knows; 0 of those that did not say.
    package var release: Int

    package init(id: String, seq: Int64, watermark: Timestamp, closed: Bool, release: Int = Migrations().newest) {
        self.id = id
        self.seq = seq
        self.watermark = watermark
        self.closed = closed
        self.release = release
    }
}

/// What one snapshot of the log gave to a reader.
package struct LogPage: Hashable, Sendable {
    /// In the order (at, writer, seq).
    package var rows: [LogRow]
    /// The least watermark of the open writers; nil where no writer is open, and time then stands still.
    package var openWatermark: Timestamp?
    /// False where `limit` cut the page: engine time must not pass the last row's `at` before the rest is read.
    package var isComplete: Bool
    /// True where later rows than the watermark are committed, of a writer that is ahead of another.
    package var leavesOut: Bool

    package init(rows: [LogRow], openWatermark: Timestamp?, isComplete: Bool, leavesOut: Bool = false) {
        self.rows = rows
        self.openWatermark = openWatermark
        self.isComplete = isComplete
        self.leavesOut = leavesOut
    }

    /// How far engine time may go after these rows; nil where it stays.
    ///
    /// What a row that is left out holds may have been received before the watermark, and whoever applies the log again
    /// knows rows alone, not how far the watermark was when: time then goes no further than the rows.
    package var reached: Timestamp? { isComplete && !leavesOut ? openWatermark : rows.last?.at }
}
