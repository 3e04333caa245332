import AnpiClient
import AnpiModel
import ArgumentParser

/// `anpi sync`: tells the collector what was done without a signal, and lets a person decide where somebody else did
/// something meanwhile.
struct SyncCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: Help.words("Send what was recorded without a signal.", ja: "圏外で記録した操作を送る"),
        subcommands: [SyncNow.self, SyncResolve.self], defaultSubcommand: SyncNow.self)
}

struct SyncNow: DeliveringCommand {
    static let configuration = CommandConfiguration(
        commandName: "now",
        abstract: Help.words("Send it, in the order it was done.", ja: "記録した順に送る"), shouldDisplay: false)

    @Flag(help: .said("Only show what waits.", ja: "送らずに、未送信の一覧だけを表示する"))
    var list = false
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        // A new token of the same engineer finds what the old one left.
        session.meet()
        guard let store = session.field?.store else { return try nothingHere(session) }
        let report = list ? FieldReport() : try session.deliver()
        let outbox = try session.outbox(of: store)
        let screen = SyncScreen(report: report, outbox: outbox, isOutOfReach: session.isOutOfReach)
        session.world.output(
            common.output == .json ? Self.json(report, outbox, session) : screen.text(on: session.paper))
        if let error = report.stopped { throw session.complaint(error, nil, isChange: false) }
        return outbox.conflicts.isEmpty ? .done : .conflict
    }

    /// Who is no engineer, or was never on line here, has nothing that could wait.
    private func nothingHere(_ session: Session) throws(Complaint) -> ExitStatus {
        let outbox = FieldOutbox()
        session.world.output(
            common.output == .json
                ? Self.json(FieldReport(), outbox, session) : SyncScreen(outbox: outbox).text(on: session.paper))
        return .done
    }

    private static func json(_ report: FieldReport, _ outbox: FieldOutbox, _ session: Session) -> String {
        JSON.object([
            .init("delivered", .array(report.delivered.map(\.json))),
            .init("waiting", .array(outbox.waiting.map(\.json))),
            .init("conflicts", .array(outbox.conflicts.map { $0.json(with: outbox.operations(of: $0.task)) })),
            .init("reached", .bool(!session.isOutOfReach)),
        ]).text
    }
}

struct SyncResolve: DeliveringCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: Help.words("Decide whose step stands; both stay on record.", ja: "どちらを残すか決める（どちらも記録に残る）"))

    /// Whose side stands.
    enum Side: String, ExpressibleByArgument, CaseIterable {
        case mine, theirs
    }

    @OptionGroup var subject: TaskArgument
    @Option(help: .said("mine: what you did stands; theirs: what the office did.", ja: "mine: 自分の操作、theirs: 本部の操作"))
    var keep: Side
    @Option(help: .said("What others should know.", ja: "申し送り", value: "text"))
    var note: String?
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        session.meet()
        guard let store = session.field?.store else { throw noConflict(session) }
        let id = subject.task.description
        let key = session.world.drawKey()
        let noteKey = session.world.drawKey()
        let paper = session.paper
        let doneAt = session.world.now()
        let resolution = try session.changeOutbox { outbox in
            func told(_ steps: [FieldOperation]) -> FieldOperation {
                // What is kept as mine carries the person's note itself.
                let text = Self.text(steps, keep: keep, note: keep == .theirs ? note : nil, on: paper)
                return FieldOperation(key: noteKey, task: id, doneAt: doneAt, work: .note(text, doneAt: doneAt))
            }
            return switch keep {
            case .mine: outbox.keptMine(id, key: key, note: note, tellingOf: told)
            case .theirs: outbox.keptTheirs(id, tellingOf: told)
            }
        }
        switch resolution {
        case .noConflict: throw noConflict(session)
        case .cannotStand: throw cannotStand(try session.outbox(of: store), session)
        case .resolved: break
        }
        let report = try session.deliver()
        let outbox = try session.outbox(of: store)
        let screen = SyncScreen(report: report, outbox: outbox, isOutOfReach: session.isOutOfReach)
        if common.output == .json {
            session.world.output(
                JSON.object([
                    .init("task", .string(id)), .init("kept", .word(keep)),
                    .init("delivered", .array(report.delivered.map(\.json))),
                    .init("unsent", .integer(outbox.operations.count)),
                ]).text)
        } else {
            session.world.output(session.words("cli.sync.kept.\(keep.rawValue)", ["task": id]))
            session.world.output(screen.text(on: paper))
        }
        if let error = report.stopped { throw session.complaint(error, id, isChange: false) }
        return outbox.conflicts.isEmpty ? .done : .conflict
    }

    /// What the journal of the task tells of steps that are not carried out.
    private static func text(_ steps: [FieldOperation], keep: Side, note: String?, on paper: Paper) -> String {
        let words = paper.words
        let told = words("cli.sync.told.\(keep.rawValue)", ["steps": FieldWords.steps(steps, on: paper)])
        return ([told] + steps.compactMap { $0.step?.note } + [note]).compactMap(\.self).joined(separator: " / ")
    }

    private func noConflict(_ session: Session) -> Complaint {
        Complaint(.notFound, [session.words("cli.sync.noConflict", ["task": subject.task.description])])
    }

    /// The task is where nothing that was done leads on from: whoever may set it right is at the office.
    private func cannotStand(_ outbox: FieldOutbox, _ session: Session) -> Complaint {
        let id = subject.task.description
        let conflict = outbox.conflict(of: id)
        let state = session.words.term(.taskState, conflict?.theirs?.state)
        return Complaint(
            .conflict, [session.words("cli.sync.cannotStand", ["task": id, "state": state]), conflict?.detail])
    }
}

extension Session {
    /// Every command tells first what waits; what it says of that goes to standard error, since a command's own output
    /// may be read by a program.
    func deliverFirst() throws(Complaint) {
        guard let store = field?.store, try !outbox(of: store).operations.isEmpty else { return }
        let report = try deliver()
        let outbox = try outbox(of: store)
        guard !report.delivered.isEmpty || !report.letGo.isEmpty || !outbox.conflicts.isEmpty else { return }
        // What waits while there is no signal is said where it belongs: by the queue, and by what is recorded.
        var told = outbox
        if report.delivered.isEmpty { told = outbox.onlyConflicts }
        world.complaints(SyncScreen(report: report, outbox: told, isOutOfReach: isOutOfReach).text(on: paper))
    }
}

extension FieldOutbox {
    /// Without what merely waits.
    fileprivate var onlyConflicts: FieldOutbox {
        var outbox = self
        for operation in waiting { outbox.delivered(operation.key) }
        return outbox
    }
}

extension FieldConflict {
    fileprivate func json(with operations: [FieldOperation]) -> JSON {
        var members: [JSON.Member] = [
            .init("task", .string(task)), .init("mine", .array(operations.map(\.json))),
            .init("detail", .optional(detail)),
        ]
        if let theirs {
            members.append(
                .init(
                    "theirs",
                    .object([
                        .init("state", .string(theirs.state)), .init("by", .optional(theirs.by)),
                        .init("at", .time(theirs.at)), .init("reason", .optional(theirs.reason)),
                    ])))
        }
        return .object(members)
    }
}
