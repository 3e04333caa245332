import AnpiClient
import AnpiModel
import ArgumentParser

/// `anpi drill …`: a drill in the running collector, beside the real fleet.
struct DrillCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drill",
        abstract: Help.words("Play a drill in the running collector.", ja: "動作中のコレクターで訓練を再生"),
        discussion: Help.words(
            """
            A drill has a fleet and a clock of its own and is shown only where it is asked for: on its page, and with \
            --drill NAME on every other command. The real sites are watched as ever meanwhile.
            """,
            ja: """
                訓練は専用の施設と時計をもち、訓練の画面と、各コマンドの --drill NAME でだけ表示されます。\
                その間も実際の施設の監視は続きます。
                """),
        subcommands: [DrillStart.self, DrillList.self, DrillEnd.self], defaultSubcommand: DrillStart.self)
}

struct DrillStart: CollectorWideCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: Help.words("Begin a drill (the word start may be left out).", ja: "訓練を始める（start は省略可）"))

    @Argument(help: .said("The drill, as in anpi drill list.", ja: "訓練の名前（anpi drill list のもの）", value: "name"))
    var name: String
    @Option(
        help: .said(
            "Seconds of the drill in one second, 1 to 3600; without it the drill takes about 5 minutes.",
            ja: "何倍速で再生するか（1〜3600）。省略時は約5分で終わる速さ", value: "n"))
    var speed: Int?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard let speed, !(1...3_600).contains(speed) else { return }
        throw ValidationError(Help.words("--speed is 1 to 3600.", ja: "--speed は 1〜3600 です。"))
    }

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let answer = try session.change(name, operation: change.operation) { (change) throws(APIError) in
            try session.api.startDrill(name, speed: speed, change: change)
        }
        session.show(
            answer.answer,
            DrillScreen(drill: answer.value, collector: session.settings.collector).started(on: session.paper))
        return .done
    }
}

struct DrillList: CollectorWideCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: Help.words("Drills that play, and those that could.", ja: "再生中の訓練と、再生できる訓練"))

    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let answer = try session.ask { () throws(APIError) in try session.api.drills() }
        session.show(answer.answer, DrillListScreen(drills: answer.value.items).text(on: session.paper))
        return .done
    }
}

struct DrillEnd: CollectorWideCommand {
    static let configuration = CommandConfiguration(
        commandName: "end", abstract: Help.words("End a drill and remove all that is kept of it.", ja: "訓練を終え、記録をすべて消す")
    )

    @Argument(help: .said("The drill.", ja: "訓練の名前", value: "name"))
    var name: String
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let answer = try session.change(name, operation: change.operation) { (change) throws(APIError) in
            try session.api.endDrill(name, change: change)
        }
        session.show(answer, session.words("cli.drill.ended", ["name": name]))
        return .done
    }
}
