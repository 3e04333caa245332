import AnpiEngine
import AnpiModel
import AnpiStore

/// What an engine's step looks like to the store; no I/O.
enum StepRows {
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
