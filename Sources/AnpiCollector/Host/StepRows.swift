package import AnpiEngine
import AnpiModel
package import AnpiStore
import Foundation

/// What an engine's step looks like to the store; no I/O.
package enum StepRows {
    /// All that one commit writes: the step's journal, outcomes, history, deliveries and rows of current state.
    ///
    /// - Parameters:
    ///   - journalSeq: the number of the last line before it.
    ///   - outbox: what hooks are told of a decision, given with its place in the step.
    package static func decided(
        _ step: Step, in engine: Engine, after journalSeq: Int64, cursors: Cursors,
        outbox: (Decision, Int) -> [OutboxDraft]
    ) throws -> DecidedStep {
        var decided = DecidedStep(previousJournalSeq: journalSeq, cursors: cursors, engineTime: engine.now)
        for (ordinal, entry) in step.entries.enumerated() {
            decided.journal.append(draft(of: entry))
            if case .decision(let decision) = entry { decided.outbox += outbox(decision, ordinal) }
        }
        decided.outcomes = step.outcomes.map { outcome($0, at: engine.now) }
        decided.history = step.history.map(record)
        decided.states = step.changed.keys.compactMap { state(of: $0, in: engine) }
        if step.changed.keys.contains(.fleet) {
            decided.fleet = FleetVersion(
                version: engine.fleetVersion, at: engine.now, body: Array(try JSONEncoder().encode(engine.fleet)))
        }
        return decided
    }

    /// The journal line of one entry; the text is what live stream and hooks send too.
    static func draft(of entry: Step.Entry) -> JournalDraft {
        switch entry {
        case .decision(let decision):
            JournalDraft(
                at: decision.at, kind: decision.name.rawValue, site: decision.site?.text,
                incident: decision.incident?.description, task: decision.task?.description,
                body: decision.json.text)
        case .note(let note):
            JournalDraft(
                at: note.at, kind: note.kind, site: note.site?.text, incident: note.incident?.description,
                task: note.task?.description, actor: note.actor, body: note.body.text)
        }
    }

    static func outcome(_ outcome: Outcome, at now: Timestamp) -> OutcomeRow {
        OutcomeRow(
            operation: outcome.operation, bodyDigest: outcome.bodyDigest, status: outcome.status,
            body: outcome.body.text, version: outcome.version, at: now)
    }

    static func record(_ row: HistoryRow) -> HistoryRecord {
        switch row {
        case .contact(let subject, let isSite, let contact, let from, let to):
            .contact(.init(subject: subject, isSite: isSite, contact: contact, from: from, to: to))
        case .copy(let site, let report, let source, let at):
            .copy(.init(site: site.text, report: report, source: source, at: at))
        case .lateRun(let agent, let boot, let seq, let count, let from, let to):
            .lateRun(.init(agent: agent.text, boot: boot, seq: seq, count: count, from: from, to: to))
        case .blind(let from, let to):
            .blind(.init(from: from, to: to))
        }
    }

    /// The row of current state; nil for the fleet, which is kept as a version.
    static func state(of key: ChangedRows.Key, in engine: Engine) -> StateRow? {
        guard let row = engine.row(for: key), let kind = StateRow.Kind(rawValue: row.kind) else { return nil }
        return StateRow(
            kind: kind, id: row.id, parent: row.parent, state: row.state, version: row.version, at: engine.now,
            body: row.body.text)
    }
}
