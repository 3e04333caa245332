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
        session.meet()
        guard !session.isOutOfReach else { return try recall(in: session) }
        let filter = ListFilter(limit: page.limit, cursor: page.cursor)
        do {
            if common.output == .json {
                session.world.output(Session.json(try ask(filter, in: session).answer))
                return .done
            }
            let queue = try Session.rows(page.limit ?? Session.usualRows, filter) { (filter) throws(APIError) in
                try ask(filter, in: session)
            }
            let identity = try session.identity()
            try show(queue.items, identity, asOf: queue.last?.asOf, hasMore: queue.hasMore, in: session)
            return .done
        } catch let error as APIError {
            guard session.field?.store != nil, session.field?.wasLost(error) == true else {
                throw session.complaint(error, nil, isChange: false)
            }
            return try recall(in: session)
        } catch let complaint as Complaint {
            throw complaint
        } catch {
            throw Complaint(.failed, ["\(error)"])
        }
    }

    /// One page; the whole queue is kept for when there is no signal.
    private func ask(_ filter: ListFilter, in session: Session) throws(APIError) -> APIClient.Read<Items<TaskRow>> {
        let read = try session.api.queue(filter)
        if filter.cursor == nil, page.limit == nil, read.value.next == nil {
            session.keepQueue(read.value.items, read.answer)
        }
        return read
    }

    private func show(
        _ tasks: [TaskRow], _ identity: Identity, asOf: Timestamp?, hasMore: Bool, keptAt: Timestamp? = nil,
        in session: Session
    ) throws(Complaint) {
        let engineers = try session.engineersIfAllowed()
        let base = engineers.first { $0.id == identity.engineer }?.base
        let outbox = try session.keptOutbox()
        let screen = QueueScreen(
            identity: identity, base: base, tasks: tasks, engineerNames: engineers.names, asOf: asOf, hasMore: hasMore,
            keptAt: keptAt, outbox: outbox)
        session.world.output(screen.text(on: session.paper))
    }

    /// The queue as it was kept, with what was done since.
    private func recall(in session: Session) throws(Complaint) -> ExitStatus {
        guard let store = session.field?.store, let identity = session.field?.identity,
            let kept = store.kept(FieldStore.queue), let queue = store.keptQueue()
        else { throw session.notKept(nil, isChange: false) }
        guard common.output == .table else {
            session.world.output(Session.json(kept.body))
            return .done
        }
        let outbox = try session.outbox(of: store)
        let tasks = queue.items.map { outbox.projected(store.newestRow(of: $0.id, or: $0, at: queue.at)) }.filter {
            // What is over stays in sight until it has been told.
            TaskState(rawValue: $0.state)?.isFinal != true || !outbox.operations(of: $0.id).isEmpty
        }
        try show(tasks, identity, asOf: nil, hasMore: false, keptAt: queue.at, in: session)
        return .done
    }
}

extension Session {
    /// Tasks of the queue whose details are looked up in advance at most: nobody has more than that before them.
    static let detailsMax = 20
    /// Notes of others do not change a task's version: what was kept longer ago is looked up again.
    static let detailsLast: Duration = .seconds(300)

    /// Keeps the whole queue, and of each task what one needs to know before driving: later there may be no signal.
    func keepQueue(_ tasks: [TaskRow], _ answer: APIClient.Answer) {
        guard let store = field?.store else { return }
        store.keep(FieldStore.queue, .init(at: world.now(), body: answer.body))
        let unsent = (try? store.outbox())?.operations.compactMap(\.task) ?? []
        store.forgetTasks(but: Set(tasks.map(\.id) + unsent))
        for task in tasks.prefix(Self.detailsMax) {
            let kept = store.kept(FieldStore.task(task.id))
            let isFresh = kept.map { world.now() - $0.at < Self.detailsLast } ?? false
            if isFresh, kept?.value(TaskRow.self)?.version == task.version { continue }
            guard let detail = try? api.task(task.id) else { return }
            store.keep(FieldStore.task(task.id), .init(at: world.now(), body: detail.answer.body))
        }
    }
}
