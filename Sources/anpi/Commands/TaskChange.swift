import AnpiClient
import AnpiModel

/// One step of a task with what belongs to it: asks, tells what changed and what is next, and says who was faster where
/// somebody was. Without a signal it is recorded on this machine instead.
struct TaskChange {
    var id: String
    var request: TransitionRequest
    var operation: String?
    var photos: [FieldPhoto] = []

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        if try session.mustRecord(id) { return try record(in: session) }
        // What is known before: its version guards against somebody else's step in between, its offer tells the time left.
        let before = try session.task(id, beforeChange: true)
        return before.keptAt == nil ? try run(in: session, before: before.value) : try record(in: session)
    }

    func run(in session: Session, before: TaskDetail) throws(Complaint) -> ExitStatus {
        if try session.mustRecord(id) { return try record(in: session) }
        let change = APIClient.Change(
            operation: operation ?? session.world.drawKey(), expectedVersion: before.row.version)
        let after: APIClient.Read<TaskDetail>
        do { after = try session.workAPI.transitionTask(id, request, change: change) } catch {
            // The line broke on the way: the same key makes it one step, whether it arrived or not.
            if session.field?.store != nil, session.field?.wasLost(error) == true {
                return try record(in: session, asSent: change)
            }
            guard error.code == .conflict else { throw session.complaint(error, id, isChange: true) }
            throw try conflict(error, before: before, session)
        }
        session.field?.store?.keep(FieldStore.row(id), .init(at: session.world.now(), body: after.answer.body))
        let screen = TaskChangeScreen(request: request, before: before.row, after: after.value.row)
        session.show(after.answer, screen.text(on: session.paper))
        return try additions(after: change.operation).run(in: session)
    }

    private func additions(after key: String) -> TaskAdditions {
        TaskAdditions(id: id, photos: photos, operation: key)
    }

    /// The answer of the collector says that it is a conflict; the task itself says with whom.
    private func conflict(_ error: APIError, before: TaskDetail, _ session: Session) throws(Complaint) -> Complaint {
        let now = try session.askIfAllowed { () throws(APIError) in try session.api.task(id).value } ?? before
        let names = try session.engineersIfAllowed().names
        let sentence = TaskChangeScreen.conflict(now, names: names, on: session.paper)
        return Complaint(.conflict, [sentence, error.problem?.detail])
    }

    // MARK: Without a signal

    /// - Parameter change: What was sent and perhaps arrived; it is sent again as it was.
    private func record(in session: Session, asSent change: APIClient.Change? = nil) throws(Complaint) -> ExitStatus {
        guard let store = session.field?.store else { throw session.notKept(id, isChange: true) }
        let doneAt = session.world.now()
        let before = try session.keptRow(id)
        let waiting = try session.outbox(of: store)
        let seen = waiting.projected(before)
        try check(seen, in: session)
        var sent = request
        if change == nil { sent.doneAt = doneAt }
        let key = change?.operation ?? operation ?? session.world.drawKey()
        let isFirst = !waiting.operations(of: id).contains { $0.step != nil }
        let step = FieldOperation(
            key: key, task: id, doneAt: doneAt, version: change?.expectedVersion ?? (isFirst ? before.version : nil),
            work: .step(sent))
        let operations = [step] + additions(after: key).operations(at: doneAt)
        let outbox = try session.record(operations, photos: photos)
        let status: ExitStatus = outbox.conflict(of: id) == nil ? .done : .conflict
        guard session.options.output == .table else {
            session.world.output(Session.recordedJSON(operations, outbox))
            return status
        }
        let screen = TaskChangeScreen(request: request, before: seen, after: outbox.projected(before))
        session.world.output(session.recordedSentence(id, at: doneAt, outbox))
        session.world.output(screen.text(on: session.paper))
        return status
    }

    /// What the collector would refuse anyway is not recorded.
    private func check(_ seen: TaskRow, in session: Session) throws(Complaint) {
        let isOthers = request.onBehalfOf.map { $0 != session.field?.identity?.engineer } ?? false
        guard session.field?.isOwn(seen) == true, !isOthers, !["cancelled", "offered"].contains(request.to) else {
            throw Complaint(
                .notAllowed,
                [session.words("cli.field.onlyOwn", ["task": id]), session.words("cli.error.nothingStored")])
        }
        guard let state = TaskState(rawValue: seen.state), state != .cancelled, request.leadsOn(from: state) else {
            let state = session.words.term(.taskState, seen.state)
            throw Complaint(.conflict, [session.words("cli.task.isNow", ["task": id, "state": state, "details": ""])])
        }
    }
}
