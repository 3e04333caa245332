import AnpiClient
import AnpiModel
import ArgumentParser

/// `anpi task pin T`: a coordinator names who does a task; the plan keeps to it.
struct TaskPinCommand: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "pin", abstract: Help.words("Name who does it, whatever the plan says.", ja: "担当を固定する（計画より優先）"))

    @OptionGroup var subject: TaskArgument
    @Option(help: .said("Who is to do it.", ja: "担当の保守員", value: "engineer"))
    var engineer: String?
    @Flag(help: .said("Take the pin back: the plan decides again.", ja: "固定を解く（計画に戻す）"))
    var release = false
    @Option(help: .said("Why.", ja: "理由", value: "text"))
    var reason: String?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (engineer != nil) == release else { return }
        throw ValidationError(
            Help.words("Say --engineer ID or --release.", ja: "--engineer か --release のどちらかを指定してください。"))
    }

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let id = subject.task.description
        let before = try session.ask(id, beforeChange: true) { () throws(APIError) in try session.api.task(id).value }
        let answer = try session.change(id, version: before.row.version, operation: change.operation) {
            (change) throws(APIError) in
            try session.api.pinTask(id, to: engineer, reason: reason, change: change)
        }
        guard common.output == .table else {
            session.world.output(Session.json(answer.answer))
            return .done
        }
        let words = session.words
        let names = try session.engineersIfAllowed().names
        let pin = RecoveryWords.pin(answer.value.pin, names: names, words)
        let said =
            pin.map { words("cli.task.pinned", ["task": id, "pin": $0]) } ?? words("cli.task.released", ["task": id])
        session.world.output(said + "    " + session.paper.next("anpi task why \(id)"))
        return .done
    }
}
