import AnpiClient
import AnpiModel
import ArgumentParser

/// `anpi hook …`.
struct HookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hook", abstract: Help.words("Webhooks and what they could not deliver.", ja: "通知先（Webhook）"),
        subcommands: [HookList.self, HookDead.self, HookRetry.self])
}

struct HookList: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: Help.words("Hooks and their queues.", ja: "通知先の一覧"))

    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let answer = try session.ask { () throws(APIError) in try session.api.hooks() }
        session.show(answer.answer, HookListScreen(hooks: answer.value.items).text(on: session.paper))
        return .done
    }
}

struct HookDead: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead", abstract: Help.words("Deliveries that were given up.", ja: "届かなかった通知"))

    @OptionGroup var page: PageOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        try session.list(page, ListFilter(["state": "dead"]), session.api.deliveries) { deliveries, hasMore in
            DeliveryListScreen(deliveries: deliveries, hasMore: hasMore).text(on: session.paper)
        }
    }
}

struct HookRetry: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: Help.words("Deliver it again.", ja: "もう一度届ける"))

    @Argument(help: .said("The delivery, as in anpi hook dead.", ja: "通知の番号（anpi hook dead のもの）", value: "delivery"))
    var delivery: String
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let answer = try session.change(delivery, operation: change.operation) { (change) throws(APIError) in
            try session.api.retryDelivery(delivery, change: change)
        }
        let said = session.words("cli.hook.retried", ["delivery": delivery])
        session.show(answer, said + "    " + session.paper.next("anpi hook list"))
        return .done
    }
}
