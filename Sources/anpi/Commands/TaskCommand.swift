import AnpiClient
import AnpiModel
import ArgumentParser

/// `anpi task …`.
struct TaskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "task", abstract: Help.words("Look at a task and work it off.", ja: "作業の表示と操作"),
        subcommands: [
            TaskShow.self, TaskAccept.self, TaskStart.self, TaskArrive.self, TaskBlock.self, TaskResume.self,
            TaskDone.self, TaskFail.self, TaskNoteCommand.self, TaskDecline.self, TaskHandBack.self, TaskCancel.self,
            TaskWhy.self, TaskPinCommand.self,
        ])
}

/// A task as people type what they heard: `T-412`, `t412`, `412`.
struct TaskArgument: ParsableArguments {
    @Argument(help: .said("The task, such as T-412.", ja: "作業番号（例 T-412）", value: "task"))
    var task: TaskID
}

extension SpokenID: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}

struct TaskShow: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: Help.words("What you need to know before driving.", ja: "出発前に要ること"))

    @OptionGroup var subject: TaskArgument
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let id = subject.task.description
        session.meet()
        let task = try session.task(id)
        guard common.output == .table else {
            session.world.output(Session.json(task.body))
            return .done
        }
        let names = try session.engineersIfAllowed().names
        let outbox = try session.keptOutbox()
        let screen = TaskScreen(
            task: task.value, engineerNames: names, isMine: try session.mayAct(on: task.value.row), keptAt: task.keptAt,
            outbox: outbox)
        session.world.output(screen.text(on: session.paper))
        return .done
    }
}

struct TaskWhy: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: Help.words("Why it is with whom it is, or with nobody.", ja: "なぜその担当か、なぜ未割当か"))

    @OptionGroup var subject: TaskArgument
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let id = subject.task.description
        let why = try session.ask(id) { () throws(APIError) in try session.api.whyPlanned(id) }
        guard common.output == .table else {
            session.world.output(Session.json(why.answer))
            return .done
        }
        let task = try session.ask(id) { () throws(APIError) in try session.api.task(id).value }
        let screen = WhyScreen(task: task, why: why.value, engineers: try session.engineersIfAllowed())
        session.world.output(screen.text(on: session.paper))
        return .done
    }
}

extension Session {
    /// Whether the step after this is the reader's to take: their own task, or a coordinator's, who acts for others.
    func mayAct(on task: TaskRow) throws(Complaint) -> Bool {
        var known = field?.identity
        if known == nil { known = try askIfAllowed { () throws(APIError) in try identity() } }
        guard let identity = known else { return true }
        guard let me = identity.engineer else { return false }
        return task.engineer == me || task.offer?.engineer == me
    }
}

extension [EngineerRow] {
    var names: [String: String] { Dictionary(map { ($0.id, $0.name) }) { first, _ in first } }
}
