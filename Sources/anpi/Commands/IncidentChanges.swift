import AnpiClient
import AnpiModel
import ArgumentParser

struct IncidentSet: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: Help.words("Title, commander, what is due when.", ja: "名称・指揮者・期限を決める"))

    @OptionGroup var subject: IncidentArgument
    @Option(help: .said("What people call it.", ja: "呼び名", value: "text"))
    var title: String?
    @Option(help: .said("Who leads it.", ja: "指揮者", value: "name"))
    var commander: String?
    @Option(help: .said("When the next situation report is due: 07:00, +2h.", ja: "次報の時刻（07:00、+2h）", value: "time"))
    var sitrepDue: String?
    @Option(
        help: .said("The date to which claims were put off: 2022-10-17.", ja: "延期されたレセプト期限（2022-10-17）", value: "date"))
    var claimsDue: String?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let id = subject.incident.description
        let members: [JSON.Member] = [
            .init("title", .optional(title)), .init("commander", .optional(commander)),
            .init("sitrepDue", .time(try session.time(sitrepDue, option: "--sitrep-due"))),
            .init("claimsDue", .optional(claimsDue)),
        ]
        let answer = try session.change(id, operation: change.operation) { (change) throws(APIError) in
            try session.api.changeIncident(id, members, change: change)
        }
        session.show(
            answer.answer,
            session.words("cli.incident.set", ["incident": id]) + "    "
                + session.paper.next("anpi incident show \(id)"))
        return .done
    }
}

struct IncidentMergeCommand: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: Help.words("It is part of another one.", ja: "別の事案に統合する"))

    @OptionGroup var subject: IncidentArgument
    @Option(help: .said("The incident that goes on.", ja: "統合先の事案", value: "incident"))
    var into: IncidentID
    @Option(help: .said("Why.", ja: "理由", value: "text"))
    var reason: String?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let id = subject.incident.description
        let other = into.description
        let answer = try session.change(id, operation: change.operation) { (change) throws(APIError) in
            try session.api.mergeIncident(id, into: other, reason: reason, change: change)
        }
        session.show(
            answer.answer,
            session.words("cli.incident.merged", ["incident": id, "into": other]) + "    "
                + session.paper.next("anpi incident show \(other)"))
        return .done
    }
}

struct IncidentSheet: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "sheet",
        abstract: Help.words("Damage, timeline, or engineers and loaners.", ja: "被害状況一覧・クロノロジー・要員代替機表"))
    static let forms: [OutputForm] = [.table, .json, .csv]

    /// The sheets of one incident.
    enum Name: String, ExpressibleByArgument, CaseIterable {
        case damage, timeline, resources
    }

    @OptionGroup var subject: IncidentArgument
    @Argument(help: .said("damage, timeline or resources.", ja: "damage・timeline・resources", value: "sheet"))
    var sheet: Name
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let filter = ListFilter(["incident": subject.incident.description])
        let name = sheet.rawValue
        return try session.sheet(name, filter) { () throws(APIError) in
            try session.api.sheet(name, filter).answer
        }
    }
}
