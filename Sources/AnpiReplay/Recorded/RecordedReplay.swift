package import AnpiEngine
package import AnpiModel

/// What a live collector recorded, through the engine again: the same rows in the same order from the same state, so the
/// same decisions (ENGINE §3), and each is held against the journal's.
///
/// Pieces come in their order; what is decided before `from` leads there and is compared too, but not handed on.
package struct RecordedReplay: Sendable {
    package private(set) var engine = Engine()
    private let from: Timestamp
    private var quarantined: Set<LogPlace> = []
    /// The number of the last line that the engine has decided.
    private var number: Int64 = 0
    /// Decided here, and not compared yet; and the other way round.
    private var mine: [ReplayPage.Line] = []
    private var theirs: [ReplayPage.Line] = []
    private var isBegun = false

    /// The first line of the journal that is not what was decided here; nil while all are the same.
    package private(set) var difference: Difference?
    /// Lines that are the same.
    package private(set) var compared = 0

    package struct Difference: Hashable, Sendable {
        /// The journal's number.
        package var number: Int64
        package var at: Timestamp
    }

    /// Why a piece cannot be played.
    package enum Failure: Error, Hashable, Sendable {
        /// The base was written by another release, or is damaged.
        case unreadableBase
        /// A row that this release cannot read.
        case unreadableRow(LogPlace)
        /// The first piece has no base, or a later one has.
        case outOfOrder
    }

    /// - Parameter from: decisions before it are not handed on.
    package init(from: Timestamp) { self.from = from }

    /// Plays one piece; `tell` is given the decisions of the span, in order.
    package mutating func take(_ page: ReplayPage, _ tell: (Decision) -> Void) throws(Failure) {
        guard isBegun != (page.base != nil) else { throw .outOfOrder }
        if let base = page.base { try begin(at: base) }
        theirs += page.lines
        var step = Step()
        for row in page.rows {
            do {
                try engine.apply(row, skipping: &quarantined, into: &step)
            } catch {
                throw .unreadableRow(LogPlace(writer: row.writer, seq: row.seq, index: LogPlace.wholeRow))
            }
            settle(&step, until: page.until, tell)
        }
        if page.next == nil { engine.advance(to: page.until, into: &step) }
        settle(&step, until: page.until, tell)
        compare()
        if page.next == nil, difference == nil, let left = mine.first ?? theirs.first {
            difference = Difference(number: left.number, at: left.at)
        }
    }

    private mutating func begin(at base: ReplayPage.Base) throws(Failure) {
        isBegun = true
        quarantined = Set(base.quarantined)
        number = base.journalSeq
        guard let state = base.state else { return }
        do {
            engine = try Engine(restoring: state.head, blocks: state.blocks)
        } catch {
            throw .unreadableBase
        }
    }

    /// Numbers what was decided as the journal does. The last row may lead beyond the end: that is not of the span.
    private mutating func settle(_ step: inout Step, until: Timestamp, _ tell: (Decision) -> Void) {
        for entry in step.entries {
            number += 1
            let at: Timestamp
            switch entry {
            case .decision(let decision):
                at = decision.at
                if at <= until {
                    let kind = decision.name.rawValue
                    mine.append(.init(number: number, at: at, kind: kind, body: decision.json.text))
                }
                if at >= from, at <= until { tell(decision) }
            case .note(let note):
                at = note.at
                if at <= until { mine.append(.init(number: number, at: at, kind: note.kind, body: nil)) }
            }
        }
        step = Step()
    }

    private mutating func compare() {
        let count = min(mine.count, theirs.count)
        for (line, recorded) in zip(mine, theirs) where difference == nil {
            // A body that was erased, or a person's, says nothing.
            let isSame =
                line.number == recorded.number && line.at == recorded.at && line.kind == recorded.kind
                && (recorded.body == nil || recorded.body == line.body)
            if isSame { compared += 1 } else { difference = Difference(number: recorded.number, at: recorded.at) }
        }
        mine.removeFirst(count)
        theirs.removeFirst(count)
    }
}
