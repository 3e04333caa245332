import AnpiClient
import AnpiModel
import ArgumentParser

/// `anpi hazard …`.
struct HazardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hazard", abstract: Help.words("Official warnings.", ja: "警報等"),
        subcommands: [HazardSubmit.self, HazardList.self])
}

struct HazardSubmit: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: Help.words("Hand in official messages (CAP, JMA XML).", ja: "警報等の電文（CAP、気象庁XML）を登録"),
        discussion: Help.words(
            "One file, one message. A file that cannot be read does not stop the others; a message that cannot be "
                + "understood is stored, kept out and shown with the reason.",
            ja: "1ファイル1電文。読めないファイルがあっても他は続けます。解釈できない電文は理由とともに隔離されます。"))

    @Argument(help: .said("The files.", ja: "ファイル", value: "file"))
    var files: [String]
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let words = session.words
        var unreadable = 0
        var counts = ["parsed": 0, "quarantined": 0]
        for file in files {
            let bytes: [UInt8]?
            do { bytes = try session.world.files.read(file) } catch { bytes = nil }
            guard let bytes else {
                unreadable += 1
                session.world.complaints(words("cli.hazard.unreadable", ["file": file]))
                continue
            }
            let name = file.split(separator: "/").last.map(String.init)
            let receipt: APIClient.Read<HazardReceiptAnswer>
            do throws(Complaint) {
                receipt = try session.change(file) { (change) throws(APIError) in
                    try session.api.submitHazard(bytes, name: name, change: change)
                }
            } catch {
                // One file that the collector refuses (too large) is one file; without a collector none will do.
                guard error.status == .usage else { throw error }
                unreadable += 1
                session.world.complaints(([file] + error.lines).joined(separator: "\n  "))
                continue
            }
            counts[receipt.value.outcome, default: 0] += 1
            if common.output == .json {
                session.world.output(Session.json(receipt.answer))
            } else {
                say(receipt.value, of: file, in: session)
            }
        }
        if common.output == .table, files.count > 1 {
            session.world.output(
                words(
                    "cli.hazard.summary",
                    [
                        "n": String(counts["parsed"] ?? 0), "quarantined": String(counts["quarantined"] ?? 0),
                        "unreadable": String(unreadable),
                    ]))
        }
        return unreadable == 0 ? .done : .usage
    }

    private func say(_ receipt: HazardReceiptAnswer, of file: String, in session: Session) {
        let words = session.words
        guard receipt.outcome != "quarantined" else {
            session.world.complaints(
                words("cli.hazard.quarantined", ["file": file, "reason": receipt.reason ?? ""]))
            return
        }
        let key = receipt.status == "actual" ? "cli.hazard.parsed" : "cli.hazard.drill"
        session.world.output(
            words(
                key,
                [
                    "file": file, "telegram": receipt.telegram ?? "",
                    "level": HazardListScreen.level(receipt.level, words),
                    "areas": String(receipt.areaCount ?? 0), "headline": receipt.headline ?? "",
                ]))
    }
}

struct HazardList: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: Help.words("Warnings, and how fresh the feeds are.", ja: "警報等の一覧と情報源の状態"))

    @Option(help: .said("acting, stored, superseded, cancelled or ended.", ja: "状態で絞る", value: "word"))
    var state: String?
    @OptionGroup var page: PageOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let filter = ListFilter(["state": state], limit: page.limit, cursor: page.cursor)
        let answer = try session.ask { () throws(APIError) in try session.api.hazards(filter) }
        session.show(answer.answer, HazardListScreen(answer: answer.value).text(on: session.paper))
        return .done
    }
}
