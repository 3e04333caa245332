package import AnpiModel

/// What the decisions of a lane rest on.
package struct Position: Hashable, Sendable {
    /// The log rows that have been applied.
    package var cursors: Cursors
    package var engineTime: Timestamp
    /// The number of the last line of `main` when it was written.
    package var journalSeq: Int64

    package init(cursors: Cursors, engineTime: Timestamp, journalSeq: Int64) {
        self.cursors = cursors
        self.engineTime = engineTime
        self.journalSeq = journalSeq
    }
}

/// Everything that one step of the engine writes, in one transaction.
package struct DecidedStep: Hashable, Sendable {
    /// `journalSeq` of the position that this step rests on; 0 for the first of a lane.
    package var previousJournalSeq: Int64
    package var journal: [JournalDraft] = []
    package var outcomes: [OutcomeRow] = []
    /// Each subject once.
    package var states: [StateRow] = []
    package var history: [HistoryRecord] = []
    package var outbox: [OutboxDraft] = []
    /// A fleet set that was imported in this step.
    package var fleet: FleetVersion?
    /// Where the log stands after it.
    package var cursors: Cursors
    package var engineTime: Timestamp

    package init(previousJournalSeq: Int64, cursors: Cursors, engineTime: Timestamp) {
        self.previousJournalSeq = previousJournalSeq
        self.cursors = cursors
        self.engineTime = engineTime
    }
}

/// What a commit has written.
package struct CommittedStep: Hashable, Sendable {
    /// The numbers of the step's journal lines, in their order; empty where it has none.
    package var numbers: Range<Int64>
    /// What the next step rests on.
    package var position: Position
    /// True where the same step had been written before and nothing was written now.
    package var wasThere: Bool

    package init(numbers: Range<Int64>, position: Position, wasThere: Bool) {
        self.numbers = numbers
        self.position = position
        self.wasThere = wasThere
    }
}
