import AnpiEngine
package import AnpiModel
import AnpiStore

/// What a replay of recorded time is made of, piece by piece.
package protocol ReplayReading: Sendable {
    /// The first piece, with the newest base that is no later than `from`; where none is, of a feed made from history.
    func replay(from: Timestamp, to: Timestamp) async throws -> ReplayPage
    /// The piece behind `cursor`, which is a piece's `next`.
    func replay(after cursor: String, to: Timestamp) async throws -> ReplayPage
}

/// Pieces from what a running collector keeps: checkpoints and rows beside the database, then those in it.
///
/// Only what has been decided is told, so that every decision of the span is in the journal. Nothing is held between
/// two pieces: each says where the next one begins. What these do not reach back to is retold by `HistorySource`.
struct ReplaySource: ReplayReading {
    private static let rowsAtATime = 16
    private static let linesAtATime = 500
    /// A line has the time of receipt, its row that of its sealing, which a slow disk puts off.
    private static let sealedWithin = Duration.seconds(60)

    let store: LaneStore
    let archive: LogArchive
    let kept: KeptCheckpoints
    let threads: StoreThreads
    let history: HistorySource
    /// Rows of a piece, and lines of one; a row may have 4 MiB.
    var pageBytes = 4 << 20

    func replay(from: Timestamp, to: Timestamp) async throws -> ReplayPage {
        switch try await threads.run({ try first(from: from, to: to) }) {
        case .recorded(let page): page
        case .retold(let cursor): try await history.page(cursor)
        }
    }

    func replay(after cursor: String, to: Timestamp) async throws -> ReplayPage {
        if let cursor = HistorySource.Cursor(text: cursor) { return try await history.page(cursor) }
        guard let cursor = ReplayCursor(text: cursor) else {
            throw Problem(path: "query.after", "is not a cursor of this collector")
        }
        return try await threads.run {
            guard let decided = try store.decided.position() else { throw Self.gap }
            return try page(after: cursor, base: nil, to: to, decided: decided)
        }
    }

    /// Where a replay begins.
    private enum First: Sendable {
        case recorded(ReplayPage)
        case retold(HistorySource.Cursor)
    }

    private func first(from: Timestamp, to: Timestamp) throws -> First {
        guard let decided = try store.decided.position() else { throw try nothing(from) }
        guard let (position, state) = try base(atMost: from) else {
            guard let cursor = try history.beginning(of: from, until: min(to, decided.engineTime)) else {
                throw try nothing(from)
            }
            return .retold(cursor)
        }
        let base = ReplayPage.Base(
            engineTime: position.engineTime, journalSeq: position.journalSeq,
            quarantined: try store.attempts.quarantined(), state: state)
        let cursor = ReplayCursor(
            place: state == nil ? .init(file: "", offset: 0) : archive.place(at: position.engineTime),
            last: .behind(position.engineTime), line: position.journalSeq)
        return .recorded(try page(after: cursor, base: (base, position.cursors), to: to, decided: decided))
    }

    /// Where a replay from `instant` begins: at a checkpoint, or with the very first row; nil where neither is kept.
    private func base(atMost instant: Timestamp) throws -> (Position, ReplayPage.State?)? {
        if let position = try store.checkpoints.newestPosition(), position.engineTime <= instant,
            let checkpoint = try store.checkpoints.newest(), checkpoint.position.engineTime <= instant
        {
            let blocks = Dictionary(uniqueKeysWithValues: checkpoint.blocks.map { ($0.index, $0.bytes) })
            return (checkpoint.position, ReplayPage.State(head: checkpoint.head, blocks: blocks))
        }
        if let kept = kept.newest(atMost: instant) { return (kept.position, kept.state) }
        guard try isLogWhole() else { return nil }
        return (Position(cursors: Cursors(), engineTime: .distantPast, journalSeq: 0), nil)
    }

    /// True where every row from the first on is still there: the first one that is left is a writer's first, and no later
    /// than what the journal's first line rests on.
    private func isLogWhole() throws -> Bool {
        guard let line = try store.journal.read(after: 0, limit: 1).first else { return true }
        guard line.seq == 1 else { return false }
        var first: LogRow?
        try archive.read(from: .init(file: "", offset: 0)) { rows, _ in
            first = rows.first
            return first == nil
        }
        if first == nil { first = try store.log.read(after: Cursors(), limit: 1).rows.first }
        return first.map { $0.seq == 1 && $0.at <= line.at + Self.sealedWithin } ?? false
    }

    private func page(
        after cursor: ReplayCursor, base: (told: ReplayPage.Base, cursors: Cursors)?, to: Timestamp, decided: Position
    ) throws -> ReplayPage {
        var page = ReplayPage(base: base?.told, until: min(to, decided.engineTime))
        var reading = ReplayRows(after: cursor, base: base?.cursors, to: page.until, bytesMax: pageBytes)
        try readRows(into: &reading, decided: decided)
        var next = reading.cursor
        page.rows = reading.rows
        // Lines that rows of a later piece lead to come with those.
        let told = reading.isComplete ? page.until : reading.rows.last?.at ?? .distantPast
        let isTold = try readLines(into: &page, after: &next, upTo: min(told, page.until), decided: decided)
        if !reading.isComplete || !isTold { page.next = next.text }
        return page
    }

    /// Archived rows first, for they are the older ones. A round of upkeep may move rows from the log to the archive
    /// between the two: it writes there before it removes here, so an archive that has not grown meanwhile had them all.
    private func readRows(into reading: inout ReplayRows, decided: Position) throws {
        while reading.wantsMore {
            let files = try archive.files()
            try archive.read(from: reading.cursor.place) { rows, place in try reading.take(rows, at: place) }
            guard reading.wantsMore else { return }
            let last = reading.cursor.last
            let page = try store.log.read(
                after: try store.log.cursors(through: last.at, last.writer), limit: Self.rowsAtATime)
            guard try archive.files() == files else { continue }
            let rows = page.rows.filter { $0.seq <= decided.cursors[$0.writer] }
            if try reading.take(rows, at: files.last ?? reading.cursor.place), page.isComplete || rows.isEmpty {
                reading.isComplete = true
            }
        }
    }

    /// Reads the journal on; true where nothing is left.
    private func readLines(
        into page: inout ReplayPage, after cursor: inout ReplayCursor, upTo limit: Timestamp, decided: Position
    ) throws -> Bool {
        let decisions = Set(DecisionName.allCases.map(\.rawValue))
        var bytes = 0
        while bytes < pageBytes {
            let lines = try store.journal.read(after: cursor.line, limit: Self.linesAtATime)
            for line in lines {
                guard line.seq <= decided.journalSeq, line.at <= limit else { return true }
                let body = decisions.contains(line.kind) ? line.body : nil
                page.lines.append(.init(number: line.seq, at: line.at, kind: line.kind, body: body))
                bytes += 64 + (body?.utf8.count ?? 0)
                cursor.line = line.seq
            }
            if lines.count < Self.linesAtATime { return true }
        }
        return false
    }

    static let gap = Problem(.notFound, "A part of the recorded log is missing; a later beginning may do.")

    private func nothing(_ from: Timestamp) throws -> Problem {
        let cure = try history.oldest().map { "The earliest beginning is \($0)." } ?? "Nothing is kept yet."
        return Problem(.notFound, "Nothing that is kept reaches back to \(from). \(cure)")
    }
}

/// Rows of one piece, as they are gathered.
private struct ReplayRows {
    private let to: Timestamp
    private let bytesMax: Int
    private var bytes = 0
    private(set) var rows: [LogRow] = []
    private(set) var cursor: ReplayCursor
    /// The last row of each writer that is known to have been told or to be in the base.
    private var known: Cursors
    /// True where a writer that is not known begins with its first row.
    private let isBeginning: Bool
    /// True where no row is left that belongs to the span.
    var isComplete = false

    init(after cursor: ReplayCursor, base: Cursors?, to: Timestamp, bytesMax: Int) {
        self.cursor = cursor
        self.to = to
        self.bytesMax = bytesMax
        isBeginning = base != nil
        known = base ?? Cursors([.init(writer: cursor.last.writer, seq: cursor.last.seq)])
    }

    var wantsMore: Bool { !isComplete && bytes < bytesMax }

    /// Takes rows that begin at `place` of the archive; false where no more are wanted.
    mutating func take(_ rows: [LogRow], at place: LogArchive.Place) throws -> Bool {
        cursor.place = place
        for row in rows {
            let key = ReplayCursor.Key(at: row.at, writer: row.writer, seq: row.seq)
            // A row may stand twice in the archive, and before those that are asked for stand others.
            guard cursor.last < key else { continue }
            guard wantsMore else { return false }
            let before = known[row.writer]
            guard row.seq == before + 1 || (before == 0 && !isBeginning) else { throw ReplaySource.gap }
            self.rows.append(row)
            bytes += row.batch.count
            known[row.writer] = row.seq
            cursor.last = key
            // This one too: what was received in time but written later is in it.
            if row.at > to { isComplete = true }
        }
        return wantsMore
    }
}

/// Where a piece ends: the place in the archive, the last row and the last journal line that have been told.
struct ReplayCursor: Hashable, Sendable {
    /// A row's place in the log's order.
    struct Key: Hashable, Comparable, Sendable {
        var at: Timestamp
        var writer: String
        var seq: Int64

        static func < (left: Key, right: Key) -> Bool {
            if left.at != right.at { return left.at < right.at }
            if left.writer != right.writer { return left.writer.utf8.lexicographicallyPrecedes(right.writer.utf8) }
            return left.seq < right.seq
        }

        /// Behind every row of an instant: `~` sorts behind all that a writer's id may have.
        static func behind(_ at: Timestamp) -> Key { Key(at: at, writer: "~", seq: 0) }
    }

    var place: LogArchive.Place
    var last: Key
    var line: Int64

    init(place: LogArchive.Place, last: Key, line: Int64) {
        self.place = place
        self.last = last
        self.line = line
    }

    /// File (`-` for none), offset, then time in milliseconds, writer and sequence of the last row, and the last line.
    var text: String {
        let file = place.file.isEmpty ? "-" : place.file
        return "\(file) \(place.offset) \(last.at.milliseconds) \(last.writer) \(last.seq) \(line)"
    }

    init?(text: String) {
        let parts = text.split(separator: " ").map(String.init)
        guard parts.count == 6, let offset = Int(parts[1]), offset >= 0, let at = Int64(parts[2]),
            let seq = Int64(parts[4]), let line = Int64(parts[5]), line >= 0
        else { return nil }
        self.init(
            place: .init(file: parts[0] == "-" ? "" : parts[0], offset: offset),
            last: Key(at: Timestamp(milliseconds: at), writer: parts[3], seq: seq), line: line)
    }
}
