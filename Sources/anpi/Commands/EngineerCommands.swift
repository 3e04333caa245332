import AnpiClient
import AnpiModel
import ArgumentParser

/// `anpi engineer …`.
struct EngineerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engineer", abstract: Help.words("Who can be sent.", ja: "保守員"),
        subcommands: [EngineerList.self, EngineerAvailable.self, EngineerUnavailable.self])
}

struct EngineerList: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: Help.words("Engineers, those who can move first.", ja: "保守員の一覧（出動可から）"))

    @Flag(help: .said("Only those to be rung up: not asked since the event began.", ja: "未確認の人だけ（電話で確かめる一覧）"))
    var unconfirmed = false
    @OptionGroup var page: PageOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let filter = ListFilter(["availability": unconfirmed ? Availability.unconfirmed.rawValue : nil])
        return try session.list(page, filter, session.api.engineers) { engineers, hasMore in
            EngineerListScreen(engineers: engineers, hasMore: hasMore).text(on: session.paper)
        }
    }
}

/// Whose availability: one's own, or an engineer's for whom a coordinator speaks.
struct EngineerArgument: ParsableArguments {
    @Argument(help: .said("The engineer; yourself where absent.", ja: "保守員（省略時は本人）", value: "engineer"))
    var engineer: String?
}

struct EngineerAvailable: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "available", abstract: Help.words("Can be sent.", ja: "出動できる"))

    @OptionGroup var subject: EngineerArgument
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        try AvailabilityStep(
            engineer: subject.engineer, availability: .available, operation: change.operation
        ).run(in: session)
    }
}

struct EngineerUnavailable: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "unavailable", abstract: Help.words("Cannot be sent.", ja: "出動できない"))

    @OptionGroup var subject: EngineerArgument
    @Option(help: .said("Why not.", ja: "理由", value: "text"))
    var reason: String?
    @Option(help: .said("Until when: 18:00, +3h.", ja: "いつまで（18:00、+3h）", value: "time"))
    var until: String?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        try AvailabilityStep(
            engineer: subject.engineer, availability: .unavailable, reason: reason,
            until: try session.time(until, option: "--until"), operation: change.operation
        ).run(in: session)
    }
}

/// Says who can move, and tells what it means.
private struct AvailabilityStep {
    var engineer: String?
    var availability: Availability
    var reason: String?
    var until: Timestamp?
    var operation: String?

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let id: String
        if let engineer { id = engineer } else { id = try myself(session) }
        let answer = try session.change(id, operation: operation) { (change) throws(APIError) in
            try session.api.setAvailability(of: id, availability, reason: reason, until: until, change: change)
        }
        session.show(answer.answer, text(answer.value, session.paper))
        return .done
    }

    private func myself(_ session: Session) throws(Complaint) -> String {
        let identity = try session.ask(beforeChange: true) { () throws(APIError) in
            try session.api.identity().value
        }
        guard let me = identity.engineer else {
            throw Complaint(.usage, [session.words("cli.engineer.whom", ["name": identity.name])])
        }
        return me
    }

    private func text(_ engineer: EngineerRow, _ paper: Paper) -> String {
        let words = paper.words
        let details = words.list([
            words.sentence(engineer.reason, paper.moments),
            engineer.until.map { words("cli.until", ["time": paper.moments.short($0)]) },
        ])
        let said = words(
            "cli.engineer.isNow",
            [
                "person": words.person(engineer.name), "availability": words.term(.availability, engineer.availability),
                "details": details.isEmpty ? "" : words.bracketed(details),
            ])
        return said + "    " + paper.next(availability == .available ? "anpi queue" : "anpi engineer list")
    }
}
