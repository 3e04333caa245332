import AnpiClient
import AnpiModel
import ArgumentParser

/// `anpi sheet TASK`.
struct SheetCommand: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "sheet",
        abstract: Help.words("One A4 page to take along: anpi sheet T-412 | lp", ja: "持って行くA4の紙: anpi sheet T-412 | lp")
    )

    @OptionGroup var subject: TaskArgument
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let id = subject.task.description
        let task = try session.task(id)
        guard common.output == .table else {
            session.world.output(Session.json(task.body))
            return .done
        }
        var site: SiteDetail?
        if let siteID = task.value.row.site {
            site = try session.askIfAllowed { () throws(APIError) in try session.api.site(siteID).value }
        }
        session.world.output(SheetScreen(task: task.value, site: site).text(on: session.paper))
        return .done
    }
}

/// `anpi site …`.
struct SiteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "site", abstract: Help.words("Sites and how they are.", ja: "施設の様子"),
        subcommands: [SiteList.self, SiteShow.self])
}

struct SiteList: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: Help.words("Sites, as a table.", ja: "施設の一覧"))

    @Option(help: .said("Only these: silent, late, unseen, signedOff, reporting.", ja: "受信の状態で絞る", value: "word"))
    var contact: Contact?
    @Option(help: .said("Only these: unknown, suspect, likelyHit, …", ja: "判断で絞る", value: "word"))
    var assessment: Assessment?
    @Option(help: .said("Only sites of this office.", ja: "営業所で絞る", value: "id"))
    var office: String?
    @Option(name: .customShort("q"), help: .said("Part of the name, kana or id.", ja: "名称・かな・番号の一部", value: "text"))
    var query: String?
    @OptionGroup var page: PageOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let filter = ListFilter([
            "contact": contact?.rawValue, "assessment": assessment?.rawValue, "office": office, "q": query,
        ])
        return try session.list(page, filter, session.api.sites) { sites, hasMore in
            SiteListScreen(sites: sites, hasMore: hasMore).text(on: session.paper)
        }
    }
}

struct SiteShow: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: Help.words("One site with its reasons.", ja: "施設の詳細と理由"))

    @Argument(help: .said("The site's id.", ja: "施設の番号", value: "site"))
    var site: String
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let answer = try session.ask(site) { () throws(APIError) in try session.api.site(site) }
        guard common.output == .table else {
            session.world.output(Session.json(answer.answer))
            return .done
        }
        let recovery = try session.askIfAllowed { () throws(APIError) in try session.api.recovery(of: site).value }
        let screen = SiteScreen(
            site: answer.value, recovery: recovery, engineerNames: try session.engineersIfAllowed().names)
        session.world.output(screen.text(on: session.paper))
        return .done
    }
}

extension Contact: ExpressibleByArgument {}
extension Assessment: ExpressibleByArgument {}
