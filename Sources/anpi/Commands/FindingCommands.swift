import AnpiClient
import AnpiModel
import ArgumentParser

/// `anpi finding …`.
struct FindingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "finding", abstract: Help.words("What people found out.", ja: "現地情報"),
        subcommands: [FindingAdd.self, FindingList.self])
}

struct FindingAdd: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: Help.words("Log a call, a report, an outage, a road.", ja: "電話・通報・停電・道路などを登録"),
        discussion: "anpi finding add --call in --site shz-0057 --result damage --note …")

    @Option(
        help: .said("A phone call: in or out. The same as --kind phone.", ja: "電話: in（着信）または out（発信）", value: "in|out"))
    var call: CallDirection?
    @Option(help: .said("phone, report, outage, road, survey, override.", ja: "種別", value: "kind"))
    var kind: FindingKind?
    @Option(help: .said("The site it is about.", ja: "施設", value: "id"))
    var site: String?
    @Option(
        help: .said(
            "What came of it: noAnswer, congested, lineDead, noDamage, damage, callBack, …", ja: "結果", value: "word"))
    var result: String
    @Option(help: .said("In words.", ja: "内容", value: "text"))
    var note: String?
    @Option(help: .said("Where: LAT,LON.", ja: "場所: 緯度,経度", value: "lat,lon"))
    var place: Coordinate?
    @Option(help: .said("How far around the place.", ja: "半径（km）", value: "km"))
    var radius: Double?
    @Option(help: .said("A municipality it covers (JIS X 0402); may be repeated.", ja: "市区町村コード（複数可）", value: "code"))
    var municipality: [String] = []
    @Option(help: .said("power, water or line, for an outage.", ja: "停止したもの: power、water、line", value: "word"))
    var utility: Utility?
    @Option(help: .said("Who provides it.", ja: "事業者", value: "name"))
    var provider: String?
    @Option(help: .said("flood, quake, wind, fire or other.", ja: "現象: flood、quake、wind、fire、other", value: "word"))
    var phenomenon: Phenomenon?
    @Flag(help: .said("From someone whose word is known to be good.", ja: "信頼できる人からの情報"))
    var trusted = false
    @Option(help: .said("Who saw it; you where absent.", ja: "情報の主（省略時は本人）", value: "name"))
    var author: String?
    @Option(help: .said("When it was seen: 05:52.", ja: "確認した時刻", value: "time"))
    var at: String?
    @Option(help: .said("Until when it counts.", ja: "有効期限", value: "time"))
    var expires: String?
    @Option(name: .customLong("call-back"), help: .said("When they will call back.", ja: "折返しの時刻", value: "time"))
    var callBack: String?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard let kind = effectiveKind else {
            throw ValidationError(
                Help.words("Say --call in, --call out or --kind …", ja: "--call in、--call out または --kind を指定してください。"))
        }
        if call != nil, kind != .phone {
            throw ValidationError(Help.words("--call is for --kind phone.", ja: "--call は電話のときに使います。"))
        }
        guard kind.results.contains(result) else {
            let known = kind.results.joined(separator: ", ")
            throw ValidationError(
                Help.words(
                    "--result \(result) is not a result of \(kind.rawValue): \(known)",
                    ja: "--result \(result) は \(kind.rawValue) の結果にありません: \(known)"))
        }
    }

    private var effectiveKind: FindingKind? { kind ?? (call != nil ? .phone : nil) }

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let observedAt = try session.time(at, option: "--at", .behind)
        let expiresAt = try session.time(expires, option: "--expires")
        let callBackAt = try session.time(callBack, option: "--call-back")
        let area: JSON =
            municipality.isEmpty
            ? .null : .object([.init("municipalities", .array(municipality.map { .string($0) }))])
        let members: [JSON.Member] = [
            .init("kind", .optional(effectiveKind?.rawValue)), .init("site", .optional(site)),
            .init("place", place.map(Self.json) ?? .null), .init("area", area), .init("result", .string(result)),
            .init("direction", .optional(call?.rawValue)), .init("callBackAt", .time(callBackAt)),
            .init("utility", .optional(utility?.rawValue)), .init("provider", .optional(provider)),
            .init("phenomenon", .optional(phenomenon?.rawValue)),
            .init("radiusKilometers", radius.map { .decimal($0, digits: 3) } ?? .null),
            .init("trusted", trusted ? true : .null), .init("text", .optional(note)),
            .init("author", .optional(author)), .init("observedAt", .time(observedAt)),
            .init("expiresAt", .time(expiresAt)),
        ]
        let finding = try session.change(site, operation: change.operation) { (change) throws(APIError) in
            try session.api.addFinding(members, change: change)
        }
        guard common.output == .table else {
            session.world.output(Session.json(finding.answer))
            return .done
        }
        var now: SiteDetail?
        if let site { now = try session.askIfAllowed { () throws(APIError) in try session.api.site(site).value } }
        session.world.output(FindingAddedScreen(finding: finding.value, site: now?.row).text(on: session.paper))
        return .done
    }

    private static func json(_ place: Coordinate) -> JSON {
        .object([
            .init("latitude", .decimal(place.latitude, digits: 6)),
            .init("longitude", .decimal(place.longitude, digits: 6)),
        ])
    }
}

struct FindingList: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: Help.words("Findings, as a table.", ja: "現地情報の一覧"))

    @Option(help: .said("Only of this site.", ja: "施設で絞る", value: "id"))
    var site: String?
    @OptionGroup var page: PageOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        try session.list(page, ListFilter(["site": site]), session.api.findings) { findings, hasMore in
            FindingListScreen(findings: findings, hasMore: hasMore).text(on: session.paper)
        }
    }
}

extension CallDirection: ExpressibleByArgument {}
extension FindingKind: ExpressibleByArgument {}
extension Utility: ExpressibleByArgument {}
extension Phenomenon: ExpressibleByArgument {}
