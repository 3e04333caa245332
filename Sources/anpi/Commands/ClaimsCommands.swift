import AnpiClient
import AnpiModel
import ArgumentParser

/// `anpi claims …`.
struct ClaimsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claims", abstract: Help.words("Insurance claims of sites that were hit.", ja: "レセプト"),
        subcommands: [ClaimsList.self, ClaimsSet.self])
}

struct ClaimsList: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: Help.words("Due dates, and what is missing.", ja: "期限と不足の一覧"))
    static let forms: [OutputForm] = [.table, .json, .csv]

    @Option(help: .said("Only of this incident.", ja: "この事案の施設だけ", value: "incident"))
    var incident: IncidentID?
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let filter = ListFilter(["incident": incident?.description])
        return try session.sheet("claims", filter) { () throws(APIError) in
            try session.api.rows("claims", filter)
        }
    }
}

struct ClaimsSet: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: Help.words("Enter what a site's claims need; what is absent stays.", ja: "レセプトに要るものを登録する"))

    @Argument(help: .said("The site's id.", ja: "施設のID", value: "site"))
    var site: String
    @Flag(inversion: .prefixedNo, help: .said("The disaster certificate is there.", ja: "罹災証明書がある"))
    var certificate: Bool?
    @Flag(inversion: .prefixedNo, help: .said("A notice names the area.", ja: "通知の対象地域である"))
    var notice: Bool?
    @Flag(inversion: .prefixedNo, help: .said("Pictures of the damage are there.", ja: "被害の写真がある"))
    var photos: Bool?
    @Option(help: .said("Yen of three months for out-patients.", ja: "直近3か月の外来の支払額（円）", value: "yen"))
    var outpatientYen: Int?
    @Option(help: .said("Yen of three months for in-patients.", ja: "直近3か月の入院の支払額（円）", value: "yen"))
    var inpatientYen: Int?
    @Option(help: .said("Days open in the month.", ja: "当月の診療日数", value: "days"))
    var openDays: Int?
    @Option(help: .said("Days with in-patients in the month.", ja: "当月の入院診療日数", value: "days"))
    var inpatientDays: Int?
    @Option(help: .said("When the claims went out: 9/30 17:00.", ja: "請求した時刻（9/30 17:00）", value: "time"))
    var submitted: String?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        func flag(_ value: Bool?) -> JSON { value.map { .bool($0) } ?? .null }
        let members: [JSON.Member] = [
            .init("certificate", flag(certificate)), .init("notice", flag(notice)), .init("photos", flag(photos)),
            .init("outpatientYen", .optional(outpatientYen)), .init("inpatientYen", .optional(inpatientYen)),
            .init("openDays", .optional(openDays)), .init("inpatientDays", .optional(inpatientDays)),
            .init("submittedAt", .time(try session.time(submitted, option: "--submitted", .behind))),
        ]
        let answer = try session.change(site, operation: change.operation) { (change) throws(APIError) in
            try session.api.enterClaims(at: site, members, change: change)
        }
        session.show(answer.answer, text(answer.value, session.paper))
        return .done
    }

    private func text(_ claims: ClaimsAnswer, _ paper: Paper) -> String {
        let words = paper.words
        let things = claims.missing.compactMap { words.sentence($0, paper.moments) }
        return [
            words(
                "cli.claims.entered",
                ["site": claims.siteName, "state": words("claims.state.\(claims.state)")]),
            words("cli.claims.due", ["date": claims.due, "n": String(claims.daysLeft)]),
            things.isEmpty ? "" : words("cli.claims.missing", ["things": words.list(things)]),
            paper.next("anpi claims list"),
        ].filter { !$0.isEmpty }.joined(separator: "\n")
    }
}

/// `anpi readiness`: how sites stand before the storm.
struct ReadinessCommand: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "readiness",
        abstract: Help.words("How sites stand before a storm, the worst first.", ja: "事前点検（失うものが大きい順）"))
    static let forms: [OutputForm] = [.table, .json, .csv]

    @Option(help: .said("Municipality code, or its first digits.", ja: "市区町村コード（先頭だけでも可）", value: "code"))
    var area: String?
    @Option(help: .said("Only of this office.", ja: "この営業所の施設だけ", value: "office"))
    var office: String?
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let filter = ListFilter(["municipality": area, "office": office])
        return try session.sheet("readiness", filter) { () throws(APIError) in
            try session.api.rows("readiness", filter)
        }
    }
}
