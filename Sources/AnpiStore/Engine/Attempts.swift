package import AnpiModel

/// How often the engine has died in a row, and what it was doing: a poison input must not win (ENGINE §3).
package struct Attempts: Sendable {
    private let database: any SQLDatabase
    private let lane: Int64

    package init(_ database: any SQLDatabase, lane: Int = 0) {
        self.database = database
        self.lane = Int64(lane)
    }

    /// What a start found.
    package struct Start: Hashable, Sendable {
        /// How many runs before this one have ended without `ended`, in a row; 0 after an orderly end.
        package var uncleanEnds: Int
        /// The input that the run before had noted and not passed.
        package var noted: LogPlace?
        /// The one that an earlier run in that row had noted and not passed.
        package var suspected: LogPlace?

        package init(uncleanEnds: Int, noted: LogPlace? = nil, suspected: LogPlace? = nil) {
            self.uncleanEnds = uncleanEnds
            self.noted = noted
            self.suspected = suspected
        }
    }

    /// Durably counts this attempt, before any input is applied again. What the run before had noted is suspected
    /// from now on, until `caughtUp`, `ended` or `forget`.
    package func begin() throws -> Start {
        try database.transaction { session in
            let found = try session.first(
                """
                SELECT running, unclean, writer, seq, input, suspect_writer, suspect_seq, suspect_input FROM attempt \
                WHERE lane = ?
                """, [.integer(lane)]
            ) { row in
                (try row.flag(0), try row.int(1), try Self.place(row, from: 2), try Self.place(row, from: 5))
            }
            guard let (wasRunning, unclean, noted, suspected) = found else {
                try session.execute("INSERT INTO attempt (lane, running, unclean) VALUES (?, 1, 0)", [.integer(lane)])
                return Start(uncleanEnds: 0)
            }
            guard wasRunning else {
                try session.execute("UPDATE attempt SET running = 1 WHERE lane = ?", [.integer(lane)])
                return Start(uncleanEnds: 0)
            }
            let suspect = noted ?? suspected
            try session.execute(
                """
                UPDATE attempt SET unclean = ?, writer = NULL, seq = NULL, input = NULL, \
                suspect_writer = ?, suspect_seq = ?, suspect_input = ? WHERE lane = ?
                """,
                [
                    .integer(unclean + 1), .optional(suspect?.writer), .optional(suspect?.seq),
                    .optional(suspect?.index), .integer(lane),
                ])
            return Start(uncleanEnds: unclean + 1, noted: noted, suspected: suspected)
        }
    }

    private static func place(_ row: any SQLRow, from column: Int) throws -> LogPlace? {
        guard let writer = try row.optionalText(column), let seq = try row.optionalInteger(column + 1),
            let index = try row.optionalInt(column + 2)
        else { return nil }
        return LogPlace(writer: writer, seq: seq, index: index)
    }

    /// Notes durably which input is about to be applied.
    package func note(_ place: LogPlace) throws {
        try update(
            "writer = ?, seq = ?, input = ?", [.text(place.writer), .integer(place.seq), .integer(place.index)])
    }

    /// Nothing is noted or suspected any more: the culprit has been put aside.
    package func forget() throws { try update(Self.noPlaces) }

    /// Re-applying went well: the count starts over, while the run goes on.
    package func caughtUp() throws { try update("unclean = 0, " + Self.noPlaces) }

    /// The run ends in order.
    package func ended() throws { try update("running = 0, unclean = 0, " + Self.noPlaces) }

    private static let noPlaces =
        "writer = NULL, seq = NULL, input = NULL, suspect_writer = NULL, suspect_seq = NULL, suspect_input = NULL"

    private func update(_ columns: String, _ arguments: [SQLValue] = []) throws {
        try database.transaction { session in
            try session.execute("UPDATE attempt SET \(columns) WHERE lane = ?", arguments + [.integer(lane)])
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
