import AnpiClient
import AnpiEngine
import AnpiModel
import ArgumentParser

/// `anpi loaner …`.
struct LoanerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loaner", abstract: Help.words("Machines to lend.", ja: "代替機"),
        subcommands: [LoanerList.self, LoanerSet.self])
}

struct LoanerList: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: Help.words("Loaners: where each is, what holds it.", ja: "代替機の一覧と行き先"))

    @OptionGroup var page: PageOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        try session.list(page, ListFilter(), session.api.loaners) { loaners, hasMore in
            LoanerListScreen(loaners: loaners, hasMore: hasMore).text(on: session.paper)
        }
    }
}

struct LoanerSet: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: Help.words("Say where a loaner is.", ja: "代替機の所在を登録"))

    @Argument(help: .said("The loaner, such as L-07.", ja: "代替機の番号（例 L-07）", value: "loaner"))
    var loaner: String
    @Option(help: .said("inStock, lent or outOfService.", ja: "inStock（在庫）、lent（貸出）、outOfService（使用不可）", value: "word"))
    var state: LoanerState
    @Option(help: .said("Where it is lent to.", ja: "貸出先の施設", value: "id"))
    var site: String?
    @Option(help: .said("What others should know.", ja: "申し送り", value: "text"))
    var note: String?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (state == .lent) != (site != nil) else { return }
        throw ValidationError(
            Help.words(
                "--site belongs to --state lent, and lent needs it.", ja: "--state lent には --site が必要です（ほかの状態では使えません）。")
        )
    }

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let answer = try session.change(loaner, operation: change.operation) { (change) throws(APIError) in
            try session.api.setLoaner(loaner, state: state.rawValue, site: site, note: note, change: change)
        }
        let words = session.words
        let row = answer.value
        let details = words.list([row.site, row.note])
        let said = words(
            "cli.loaner.isNow",
            [
                "loaner": row.id, "state": LoanerListScreen.state(row, words),
                "details": details.isEmpty ? "" : words.bracketed(details),
            ])
        session.show(answer.answer, said + "    " + session.paper.next("anpi loaner list"))
        return .done
    }
}

extension LoanerState: ExpressibleByArgument {}
