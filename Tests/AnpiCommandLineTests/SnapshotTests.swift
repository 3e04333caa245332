import AnpiClient
import AnpiModel
import FoundationEssentials
import Testing

@testable import anpi

/// Every screen as readable text under `Snapshots/`, compared byte by byte.
///
/// After a wanted change, record them again with `ANPI_RECORD_SNAPSHOTS=1` and read the difference.
@Suite struct SnapshotTests {
    static let screens: [String] = [
        "queue", "queue-coordinator", "task-show", "task-show-inspect", "task-accept", "task-conflict", "task-why",
        "task-why-draft",
        "damage-set", "damage-set-lost", "loaner-list", "site-list", "site-show", "site-show-lost",
        "site-show-provisional",
        "sheet", "incident-list", "incident-show", "incident-candidate", "engineer-list", "finding-list", "finding-add",
        "token-list",
        "hook-list", "hook-dead", "journal-show", "journal-verify", "fleet-import", "queue-offline",
        "task-show-offline",
        "task-arrive-offline", "sync", "sync-offline",
    ]

    @Test(arguments: screens, [Language.ja, .en])
    func screenIsAsRecorded(name: String, language: Language) throws {
        for width in [100, 60] {
            let text = try Self.text(of: name, on: Bench.paper(language, width))
            try Self.compare(text, with: "\(name).\(language.rawValue).\(width).txt")
        }
    }

    /// Screens that are tables or facts; single sentences are left to the terminal, so that pipes get them whole.
    static let fitted = screens.filter { name in
        ![
            "task-accept", "task-conflict", "finding-add", "damage-set", "damage-set-lost", "journal-verify",
            "fleet-import",
            "task-arrive-offline",
        ]
        .contains(name)
    }

    @Test(arguments: fitted, [Language.ja, .en])
    func noLineIsLongerThanTheTerminal(name: String, language: Language) throws {
        for width in [120, 100, 80, 60] {
            // The sheet has the width of a page, whatever the terminal.
            let limit = name == "sheet" ? SheetScreen.width : width
            for line in try Self.text(of: name, on: Bench.paper(language, width)).split(separator: "\n") {
                // Room for one wide full stop, which may not begin a line.
                #expect(String(line).cellWidth <= limit + 2, "\(name) \(language) \(width): \(line)")
            }
        }
    }

    @Test(arguments: screens, Language.allCases)
    func noPlaceOfASentenceStaysOpen(name: String, language: Language) throws {
        let text = try Self.text(of: name, on: Bench.paper(language, 120))
        #expect(!text.contains(/\{\w+\}/), "\(name) \(language)")
    }

    @Test func sheetFitsOnAPage() throws {
        for language in Language.allCases {
            let text = try Self.text(of: "sheet", on: Bench.paper(language, 100))
            #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= SheetScreen.linesMax)
        }
    }

    @Test func colorOnlyAddsEscapes() throws {
        let plain = try Self.text(of: "site-list", on: Bench.paper(.ja, 100))
        let colored = try Self.text(of: "site-list", on: Bench.paper(.ja, 100, color: true))
        #expect(colored != plain)
        #expect(colored.replacing(/\u{1B}\[[0-9;]*m/, with: "") == plain)
    }

    private static func text(of name: String, on paper: Paper) throws -> String {
        switch name {
        case "queue", "queue-coordinator":
            let isMine = name == "queue"
            return QueueScreen(
                identity: try Bench.decoded(Identity.self, isMine ? "me" : "coordinator"),
                base: isMine ? "静岡保守拠点" : nil,
                tasks: try Bench.decoded(Items<TaskRow>.self, name).items, engineerNames: try engineers().names,
                asOf: Bench.now - .seconds(3)
            ).text(on: paper)
        case "task-show", "task-show-inspect":
            let task = try Bench.decoded(TaskDetail.self, name == "task-show" ? "task" : "task-inspect")
            return TaskScreen(task: task, engineerNames: try engineers().names).text(on: paper)
        case "task-accept":
            let tasks = try Bench.decoded(Items<TaskRow>.self, "queue").items
            var after = tasks[1]
            after.state = "accepted"
            after.engineer = "eng-3"
            let eta = try #require(TimeArgument.parse("14:00", now: Bench.now))
            return TaskChangeScreen(
                request: TransitionRequest(to: "accepted", eta: eta), before: tasks[1], after: after
            ).text(on: paper)
        case "task-conflict":
            let task = try Bench.decoded(TaskDetail.self, "task")
            return TaskChangeScreen.conflict(task, names: try engineers().names, on: paper)
        case "task-why", "task-why-draft", "damage-set", "damage-set-lost", "loaner-list":
            return try text(ofRecovery: name, on: paper)
        case "site-list":
            return SiteListScreen(sites: try Bench.decoded(Items<SiteRow>.self, "sites").items).text(on: paper)
        case "site-show", "site-show-lost", "site-show-provisional":
            // A rung that is chosen, one of a site that has lost every copy, and one that is only believed in.
            var site = try Bench.decoded(SiteDetail.self, "site")
            if name == "site-show-lost" {
                site.row.assessment = "confirmedHit"
                site.more.copies?.removeAll { $0.tier == "offsite" }
            }
            return SiteScreen(
                site: site,
                recovery: try Bench.decoded(Recovery.self, "recovery" + name.dropFirst("site-show".count)),
                engineerNames: try engineers().names
            ).text(on: paper)
        case "sheet":
            return SheetScreen(
                task: try Bench.decoded(TaskDetail.self, "task"), site: try Bench.decoded(SiteDetail.self, "site")
            ).text(on: paper)
        case "queue-offline", "task-show-offline", "task-arrive-offline", "sync", "sync-offline":
            return try FieldScreens.text(of: name, on: paper)
        default:
            return try text(ofList: name, on: paper)
        }
    }

    private static func text(ofRecovery name: String, on paper: Paper) throws -> String {
        switch name {
        case "task-why", "task-why-draft":
            let ending = name == "task-why" ? "" : "-draft"
            return WhyScreen(
                task: try Bench.decoded(TaskDetail.self, "task" + ending),
                why: try Bench.decoded(PlanWhy.self, "why" + ending), engineers: try engineers()
            ).text(on: paper)
        case "damage-set", "damage-set-lost":
            var site = try Bench.decoded(SiteDetail.self, "site").row
            let before = site
            site.assessment = "confirmedHit"
            return DamageSetScreen(
                id: site.id, siteBefore: before, siteAfter: site,
                before: try Bench.decoded(Recovery.self, "recovery-before"),
                after: try Bench.decoded(Recovery.self, name == "damage-set" ? "recovery-after" : "recovery-lost"),
                loaners: try loaners()
            ).text(on: paper)
        default:
            return LoanerListScreen(loaners: try loaners()).text(on: paper)
        }
    }

    private static func loaners() throws -> [LoanerRow] {
        try Bench.decoded(Items<LoanerRow>.self, "loaners").items
    }

    private static func text(ofList name: String, on paper: Paper) throws -> String {
        switch name {
        case "incident-list":
            let list = try Bench.decoded(Items<IncidentRow>.self, "incidents")
            return IncidentListScreen(incidents: list.items, hasMore: list.next != nil).text(on: paper)
        case "incident-show":
            return IncidentScreen(
                incident: try Bench.decoded(IncidentDetail.self, "incident"), engineerNames: try engineers().names
            ).text(on: paper)
        case "incident-candidate":
            return IncidentScreen(incident: try Bench.decoded(IncidentDetail.self, name)).text(on: paper)
        case "engineer-list":
            return EngineerListScreen(engineers: try engineers()).text(on: paper)
        case "finding-list":
            return FindingListScreen(findings: try findings()).text(on: paper)
        case "finding-add":
            let site = try Bench.decoded(SiteDetail.self, "site").row
            return FindingAddedScreen(finding: try #require(try findings().first), site: site).text(on: paper)
        case "token-list":
            return TokenListScreen(tokens: try Bench.decoded(Items<TokenRow>.self, "tokens").items).text(on: paper)
        case "hook-list":
            return HookListScreen(hooks: try Bench.decoded(Items<HookRow>.self, "hooks").items).text(on: paper)
        case "hook-dead":
            let deliveries = try Bench.decoded(Items<DeliveryRow>.self, "deliveries").items
            return DeliveryListScreen(deliveries: deliveries).text(on: paper)
        case "journal-show":
            let rows = try Bench.decoded(Items<JournalRow>.self, "journal").items
            return JournalScreen(rows: rows, next: "anpi journal show --after 10").text(on: paper)
        case "journal-verify":
            return JournalVerdictScreen(verdict: try Bench.decoded(JournalVerdictAnswer.self, "verdict"))
                .text(on: paper)
        case "fleet-import":
            let answer = try Bench.decoded(FleetImportAnswer.self, "fleet-import")
            return FleetImportScreen(answer: answer, isDryRun: true, directory: "fleet").text(on: paper)
        default:
            Issue.record("no screen \(name)")
            return ""
        }
    }

    private static func engineers() throws -> [EngineerRow] {
        try Bench.decoded(Items<EngineerRow>.self, "engineers").items
    }

    private static func findings() throws -> [FindingAnswer] {
        try Bench.decoded(Items<FindingAnswer>.self, "findings").items
    }

    private static func compare(_ text: String, with name: String) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Snapshots/\(name)")
        if ProcessInfo.processInfo.environment["ANPI_RECORD_SNAPSHOTS"] == "1" {
            try Data((text + "\n").utf8).write(to: file)
            return
        }
        let recorded = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        #expect(text + "\n" == recorded, "\(name) differs; ANPI_RECORD_SNAPSHOTS=1 records it again")
    }
}
