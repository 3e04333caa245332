import AnpiClient
import AnpiModel
import ArgumentParser

/// Options of every step of a task.
struct StepOptions: ParsableArguments {
    @Option(
        name: .customLong("for"),
        help: .said("The engineer a coordinator acts for.", ja: "代わりに操作する保守員", value: "engineer"))
    var engineer: String?

    @Option(help: .said("What others should know.", ja: "申し送り", value: "text"))
    var note: String?

    @OptionGroup var change: ChangeOptions
}

/// Options of the steps at which there is something to show.
struct PhotoOptions: ParsableArguments {
    @Option(
        name: .customLong("photo"),
        help: .said(
            "A photo to go with it: JPEG, PNG or WebP; repeatable.", ja: "添える写真（JPEG、PNG、WebP。繰り返し可）",
            value: "file"))
    var files: [String] = []
}

/// A step that asks for one state, with the arrival or the reason where the command takes them.
protocol PlainTaskStep: TaskStepCommand {
    /// The state it asks for.
    static var target: String { get }
    var eta: String? { get }
    var reason: String? { get }
}

extension PlainTaskStep {
    var eta: String? { nil }
    var reason: String? { nil }

    func request(in session: Session) throws(Complaint) -> TransitionRequest {
        TransitionRequest(to: Self.target, reason: reason, eta: try session.time(eta, option: "--eta"))
    }
}

/// A command that takes one step of a task.
protocol TaskStepCommand: CollectorCommand {
    var subject: TaskArgument { get }
    var step: StepOptions { get }
    func request(in session: Session) throws(Complaint) -> TransitionRequest
    /// Photos that go with it.
    var photoFiles: [String] { get }
}

extension TaskStepCommand {
    var photoFiles: [String] { [] }

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        var request = try request(in: session)
        request.onBehalfOf = step.engineer
        request.note = step.note
        return try TaskChange(
            id: subject.task.description, request: request, operation: step.change.operation,
            photos: try FieldPhoto.read(photoFiles, in: session)
        ).run(in: session)
    }
}

struct TaskAccept: PlainTaskStep {
    static let target = "accepted"
    static let configuration = CommandConfiguration(
        commandName: "accept", abstract: Help.words("Take the task.", ja: "受諾する"))

    @OptionGroup var subject: TaskArgument
    @Option(help: .said("When you will be there: 14:00, +45m.", ja: "到着見込（14:00、+45m）", value: "time"))
    var eta: String?
    @OptionGroup var step: StepOptions
    @OptionGroup var common: CommonOptions
}

struct TaskStart: PlainTaskStep {
    static let target = "travelling"
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: Help.words("Set off.", ja: "出発する"))

    @OptionGroup var subject: TaskArgument
    @Option(help: .said("When you will be there: 14:00, +45m.", ja: "到着見込（14:00、+45m）", value: "time"))
    var eta: String?
    @OptionGroup var step: StepOptions
    @OptionGroup var common: CommonOptions
}

struct TaskArrive: PlainTaskStep {
    static let target = "onSite"
    static let configuration = CommandConfiguration(
        commandName: "arrive", abstract: Help.words("You are on site.", ja: "現着を報告する"))

    @OptionGroup var subject: TaskArgument
    @OptionGroup var step: StepOptions
    @OptionGroup var pictures: PhotoOptions
    @OptionGroup var common: CommonOptions

    var photoFiles: [String] { pictures.files }
}

struct TaskDone: PlainTaskStep {
    static let target = "done"
    static let configuration = CommandConfiguration(
        commandName: "done", abstract: Help.words("The work is done.", ja: "完了を報告する"))

    @OptionGroup var subject: TaskArgument
    @OptionGroup var step: StepOptions
    @OptionGroup var pictures: PhotoOptions
    @OptionGroup var common: CommonOptions

    var photoFiles: [String] { pictures.files }
}

struct TaskFail: TaskStepCommand {
    static let configuration = CommandConfiguration(
        commandName: "fail", abstract: Help.words("It could not be done.", ja: "完了できなかったことを報告する"))

    @OptionGroup var subject: TaskArgument
    @Option(help: .said("Why not.", ja: "理由", value: "text"))
    var reason: String
    @OptionGroup var step: StepOptions
    @OptionGroup var pictures: PhotoOptions
    @OptionGroup var common: CommonOptions

    var photoFiles: [String] { pictures.files }

    func request(in session: Session) throws(Complaint) -> TransitionRequest {
        TransitionRequest(to: "failed", reason: reason)
    }
}

struct TaskDecline: PlainTaskStep {
    static let target = "declined"
    static let configuration = CommandConfiguration(
        commandName: "decline",
        abstract: Help.words("Decline the offer; the next engineer is asked.", ja: "辞退する（次の保守員に打診されます）"))

    @OptionGroup var subject: TaskArgument
    @Option(help: .said("Why not.", ja: "理由", value: "text"))
    var reason: String?
    @OptionGroup var step: StepOptions
    @OptionGroup var common: CommonOptions
}

struct TaskHandBack: PlainTaskStep {
    static let target = "draft"
    static let configuration = CommandConfiguration(
        commandName: "hand-back", abstract: Help.words("Give an accepted task back.", ja: "受諾した作業を返す"))

    @OptionGroup var subject: TaskArgument
    @Option(help: .said("Why.", ja: "理由", value: "text"))
    var reason: String?
    @OptionGroup var step: StepOptions
    @OptionGroup var common: CommonOptions
}

struct TaskCancel: PlainTaskStep {
    static let target = "cancelled"
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: Help.words("Nobody needs to do it any more.", ja: "取り消す"))

    @OptionGroup var subject: TaskArgument
    @Option(help: .said("Why.", ja: "理由", value: "text"))
    var reason: String?
    @OptionGroup var step: StepOptions
    @OptionGroup var common: CommonOptions
}

struct TaskResume: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: Help.words("Go on after a block.", ja: "中断から再開する"))

    @OptionGroup var subject: TaskArgument
    @Option(
        help: .said(
            "Where to go on: accepted, travelling or onSite; else where it was blocked.",
            ja: "再開する状態: accepted、travelling、onSite（省略時は中断前）", value: "state"))
    var to: ResumeState?
    @Option(help: .said("When you will be there: 14:00, +45m.", ja: "到着見込（14:00、+45m）", value: "time"))
    var eta: String?
    @OptionGroup var step: StepOptions
    @OptionGroup var common: CommonOptions

    /// The states that lead out of `blocked` and go on.
    enum ResumeState: String, ExpressibleByArgument, CaseIterable {
        case accepted, travelling, onSite
    }

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let id = subject.task.description
        let before = try session.task(id, beforeChange: true)
        let blockedHere = try session.keptOutbox().stateBeforeTheBlock(of: id).flatMap(ResumeState.init)
        let state = to ?? blockedHere ?? Self.stateBeforeTheBlock(before.value)
        var request = TransitionRequest(
            to: state.rawValue, onBehalfOf: step.engineer, eta: try session.time(eta, option: "--eta"))
        request.note = step.note
        let change = TaskChange(id: id, request: request, operation: step.change.operation)
        return before.keptAt == nil ? try change.run(in: session, before: before.value) : try change.run(in: session)
    }

    /// The last going-on state of the timeline; `accepted` where it does not say, from which every way is open.
    static func stateBeforeTheBlock(_ task: TaskDetail) -> ResumeState {
        let timeline = task.more.timeline ?? []
        return timeline.newest(timeline.count).lazy
            .compactMap { item in (item.details.state ?? item.details.to).flatMap(ResumeState.init(rawValue:)) }.first
            ?? .accepted
    }
}
