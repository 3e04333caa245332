import AnpiClient
import AnpiModel
import ArgumentParser

/// `anpi sitrep I-7`: writes the next situation report; `list` and `show` read them.
struct SitrepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sitrep", abstract: Help.words("Situation reports of an incident.", ja: "状況報告"),
        subcommands: [SitrepWrite.self, SitrepList.self, SitrepShow.self], defaultSubcommand: SitrepWrite.self)
}

struct SitrepWrite: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "write",
        abstract: Help.words("Write the next one, with the figures of now.", ja: "いまの数字で次の報を書く"))
    static let forms: [OutputForm] = [.table, .json, .md]

    @OptionGroup var subject: IncidentArgument
    @Option(help: .said("What the figures do not say.", ja: "本文", value: "text"))
    var text: String?
    @Option(help: .said("When the next one is due: 09:00, +2h.", ja: "次報の時刻（09:00、+2h）", value: "time"))
    var next: String?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let id = subject.incident.description
        let due = try session.time(next, option: "--next")
        let answer = try session.change(id, operation: change.operation) { (change) throws(APIError) in
            try session.api.addSitrep(to: id, text: text, nextDue: due, change: change)
        }
        guard common.output != .json else {
            session.world.output(Session.json(answer.answer))
            return .done
        }
        if common.output == .table { session.world.output(said(answer.value, session.paper)) }
        return try session.printSitrep(answer.value.number, of: id)
    }

    private func said(_ sitrep: SitrepRow, _ paper: Paper) -> String {
        let words = paper.words
        let id = subject.incident.description
        let due = sitrep.nextDue.map { " " + words("cli.sitrep.due", ["time": paper.moments.short($0)]) } ?? ""
        return words("cli.sitrep.written", ["incident": id, "n": String(sitrep.number)]) + due + "\n"
    }
}

struct SitrepList: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: Help.words("All of an incident.", ja: "状況報告の一覧"))

    @OptionGroup var subject: IncidentArgument
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let id = subject.incident.description
        let answer = try session.ask(id) { () throws(APIError) in try session.api.sitreps(of: id) }
        session.show(answer.answer, table(answer.value.items, session.paper))
        return .done
    }

    private func table(_ sitreps: [SitrepRow], _ paper: Paper) -> String {
        let words = paper.words
        guard let last = sitreps.last else { return words("cli.sitrep.none") }
        var table = Table([
            .init(title: words("cli.column.number"), isNumber: true), .init(title: words("sheet.column.at")),
            .init(title: words("cli.column.author"), rank: 2, least: 8),
            .init(title: words("cli.column.next"), rank: 3), .init(title: words("cli.column.text"), rank: 1, least: 12),
        ])
        for sitrep in sitreps {
            table.append([
                .init(String(sitrep.number)), .init(paper.moments.short(sitrep.at)), .init(sitrep.by),
                .init(sitrep.nextDue.map(paper.moments.short)),
                .init(sitrep.text.map { $0.replacing("\n", with: " ") }),
            ])
        }
        let next = "anpi sitrep show \(subject.incident) \(last.number)"
        return (table.lines(on: paper) + [paper.next(next)]).joined(separator: "\n")
    }
}

struct SitrepShow: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: Help.words("One report as it was written.", ja: "状況報告を表示"))
    static let forms: [OutputForm] = [.table, .json, .md]

    @OptionGroup var subject: IncidentArgument
    @Argument(help: .said("Its number.", ja: "第何報か", value: "number"))
    var number: Int
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let id = subject.incident.description
        guard common.output == .json else { return try session.printSitrep(number, of: id) }
        let answer = try session.ask(id) { () throws(APIError) in try session.api.sitrep(number, of: id) }
        session.world.output(Session.json(answer))
        return .done
    }
}

extension Session {
    /// A report as people read it: its Markdown is plain text too.
    fileprivate func printSitrep(_ number: Int, of incident: String) throws(Complaint) -> ExitStatus {
        let answer = try ask("\(incident)/\(number)") { () throws(APIError) in
            try api.sitrepText(number, of: incident, language: words.language)
        }
        world.output(String(decoding: answer.body.dropLast(answer.body.last == 0x0A ? 1 : 0), as: UTF8.self))
        return .done
    }
}
