import AnpiClient
import AnpiModel
import ArgumentParser

/// `anpi queue`.
struct QueueCommand: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: Help.words("What is yours to do, and the next step.", ja: "自分の作業と次の一手"))

    @OptionGroup var page: PageOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let filter = ListFilter(limit: page.limit, cursor: page.cursor)
        guard common.output == .table else {
            session.world.output(
                Session.json(try session.ask { () throws(APIError) in try session.api.queue(filter).answer }))
            return .done
        }
        let queue = try session.ask { () throws(APIError) in
            try Session.rows(page.limit ?? Session.usualRows, filter, session.api.queue)
        }
        let identity = try session.ask { () throws(APIError) in try session.api.identity() }
        let engineers = try session.engineersIfAllowed()
        let base = engineers.first { $0.id == identity.value.engineer }?.base
        let screen = QueueScreen(
            identity: identity.value, base: base, tasks: queue.items, engineerNames: engineers.names,
            asOf: queue.last?.asOf, hasMore: queue.hasMore)
        session.world.output(screen.text(on: session.paper))
        return .done
    }
}
