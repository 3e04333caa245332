import AnpiEngine
import AnpiModel
import AnpiReplay
import AnpiStore
import Foundation

/// A piece of a feed made from what history keeps: who was heard, copies as they changed, warnings, and what people
/// entered. No I/O.
///
/// When an agent was heard last follows from when it became late: history has the contact, not the beats.
struct HistoryFeed {
    /// The piece; what was so when the first one begins is told at its beginning.
    let span: Range<Timestamp>
    let isFirst: Bool
    /// The end of the last piece.
    let until: Timestamp
    /// A person's line had been erased.
    private(set) var hasErased = false
    private var lines: [FeedLine] = []
    private var lastDamage: (site: String?, at: Timestamp)?

    init(span: Range<Timestamp>, isFirst: Bool, until: Timestamp) {
        self.span = span
        self.isFirst = isFirst
        self.until = until
    }

    /// In the order of time; of one instant in the order in which they were added.
    var sorted: [FeedLine] {
        lines.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }

    // MARK: Agents

    /// - Parameters:
    ///   - intervals: of the agent's contact, ascending, without gap; the one that covers the beginning of the piece,
    ///     those that begin in it and the next one.
    ///   - changes: of copies that the agent told, ascending; in the first piece also those that held when it begins.
    mutating func add(
        _ agent: Agent, _ intervals: [HistoryRecord.ContactInterval], _ changes: [HistoryRecord.CopyChange]
    ) {
        let intervals = intervals.filter { $0.from < $0.to }
        let patience = AgentPatience(agent)
        for (place, interval) in intervals.enumerated() where interval.from < span.upperBound {
            guard interval.to > span.lowerBound else { continue }
            let next = place + 1 < intervals.count ? intervals[place + 1].contact : nil
            let beginsHere = span.contains(interval.from)
            let at = max(interval.from, span.lowerBound)
            switch interval.contact {
            case .unseen: continue
            case .reporting:
                let last = max(at, min(lastHeard(in: interval, before: next, patience), until))
                hear(agent, at, until: last, changes, isBeginning: beginsHere || isFirst)
                if next == .silent, span.contains(last) { add(.lastGasp, of: agent, at: last) }
            case .late, .silent:
                // It had been heard once.
                if isFirst, !beginsHere || interval.from == span.lowerBound {
                    hear(agent, at, until: at, changes, isBeginning: true)
                }
            case .signedOff:
                guard isFirst || beginsHere else { continue }
                let back = next == .silent ? interval.to - patience.grace : min(interval.to, until)
                add(.goodbye, of: agent, at: at, backAt: back > at ? back : nil)
            }
        }
    }

    private func lastHeard(
        in interval: HistoryRecord.ContactInterval, before next: Contact?, _ patience: AgentPatience
    ) -> Timestamp {
        switch next {
        case .late: interval.to - patience.lateAfter
        // Without having been late: its last beat was a gasp.
        case .silent: interval.to - patience.deadAfter
        case .unseen, .reporting, .signedOff, nil: interval.to
        }
    }

    /// Heard from `at` on; each change of a copy is a beat of its own, behind which the span goes on.
    private mutating func hear(
        _ agent: Agent, _ at: Timestamp, until last: Timestamp, _ changes: [HistoryRecord.CopyChange],
        isBeginning: Bool
    ) {
        var told = changes.filter { $0.at <= last && max($0.at, at) < span.upperBound }
        if !isFirst { told.removeAll { $0.at < at } }
        if isBeginning, told.first.map({ max($0.at, at) > at }) ?? true {
            lines.append(FeedLine(at: at, .heard(agent.id, until: last)))
        }
        var rest = told[...]
        while let first = rest.first {
            let time = max(first.at, at)
            let reports = rest.prefix { max($0.at, at) == time }
            rest = rest.dropFirst(reports.count)
            add(nil, of: agent, at: time, copies: reports.map(\.report))
            lines.append(FeedLine(at: time, .heard(agent.id, until: last)))
        }
    }

    private mutating func add(
        _ notice: Beat.Notice?, of agent: Agent, at: Timestamp, backAt: Timestamp? = nil, copies: [CopyReport]? = nil
    ) {
        // A number that grows with time and tells the kinds of one instant apart.
        let kind: Int64 =
            switch notice {
            case nil: 0
            case .lastGasp: 1
            case .goodbye: 2
            }
        var beat = Beat(
            seq: at.milliseconds * 4 + kind, at: at,
            interval: agent.intervalSeconds ?? Parameters().defaultIntervalSeconds)
        beat.notice = notice
        beat.copies = copies
        if notice == .goodbye {
            beat.reason = .unknown
            beat.backAt = backAt
        }
        let request = HeartbeatRequest(agent: agent.id, boot: "history", sentAt: at, beats: [beat])
        lines.append(FeedLine(at: at, .heartbeat(request)))
    }

    // MARK: Warnings and people

    /// An official message; one from before the first piece is told at its beginning.
    mutating func addWarning(_ raw: [UInt8], at: Timestamp) {
        guard let xml = String(validating: raw, as: UTF8.self) else { return }
        lines.append(FeedLine(at: max(at, span.lowerBound), .hazard(xml: xml)))
    }

    /// Lines of the journal that a feed can tell.
    static let kinds = [
        "command.finding", "command.damage", "command.claims", "command.task", "command.availability",
    ]

    /// What a person entered; `task` gives the current row of a task.
    mutating func add(_ entry: JournalEntry, task: (String) throws -> StateRow?) rethrows {
        guard let body = entry.body else {
            hasErased = true
            return
        }
        let at = max(entry.at, span.lowerBound)
        switch entry.kind {
        case "command.finding":
            guard var draft: FindingDraft = Self.read(body) else { return }
            draft.author = draft.author ?? entry.actor
            // What a report of damage shows has become a survey by itself.
            if draft.kind == .survey, let lastDamage, lastDamage == (entry.site, entry.at) { return }
            // What was entered before the first piece counts for as long as it holds.
            guard entry.at >= span.lowerBound || draft.expiresAt.map({ $0 > at }) ?? false else { return }
            lines.append(FeedLine(at: at, .finding(draft)))
        case _ where entry.at < span.lowerBound: return
        case "command.damage":
            guard let told: Damage = Self.read(body) else { return }
            lastDamage = (entry.site, entry.at)
            lines.append(FeedLine(at: at, .damage(told.site, told.damage)))
        case "command.claims":
            guard let told: Claims = Self.read(body) else { return }
            lines.append(FeedLine(at: at, .claims(told.site, told.claims)))
        case "command.task":
            guard let told: TaskChange = Self.read(body), let row = try task(told.task),
                let known: KnownTask = Self.read(row.body)
            else { return }
            let step = FeedLine.TaskStep(
                site: known.site, kind: known.kind, to: told.to, engineer: told.onBehalfOf ?? known.engineer,
                reason: told.reason)
            lines.append(FeedLine(at: at, .task(step)))
        case "command.availability":
            guard let told: EngineerChange = Self.read(body), told.availability != .unconfirmed else { return }
            let step = FeedLine.EngineerStep(
                id: told.engineer, available: told.availability == .available, until: told.until, reason: told.reason)
            lines.append(FeedLine(at: at, .engineer(step)))
        default: return
        }
    }

    /// The last line: time passes to the end of the piece.
    mutating func close() { lines.append(FeedLine(at: min(span.upperBound, until), .time)) }

    private static func read<Value: Decodable>(_ text: String) -> Value? {
        try? JSONDecoder().decode(Value.self, from: Data(text.utf8))
    }

    private struct Damage: Decodable {
        var site: SiteID
        var damage: DamageReport
    }

    private struct Claims: Decodable {
        var site: SiteID
        var claims: ClaimsChange
    }

    private struct TaskChange: Decodable {
        var task: String
        var to: TaskTransition.Target
        var onBehalfOf: EngineerID?
        var reason: String?
    }

    private struct KnownTask: Decodable {
        var site: SiteID
        var kind: TaskKind
        var engineer: EngineerID?
    }

    private struct EngineerChange: Decodable {
        var engineer: EngineerID
        var availability: Availability
        var reason: String?
        var until: Timestamp?
    }
}
