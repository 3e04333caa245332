package import AnpiModel

/// How often the engine has died in a row, and what it was doing: a poison input must not win (ENGINE §3).
package struct Attempts: Sendable {
    private let database: any SQLDatabase
    private let lane: Int64

    package init(_ database: any SQLDatabase, lane: Int = 0) {
        self.database = database
        self.lane = Int64(lane)
    }

    /// One input in a row of the log.
    package struct LogPlace: Hashable, Sendable {
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

    /// What a start found.
    package struct Start: Hashable, Sendable {
        /// How many runs before this one have ended without `ended`, in a row; 0 after an orderly end.
        package var uncleanEnds: Int
        /// The input that the run before had noted and not passed.
        package var noted: LogPlace?

        package init(uncleanEnds: Int, noted: LogPlace?) {
            self.uncleanEnds = uncleanEnds
            self.noted = noted
        }
    }

    /// Durably counts this attempt, before any input is applied again.
    package func begin() throws -> Start {
        try database.transaction { session in
            let found = try session.first(
                "SELECT running, unclean, writer, seq, input FROM attempt WHERE lane = ?", [.integer(lane)]
            ) { row in
                (
                    try row.flag(0), try row.int(1), try row.optionalText(2), try row.optionalInteger(3),
                    try row.optionalInt(4)
                )
            }
            guard let (wasRunning, unclean, writer, seq, input) = found else {
                try session.execute(
                    """
                    INSERT INTO attempt (lane, running, unclean, writer, seq, input) \
                    VALUES (?, 1, 0, NULL, NULL, NULL)
                    """,
                    [.integer(lane)])
                return Start(uncleanEnds: 0, noted: nil)
            }
            let count = wasRunning ? unclean + 1 : 0
            try session.execute(
                "UPDATE attempt SET running = 1, unclean = ? WHERE lane = ?", [.integer(count), .integer(lane)])
            var noted: LogPlace?
            if wasRunning, let writer, let seq, let input {
                noted = LogPlace(writer: writer, seq: seq, index: input)
            }
            return Start(uncleanEnds: count, noted: noted)
        }
    }

    /// Notes durably which input is about to be applied; nil once there is nothing more to fear.
    package func note(_ place: LogPlace?) throws {
        try database.transaction { session in
            try session.execute(
                "UPDATE attempt SET writer = ?, seq = ?, input = ? WHERE lane = ?",
                [.optional(place?.writer), .optional(place?.seq), .optional(place?.index), .integer(lane)])
        }
    }

    /// Re-applying went well: the count starts over, while the run goes on.
    package func caughtUp() throws {
        try database.transaction { session in
            try session.execute(
                "UPDATE attempt SET unclean = 0, writer = NULL, seq = NULL, input = NULL WHERE lane = ?",
                [.integer(lane)])
        }
    }

    /// The run ends in order.
    package func ended() throws {
        try database.transaction { session in
            try session.execute(
                "UPDATE attempt SET running = 0, unclean = 0, writer = NULL, seq = NULL, input = NULL WHERE lane = ?",
                [.integer(lane)])
        }
    }

    /// Puts an input aside for good; the same twice is once.
    package func quarantine(_ place: LogPlace, at: Timestamp) throws {
        try database.transaction { session in
            try session.execute(
                """
                INSERT INTO quarantine (lane, writer, seq, input, at) VALUES (?, ?, ?, ?, ?) \
                ON CONFLICT (lane, writer, seq, input) DO NOTHING
                """,
                [.integer(lane), .text(place.writer), .integer(place.seq), .integer(place.index), .time(at)])
        }
    }

    /// The inputs put aside, in the order (writer, seq, place).
    package func quarantined() throws -> [LogPlace] {
        try database.read { reader in
            try reader.all(
                "SELECT writer, seq, input FROM quarantine WHERE lane = ? ORDER BY writer, seq, input", [.integer(lane)]
            ) { LogPlace(writer: try $0.text(0), seq: try $0.integer(1), index: try $0.int(2)) }
        }
    }
}
