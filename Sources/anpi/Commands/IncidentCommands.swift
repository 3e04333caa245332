import AnpiClient
import AnpiModel
import ArgumentParser

/// `anpi incident …`.
struct IncidentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "incident", abstract: Help.words("Incidents.", ja: "事案"),
        subcommands: [
            IncidentList.self, IncidentShow.self, IncidentSet.self, IncidentMergeCommand.self, IncidentSheet.self,
            IncidentClose.self,
        ])
}

struct IncidentList: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: Help.words("Incidents, as a table.", ja: "事案の一覧"))

    @Option(help: .said("Only these: active, stable, closed, …", ja: "状態で絞る", value: "word"))
    var state: IncidentState?
    @OptionGroup var page: PageOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        try session.list(page, ListFilter(["state": state?.rawValue]), session.api.incidents) { incidents, hasMore in
            IncidentListScreen(incidents: incidents, hasMore: hasMore).text(on: session.paper)
        }
    }
}

struct IncidentArgument: ParsableArguments {
    @Argument(help: .said("The incident, such as I-7.", ja: "事案番号（例 I-7）", value: "incident"))
    var incident: IncidentID
}

struct IncidentShow: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: Help.words("One incident with sites, tasks and timeline.", ja: "事案の詳細"))

    @OptionGroup var subject: IncidentArgument
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let id = subject.incident.description
        let answer = try session.ask(id) { () throws(APIError) in try session.api.incident(id) }
        guard common.output == .table else {
            session.world.output(Session.json(answer.answer))
            return .done
        }
        let screen = IncidentScreen(incident: answer.value, engineerNames: try session.engineersIfAllowed().names)
        session.world.output(screen.text(on: session.paper))
        return .done
    }
}

struct IncidentClose: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "close", abstract: Help.words("It is over.", ja: "事案を終結する"))

    @OptionGroup var subject: IncidentArgument
    @Option(help: .said("Why.", ja: "理由", value: "text"))
    var reason: String?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let id = subject.incident.description
        let before = try session.ask(id, beforeChange: true) { () throws(APIError) in
            try session.api.incident(id).value
        }
        let answer = try session.change(
            id, version: before.row.version, operation: change.operation
        ) { (change) throws(APIError) in
            try session.api.closeIncident(id, reason: reason, change: change)
        }
        let open = (before.more.tasks ?? []).filter { !["done", "failed", "cancelled"].contains($0.state) }
        var lines = [session.words("cli.incident.closed", ["incident": answer.value.id])]
        if !open.isEmpty {
            let tasks = session.words.list(open.map(\.id))
            lines.append(session.words("cli.incident.openTasks", ["tasks": tasks]))
        }
        lines.append(session.paper.next(open.first.map { "anpi task show \($0.id)" } ?? "anpi incident list"))
        session.show(answer.answer, lines.joined(separator: "\n"))
        return .done
    }
}

extension IncidentState: ExpressibleByArgument {}
