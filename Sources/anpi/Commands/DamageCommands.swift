import AnpiClient
import AnpiModel
import ArgumentParser

/// `anpi damage …`.
struct DamageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "damage", abstract: Help.words("What is broken at a site.", ja: "施設の被害"),
        subcommands: [DamageSet.self])
}

/// `anpi damage set SITE`: replaces what it names; without anything named it asks.
struct DamageSet: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: Help.words("Tell what works and what is lost.", ja: "動くもの、失われたものを登録"),
        discussion: Help.words(
            "What is not named stays as it was told before. With nothing named it asks at most five questions.",
            ja: "指定しない項目は以前のままです。何も指定しなければ、多くて5つ質問します。"))

    @Argument(help: .said("The site's id.", ja: "施設の番号", value: "site"))
    var site: String
    @Option(help: .said("The server: works, wet, lost, unknown.", ja: "本体: works、wet、lost、unknown", value: "word"))
    var server: DamageReport.Component?
    @Option(help: .said("The mirror, likewise.", ja: "ミラー機（同じ語）", value: "word"))
    var mirror: DamageReport.Component?
    @Option(help: .said("The external storage, likewise.", ja: "外付け（同じ語）", value: "word"))
    var external: DamageReport.Component?
    @Option(help: .said("UPS, router and the like, likewise.", ja: "UPS・ルーターなど（同じ語）", value: "word"))
    var peripherals: DamageReport.Component?
    @Option(
        help: .said("sound, damaged, noEntry, unknown.", ja: "建物: sound、damaged、noEntry、unknown", value: "word"))
    var building: DamageReport.Building?
    @Option(help: .said("Whether there is power: yes, no.", ja: "電気: yes、no", value: "word"))
    var power: YesOrNo?
    @Option(help: .said("Whether there is network: yes, no.", ja: "回線: yes、no", value: "word"))
    var network: YesOrNo?
    @Option(help: .said("Water above the ground outside, in metres.", ja: "水深（地面から、m）", value: "meters"))
    var depth: Double?
    @Option(help: .said("Whether the road is open: yes, no.", ja: "道路が通れるか: yes、no", value: "word"))
    var road: YesOrNo?
    @Option(
        name: .customLong("key-holder"), help: .said("Who has the key, and where.", ja: "鍵を持つ人と場所", value: "text"))
    var keyHolder: String?
    @Option(help: .said("Who says so; you where absent.", ja: "情報の主（省略時は本人）", value: "name"))
    var by: String?
    @Option(help: .said("When it was seen: 05:52.", ja: "確認した時刻", value: "time"))
    var at: String?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard let depth, !(0...100).contains(depth) else { return }
        throw ValidationError(
            Help.words("--depth is 0 to 100 metres.", ja: "--depth は 0〜100（m）です。"))
    }

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let report = try said(in: session)
        let isTable = common.output == .table
        let before = isTable ? try state(in: session) : nil
        let answer = try session.change(site, operation: change.operation) { (change) throws(APIError) in
            try session.api.reportDamage(report, at: site, change: change)
        }
        guard isTable else {
            session.world.output(Session.json(answer.answer))
            return .done
        }
        // Asked anew: the plan, and with it the loaner, comes right behind the report.
        let after = try state(in: session)
        let loaners = try session.askIfAllowed { () throws(APIError) in
            try session.api.loaners(ListFilter(limit: Session.pageRows)).value.items
        }
        let screen = DamageSetScreen(
            id: site, siteBefore: before?.site, siteAfter: after.site, before: before?.recovery,
            after: after.recovery ?? answer.value, loaners: loaners ?? [])
        session.world.output(screen.text(on: session.paper))
        return .done
    }

    private func state(in session: Session) throws(Complaint) -> (site: SiteRow?, recovery: Recovery?) {
        (
            try session.askIfAllowed { () throws(APIError) in try session.api.site(site).value.row },
            try session.askIfAllowed { () throws(APIError) in try session.api.recovery(of: site).value }
        )
    }

    /// What the options say, or else the answers to the questions.
    private func said(in session: Session) throws(Complaint) -> DamageReport {
        var report = DamageReport(
            server: server, mirror: mirror, external: external, peripherals: peripherals, building: building,
            power: power?.isYes, network: network?.isYes, depthMeters: depth, roadOpen: road?.isYes,
            keyHolder: keyHolder)
        if report == DamageReport() {
            guard let ask = session.world.ask else {
                throw Complaint(.usage, [session.words("cli.damage.nothingNamed")])
            }
            report = DamageQuestions(words: session.words, ask: ask).report()
        }
        guard report != DamageReport() else { throw Complaint(.usage, [session.words("cli.damage.nothingSaid")]) }
        report.by = by
        report.at = try session.time(at, option: "--at", .behind)
        return report
    }
}

/// `yes` or `no` as an option says it.
enum YesOrNo: String, CaseIterable, ExpressibleByArgument {
    case yes, no

    var isYes: Bool { self == .yes }
}

extension DamageReport.Component: ExpressibleByArgument {}
extension DamageReport.Building: ExpressibleByArgument {}

/// The five questions of a damage report, each answered with one digit; nothing but Enter is "not known".
struct DamageQuestions {
    var words: Words
    var ask: (String) -> String?

    func report() -> DamageReport {
        var report = DamageReport()
        report.server = component("server")
        report.mirror = component("mirror")
        report.external = component("external")
        if let lines = answer("powerAndNetwork", { Self.choice($0, of: Self.lines) }) {
            report.power = lines.power
            report.network = lines.network
        }
        if let place = answer("building", Self.buildingAndDepth) {
            report.building = place.building
            report.depthMeters = place.depth
        }
        return report
    }

    private static let components: [DamageReport.Component] = [.works, .wet, .lost]
    private static let buildings: [DamageReport.Building] = [.sound, .damaged, .noEntry]
    private static let lines: [(power: Bool, network: Bool)] = [
        (true, true), (true, false), (false, true), (false, false),
    ]

    private func component(_ name: String) -> DamageReport.Component? {
        answer(name) { Self.choice($0, of: Self.components) }
    }

    /// The same question until its answer is understood; nil is not known, or the end of input.
    private func answer<Value>(_ name: String, _ understood: (Substring) -> Value?) -> Value? {
        while let line = ask(words("cli.damage.ask.\(name)")) {
            let text = line.drop { $0 == " " }
            guard text.contains(where: { $0 != " " }) else { return nil }
            if let value = understood(text) { return value }
        }
        return nil
    }

    private static func choice<Value>(_ text: Substring, of choices: [Value]) -> Value? {
        guard let number = Int(text.filter { $0 != " " }), choices.indices.contains(number - 1) else { return nil }
        return choices[number - 1]
    }

    /// `2`, `2 0.4`: the state of the building, and the water where there is any.
    private static func buildingAndDepth(_ text: Substring) -> (building: DamageReport.Building, depth: Double?)? {
        let parts = text.split(separator: " ")
        guard (1...2).contains(parts.count), let building = choice(parts[0], of: buildings) else { return nil }
        guard parts.count == 2 else { return (building, nil) }
        guard let depth = Double(parts[1]), (0...100).contains(depth) else { return nil }
        return (building, depth)
    }
}
