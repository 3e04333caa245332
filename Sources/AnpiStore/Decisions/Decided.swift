internal import AnpiModel

/// The decided side of one lane: position, and whole steps of the engine (ENGINE §3).
package struct Decided: Sendable {
    let database: any SQLDatabase
    let lane: Int64
    private let random: RandomSource

    package init(_ database: any SQLDatabase, lane: Int = 0, random: RandomSource = .system) {
        self.database = database
        self.lane = Int64(lane)
        self.random = random
    }

    /// What the lane's decisions rest on; nil before the first step.
    package func position() throws -> Position? {
        try database.read { try position(in: $0) }
    }

    /// Writes a step whole or not at all.
    ///
    /// The same step written twice is written once, since its ids are derived from the journal's numbers. Throws
    /// `.conflict` where the lane has gone on from `previousJournalSeq` by another step: its owner must reload.
    package func commit(_ step: DecidedStep) throws -> CommittedStep {
        try database.transaction { session in
            let end = step.previousJournalSeq + Int64(step.journal.count)
            let committed = CommittedStep(
                numbers: step.previousJournalSeq + 1..<end + 1,
                position: Position(cursors: step.cursors, engineTime: step.engineTime, journalSeq: end),
                wasThere: false)
            guard try advance(from: step.previousJournalSeq, to: committed.position, in: session) else {
                var repeated = committed
                repeated.wasThere = true
                return repeated
            }
            let numbers = try Journal.append(step.journal, to: Journal.main, lane: lane, random: random, in: session)
            guard numbers == committed.numbers else {
                throw StoreError(.conflict, "the journal has another head than the lane's position")
            }
            try Outcomes.insert(step.outcomes, lane: lane, in: session)
            try StateRows.write(step.states, lane: lane, in: session)
            try History.write(step.history, lane: lane, in: session)
            if let fleet = step.fleet { try FleetVersions.write(fleet, lane: lane, in: session) }
            try Outbox.insert(step.outbox, after: step.previousJournalSeq, lane: lane, in: session)
            return committed
        }
    }
}

extension Decided {
    private func position(in reader: any SQLReader) throws -> Position? {
        try reader.first(
            "SELECT cursors, engine_time, journal_seq FROM decided WHERE lane = ?", [.integer(lane)]
        ) { row in
            Position(
                cursors: try Cursors(text: try row.text(0)), engineTime: try row.time(1),
                journalSeq: try row.integer(2))
        }
    }

    /// Moves the position on; false where it is exactly there already, by the same step.
    private func advance(from previous: Int64, to position: Position, in session: any SQLSession) throws -> Bool {
        let changed = try session.execute(
            """
            UPDATE decided SET cursors = ?, engine_time = ?, journal_seq = ? \
            WHERE lane = ? AND journal_seq = ? AND engine_time <= ?
            """,
            [
                .text(position.cursors.text), .time(position.engineTime), .integer(position.journalSeq),
                .integer(lane), .integer(previous), .time(position.engineTime),
            ])
        if changed == 1 { return true }
        guard let stored = try self.position(in: session) else {
            guard previous == 0 else { throw StoreError(.conflict, "this lane has no position yet") }
            try session.execute(
                "INSERT INTO decided (lane, cursors, engine_time, journal_seq) VALUES (?, ?, ?, ?)",
                [
                    .integer(lane), .text(position.cursors.text), .time(position.engineTime),
                    .integer(position.journalSeq),
                ])
            return true
        }
        if stored == position { return false }
        throw StoreError(.conflict, "another step has been written from this position")
    }
}
