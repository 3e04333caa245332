import AnpiClient
import AnpiModel

/// What came of telling the collector what waits.
struct FieldReport {
    /// In the order in which it was told.
    var delivered: [FieldOperation] = []
    /// What was refused and is about no task that could wait for a person, with the reason.
    var letGo: [(operation: FieldOperation, reason: String?)] = []
    /// Why it stopped before the end, where the collector answered but does not take it now.
    var stopped: APIError?
}

extension Session {
    /// Tells the collector what was done, in the order in which it was done, as far as it goes.
    ///
    /// After each answer the outbox is written: whoever kills the program loses nothing, and what was told but not
    /// struck out is told again under its key.
    func deliver() throws(Complaint) -> FieldReport {
        var report = FieldReport()
        guard let store = field?.store else { return report }
        for conflict in try outbox(of: store).conflicts where conflict.theirs == nil {
            guard let theirs = try theirs(of: conflict.task) else { continue }
            try changeOutbox { $0.learned(theirs, of: conflict.task) }
        }
        while !isOutOfReach, report.stopped == nil, let operation = try outbox(of: store).next {
            let answer = Result { () throws(APIError) in try send(operation, from: store) }
            switch answer {
            case .success(let version):
                try changeOutbox { $0.delivered(operation.key, version: version) }
                if case .photo(let digest, _) = operation.work { store.removePhoto(digest) }
                report.delivered.append(operation)
            case .failure(let error):
                if field?.wasLost(error) == true { break }
                guard error.isRefusal else {
                    report.stopped = error
                    break
                }
                let conflict = try conflict(of: operation, error)
                try changeOutbox { $0.refused(operation.key, conflict) }
                if operation.task == nil { report.letGo.append((operation, conflict.detail)) }
            }
        }
        return report
    }

    /// Sends one operation; gives the version of the task after a step.
    func send(_ operation: FieldOperation, from store: FieldStore) throws(APIError) -> Int? {
        let change = APIClient.Change(operation: operation.key, expectedVersion: operation.version)
        let task = operation.task ?? ""
        switch operation.work {
        case .step(let request):
            let after = try workAPI.transitionTask(task, request, change: change)
            store.keep(FieldStore.row(task), .init(at: world.now(), body: after.answer.body))
            return after.value.row.version
        case .note(let text, let doneAt):
            _ = try workAPI.addNote(text, to: task, doneAt: doneAt, change: change)
        case .photo(let digest, let type):
            guard let bytes = store.photo(digest) else {
                throw APIError(code: .invalid, problem: .init(detail: words("cli.field.photoGone")))
            }
            _ = try workAPI.addPhoto(
                bytes, digest: digest, type: type, to: task, doneAt: operation.doneAt, change: change)
        case .road(let road, let note):
            let draft = road.finding(text: note, observedAt: operation.doneAt)
            _ = try workAPI.addFinding(draft, change: change)
        }
        return nil
    }

    /// The other side of a refusal: how the task stands, and who brought it there.
    private func conflict(of operation: FieldOperation, _ error: APIError) throws(Complaint) -> FieldConflict {
        let task = operation.task ?? ""
        var conflict = FieldConflict(
            task: task, key: operation.key, detail: error.problem?.detail ?? error.problem?.title ?? error.detail)
        if operation.task != nil { conflict.theirs = try theirs(of: task) }
        return conflict
    }

    /// Nil where the collector does not tell, or cannot be reached.
    private func theirs(of task: String) throws(Complaint) -> FieldConflict.Theirs? {
        guard let now = try askIfAllowed({ () throws(APIError) in try api.task(task) }) else { return nil }
        field?.store?.keep(FieldStore.task(task), .init(at: world.now(), body: now.answer.body))
        return FieldConflict.Theirs(
            of: now.value, names: try engineersIfAllowed().names, in: words, moments: paper.moments)
    }
}

extension FieldConflict.Theirs {
    /// How the task stands, and of its timeline who did that and when.
    init(of task: TaskDetail, names: [String: String], in words: Words, moments: Moments) {
        let row = task.row
        let lines = (task.more.timeline ?? []).newest(.max).filter {
            $0.details.state == row.state || $0.details.to == row.state
        }
        // The command names the person; the decision that followed from it only the time.
        let line = lines.first { $0.actor != nil } ?? lines.first
        self.init(
            state: row.state, version: row.version, by: line?.actor.map { names[$0] ?? $0 }, at: line?.at,
            reason: words.sentence(row.reason, moments).map { words.reason($0) })
    }
}

extension APIError {
    /// The collector itself has said no, and will say it again: not something between us and it, and not for now only.
    fileprivate var isRefusal: Bool {
        switch code {
        case .conflict, .notAllowed, .notFound, .invalid: problem != nil
        case .unreachable, .unanswered, .insecure, .notSignedIn, .busy, .unexpected, .notUnderstood: false
        }
    }
}
