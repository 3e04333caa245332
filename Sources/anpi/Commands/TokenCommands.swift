import AnpiClient
import AnpiModel
import ArgumentParser

/// `anpi token …`.
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: Help.words("Tokens of people, agents and pings.", ja: "トークン"),
        subcommands: [TokenCreate.self, TokenList.self, TokenRevoke.self])
}

struct TokenCreate: CollectorWideCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: Help.words("Make a token; it alone goes to standard output.", ja: "トークンを作る（標準出力にはそれだけを出します）"),
        usage: """
            anpi token create --role coordinator|engineer|viewer [--engineer ID] [--office ID]
                   anpi token create --agent ID
                   anpi token create --ping SITE TIER
            """)

    /// The roles a person can be given.
    enum PersonRole: String, ExpressibleByArgument, CaseIterable {
        case coordinator, engineer, viewer
    }

    @Option(
        help: .said("coordinator, engineer or viewer.", ja: "coordinator（指揮者）、engineer（保守員）、viewer（閲覧者）", value: "role")
    )
    var role: PersonRole?
    @Option(help: .said("Who the engineer is.", ja: "保守員の番号", value: "id"))
    var engineer: String?
    @Option(help: .said("Only this office's sites.", ja: "この営業所だけ", value: "id"))
    var office: String?
    @Option(help: .said("For this agent.", ja: "監視プログラムの番号", value: "id"))
    var agent: String?
    @Option(
        parsing: .upToNextOption,
        help: .said("A ping URL for a copy: SITE TIER.", ja: "コピーの通知URL: 施設 種別", value: "site tier"))
    var ping: [String] = []
    @Option(help: .said("What it is for, shown in the list.", ja: "用途（一覧に表示）", value: "text"))
    var label: String?
    @Option(help: .said("When it ends: +30d, 2026-12-31T00:00.", ja: "有効期限（+30d など）", value: "time"))
    var expires: String?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func validate() throws { _ = try subject() }

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let expiresAt = try session.time(expires, option: "--expires")
        let subject: TokenSubject
        do { subject = try self.subject() } catch { throw Complaint(.usage, ["\(error)"]) }
        let change = APIClient.Change(operation: change.operation ?? session.world.drawKey())
        let answer: APIClient.Read<NewToken>
        do {
            answer = try session.api.createToken(for: subject, label: label, expiresAt: expiresAt, change: change)
        } catch {
            guard error.code == .conflict else { throw session.complaint(error, nil, isChange: true) }
            let sentence = session.words("cli.token.alreadyMade", ["operation": change.operation])
            throw Complaint(.conflict, [sentence, error.problem?.detail])
        }
        guard common.output == .table else {
            session.world.output(Session.json(answer.answer))
            return .done
        }
        guard let secret = answer.value.token ?? answer.value.url else {
            throw Complaint(.notUnderstood, [session.words("cli.token.missing")])
        }
        session.world.output(secret)
        session.world.complaints(
            session.words(answer.value.token == nil ? "cli.token.madePing" : "cli.token.made", ["id": answer.value.id]))
        return .done
    }

    /// Who the token speaks for: exactly one of the three forms.
    private func subject() throws -> TokenSubject {
        let forms = [role != nil, agent != nil, !ping.isEmpty].count { $0 }
        guard forms == 1 else {
            throw ValidationError(
                Help.words(
                    "Say exactly one of --role, --agent, --ping.", ja: "--role、--agent、--ping のどれか一つを指定してください。"))
        }
        if role == nil, engineer != nil || office != nil {
            throw ValidationError(
                Help.words("--engineer and --office belong to --role.", ja: "--engineer と --office は --role と使います。"))
        }
        if let role {
            guard (role == .engineer) == (engineer != nil) else {
                throw ValidationError(
                    Help.words(
                        "--engineer ID belongs to --role engineer, and only to it.",
                        ja: "--engineer ID は --role engineer のときに必要で、そのときだけ使えます。"))
            }
            return .role(role.rawValue, engineer: engineer, office: office)
        }
        if let agent { return .agent(agent) }
        guard ping.count == 2, CopyTier(rawValue: ping[1]) != nil else {
            let tiers = CopyTier.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError(
                Help.words("--ping takes a site and a tier: \(tiers).", ja: "--ping には施設と種別（\(tiers)）を指定します。"))
        }
        return .ping(site: ping[0], tier: ping[1])
    }
}

struct TokenList: CollectorWideCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: Help.words("Tokens, never their secrets.", ja: "トークンの一覧（秘密は表示しません）"))

    @OptionGroup var page: PageOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        try session.list(page, ListFilter(), session.api.tokens) { tokens, hasMore in
            TokenListScreen(tokens: tokens, hasMore: hasMore).text(on: session.paper)
        }
    }
}

struct TokenRevoke: CollectorWideCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: Help.words("End a token within five seconds.", ja: "トークンを失効させる（5秒以内に有効）"))

    @Argument(help: .said("The token's id, as in the list.", ja: "トークンの番号（一覧のもの）", value: "id"))
    var id: String
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if id.hasPrefix("anpi_") {
            throw ValidationError(
                Help.words(
                    "Name its id, not the token itself: anpi token list", ja: "トークンそのものではなく番号を指定してください: anpi token list"
                ))
        }
    }

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let answer = try session.change(id, operation: change.operation) { (change) throws(APIError) in
            try session.api.revokeToken(id, change: change)
        }
        session.show(answer, session.words("cli.token.wasRevoked", ["id": id]))
        return .done
    }
}
