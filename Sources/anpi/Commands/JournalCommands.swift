import AnpiClient
import AnpiModel
import ArgumentParser

/// `anpi journal …`.
struct JournalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal", abstract: Help.words("What happened, and that nobody changed it.", ja: "監査記録"),
        subcommands: [JournalShow.self, JournalVerify.self])
}

struct JournalShow: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: Help.words("Lines of the journal, oldest first.", ja: "監査記録（古い順）"))

    @Option(help: .said("Only of this site.", ja: "施設で絞る", value: "id"))
    var site: String?
    @Option(help: .said("Only of this incident.", ja: "事案で絞る", value: "id"))
    var incident: IncidentID?
    @Option(help: .said("Only of this task.", ja: "作業で絞る", value: "id"))
    var task: TaskID?
    @Option(help: .said("Only of this kind, such as task.changed.", ja: "種類で絞る（例 task.changed）", value: "kind"))
    var kind: String?
    @Option(help: .said("After this number.", ja: "この番号の次から", value: "n"))
    var after: Int?
    @Flag(help: .said("The last lines (50 unless told otherwise), the newest at the end.", ja: "最新の50件（最後が最新）"))
    var newest = false
    @Option(help: .said("At most this many.", ja: "最大件数", value: "n"))
    var limit: Int?
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if newest, after != nil { throw ValidationError("--newest and --after cannot be given together.") }
    }

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let filter = ListFilter(
            ["site": site, "incident": incident?.description, "task": task?.description, "kind": kind],
            limit: limit ?? (newest ? 50 : nil))
        if newest {
            let answer = try session.ask { () throws(APIError) in try session.api.newestJournal(filter) }
            session.show(
                answer.answer, JournalScreen(rows: answer.value.items.reversed()).text(on: session.paper))
            return .done
        }
        let answer = try session.ask { () throws(APIError) in try session.api.journal(filter, after: after) }
        session.show(answer.answer, screen(answer.value).text(on: session.paper))
        return .done
    }

    private func screen(_ answer: Items<JournalRow>) -> JournalScreen {
        guard let next = answer.next else { return JournalScreen(rows: answer.items) }
        var command = "anpi journal show --after \(next)"
        if let site { command += " --site \(site)" }
        if let incident { command += " --incident \(incident)" }
        if let task { command += " --task \(task)" }
        if let kind { command += " --kind \(kind)" }
        return JournalScreen(rows: answer.items, next: command)
    }
}

struct JournalVerify: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: Help.words("Check the chain; exit 1 where it is broken.", ja: "連鎖を検証する（壊れていれば終了コード1）"))

    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let answer = try session.ask { () throws(APIError) in try session.api.journalVerdict() }
        session.show(answer.answer, JournalVerdictScreen(verdict: answer.value).text(on: session.paper))
        return answer.value.ok ? .done : .notInOrder
    }
}
