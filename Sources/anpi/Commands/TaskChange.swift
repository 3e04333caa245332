import AnpiClient
import AnpiModel

/// One step of a task: asks, tells what changed and what is next, and says who was faster where somebody was.
struct TaskChange {
    var id: String
    var request: TransitionRequest
    var operation: String?

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        // What is known before: its version guards against somebody else's step in between, its offer tells the time left.
        let before = try session.ask(id, beforeChange: true) { () throws(APIError) in try session.api.task(id) }.value
        return try run(in: session, before: before)
    }

    func run(in session: Session, before: TaskDetail) throws(Complaint) -> ExitStatus {
        let change = APIClient.Change(
            operation: operation ?? session.world.drawKey(), expectedVersion: before.row.version)
        do {
            let after = try session.api.transitionTask(id, request, change: change)
            let screen = TaskChangeScreen(request: request, before: before.row, after: after.value.row)
            session.show(after.answer, screen.text(on: session.paper))
            return .done
        } catch {
            guard error.code == .conflict else { throw session.complaint(error, id, isChange: true) }
            throw try conflict(error, before: before, session)
        }
    }

    /// The answer of the collector says that it is a conflict; the task itself says with whom.
    private func conflict(_ error: APIError, before: TaskDetail, _ session: Session) throws(Complaint) -> Complaint {
        let now = try session.askIfAllowed { () throws(APIError) in try session.api.task(id).value } ?? before
        let names = try session.engineersIfAllowed().names
        let sentence = TaskChangeScreen.conflict(now, names: names, on: session.paper)
        return Complaint(.conflict, [sentence, error.problem?.detail])
    }
}
