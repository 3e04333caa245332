import AnpiClient
import AnpiModel
import FoundationEssentials

/// The field side of one run of the program: the engineer's own store, and whether the collector can be reached.
///
/// Only engineers have one: offline writes are for one's own tasks. A drill has none, since it is no work that could be
/// lost.
final class Field {
    private let files: Files
    private let root: String
    private let collector: String
    private let tokenPath: String
    /// Who the token speaks for; nil until the collector has said so once.
    private(set) var identity: Identity?
    /// Nil as long as nobody has said whose it would be.
    private(set) var store: FieldStore?
    /// Why the collector cannot be reached; once that is known, nothing in this run waits for it again.
    private(set) var outOfReach: APIError?

    /// Nil where the token is not an engineer's.
    init?(settings: Settings, environment: [String: String], files: Files) {
        // `anpi_<role>_<id>_<secret>`: the id is no secret, and tells the tokens of one machine apart.
        let parts = (settings.token ?? "").split(separator: "_", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "anpi", parts[1] == Role.engineer.rawValue else { return nil }
        self.files = files
        root = FieldStore.root(environment)
        collector = settings.collector
        tokenPath = FieldStore.folder(root, collector) + "/token-" + FieldStore.name(String(parts[2])) + ".json"
        guard let bytes = try? files.read(tokenPath), let kept = FieldStore.Kept(bytes) else { return }
        open(kept)
    }

    /// The collector has said who the token speaks for.
    func learned(_ answer: APIClient.Answer, at now: Timestamp) {
        let kept = FieldStore.Kept(at: now, body: answer.body)
        open(kept)
        // Written only where it is news: every queue asks.
        if let bytes = try? files.read(tokenPath), FieldStore.Kept(bytes)?.body == answer.body { return }
        try? files.keep(tokenPath, kept.bytes)
    }

    private func open(_ kept: FieldStore.Kept) {
        guard let identity = kept.value(Identity.self), let engineer = identity.engineer else { return }
        self.identity = identity
        store = FieldStore(root: root, collector: collector, engineer: engineer, files: files)
    }

    /// Whether the collector was not reached; then it is not asked again.
    func wasLost(_ error: APIError) -> Bool {
        guard error.isOutOfReach else { return false }
        outOfReach = error
        return true
    }

    /// Whether a task is the engineer's own: theirs, or offered to them.
    func isOwn(_ task: TaskRow) -> Bool {
        guard let me = identity?.engineer else { return false }
        return task.engineer == me || task.offer?.engineer == me
    }
}

extension APIError {
    /// No answer came: what every HTTP status is not.
    var isOutOfReach: Bool { code == .unreachable || code == .unanswered }
}

extension Session {
    /// Whether this run has found that the collector cannot be reached.
    var isOutOfReach: Bool { field?.outOfReach != nil }

    /// Who asks; kept, so that the engineer is known without a signal too.
    func identity() throws(APIError) -> Identity {
        let read = try api.identity()
        field?.learned(read.answer, at: world.now())
        return read.value
    }

    /// Finds out whose store it is where that is not known yet; without an answer there is none.
    func meet() {
        guard let field, field.store == nil, !isOutOfReach else { return }
        _ = try? identity()
    }

    /// A task; without a signal as it was kept, with what was done since.
    func task(_ id: String, beforeChange: Bool = false) throws(Complaint) -> Recalled<TaskDetail> {
        if !isOutOfReach {
            do {
                let read = try api.task(id)
                field?.store?.keep(FieldStore.task(id), .init(at: world.now(), body: read.answer.body))
                return Recalled(value: read.value, body: read.answer.body, keptAt: nil)
            } catch {
                guard field?.store != nil, field?.wasLost(error) == true else {
                    throw complaint(error, id, isChange: beforeChange)
                }
            }
        }
        guard let store = field?.store, let kept = store.kept(FieldStore.task(id)),
            var detail = kept.value(TaskDetail.self)
        else { throw notKept(id, isChange: beforeChange) }
        detail.row = try outbox(of: store).projected(store.newestRow(of: id, or: detail.row, at: kept.at))
        return Recalled(value: detail, body: kept.body, keptAt: kept.at)
    }

    /// The row of a task as it was kept, with what was done since; the queue knows tasks that were never looked at.
    func keptRow(_ id: String) throws(Complaint) -> TaskRow {
        guard let store = field?.store else { throw notKept(id, isChange: true) }
        let queue = store.keptQueue()
        let listed = queue?.items.first { $0.id == id }
        let shown = store.kept(FieldStore.task(id)).flatMap { kept in
            kept.value(TaskDetail.self).map { (row: $0.row, at: kept.at) }
        }
        let known: (row: TaskRow, at: Timestamp)?
        if let listed, let queue, queue.at >= shown?.at ?? queue.at {
            known = (listed, queue.at)
        } else {
            known = shown
        }
        guard let known else { throw notKept(id, isChange: true) }
        return store.newestRow(of: id, or: known.row, at: known.at)
    }

    /// What waits to be told; a damaged file is said, never taken for an empty one.
    func outbox(of store: FieldStore) throws(Complaint) -> FieldOutbox {
        do { return try store.outbox() } catch { throw trouble(error) }
    }

    /// What waits to be told; nothing for those who keep nothing here.
    func keptOutbox() throws(Complaint) -> FieldOutbox {
        guard let store = field?.store else { return FieldOutbox() }
        return try outbox(of: store)
    }

    /// Changes what waits to be told.
    @discardableResult
    func changeOutbox<Result>(_ body: (inout FieldOutbox) -> Result) throws(Complaint) -> Result {
        guard let store = field?.store else { throw Complaint(.unavailable, [words("cli.field.unknownHere")]) }
        do { return try store.change(body) } catch { throw trouble(error) }
    }

    func trouble(_ trouble: FieldStore.Trouble) -> Complaint {
        Complaint(.failed, [words("cli.field.trouble", ["file": trouble.path]), words("cli.error.nothingStored")])
    }

    /// Without a signal there is only what was kept.
    func notKept(_ subject: String?, isChange: Bool) -> Complaint {
        let error = field?.outOfReach ?? APIError(code: .unreachable)
        var complaint = complaint(error, subject, isChange: isChange)
        if let subject { complaint.lines.append(words("cli.field.notKept", ["task": subject])) }
        return complaint
    }

    /// An answer, or what was kept of an earlier one.
    struct Recalled<Value> {
        var value: Value
        /// The answer as it came.
        var body: [UInt8]
        /// When it was kept; nil where it is fresh.
        var keptAt: Timestamp?
    }
}

extension FieldStore {
    /// The last whole queue, and when it was.
    func keptQueue() -> (items: [TaskRow], at: Timestamp)? {
        guard let kept = kept(Self.queue), let list = kept.value(Items<TaskRow>.self) else { return nil }
        return (list.items, kept.at)
    }

    /// What the collector said of a task last: `row` of that time, or the answer to a step after it.
    func newestRow(of id: String, or row: TaskRow, at: Timestamp) -> TaskRow {
        guard let kept = kept(Self.row(id)), kept.at >= at, let newer = kept.value(TaskRow.self) else { return row }
        return newer
    }

    /// The answer to a step.
    static func row(_ id: String) -> String { rowPrefix + id }
}

extension FieldOutbox {
    /// The task as it will be once what was done has been told.
    func projected(_ row: TaskRow) -> TaskRow {
        var row = row
        for request in operations(of: row.id).compactMap(\.step) {
            row.state = request.to == "declined" ? TaskState.draft.rawValue : request.to
            row.reason = request.reason.map { .text($0) }
            row.retryAt = request.retryAt
            if let eta = request.eta { row.eta = eta }
            switch request.to {
            case "accepted":
                row.engineer = row.engineer ?? row.offer?.engineer
                row.offer = nil
            case "declined", "draft": (row.engineer, row.engineerName, row.offer) = (nil, nil, nil)
            case "onSite": row.eta = nil
            default: break
            }
        }
        return row
    }

    /// The going-on state in which a task was when it was blocked here; nil where it was not blocked here.
    func stateBeforeTheBlock(of task: String) -> String? {
        let steps = operations(of: task).compactMap { $0.step?.to }
        guard let block = steps.lastIndex(of: TaskState.blocked.rawValue) else { return nil }
        return steps[..<block].last
    }
}
