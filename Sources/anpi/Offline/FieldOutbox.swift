import AnpiClient
import AnpiModel

/// What was done in the field and waits to be told, in the order in which it was done.
///
/// A pure value: whoever sends asks `next` and reports what came of it. A step that is refused becomes a conflict;
/// whatever was done later at the same task waits behind it until a person has decided, other tasks go on.
struct FieldOutbox: Codable, Hashable, Sendable {
    private(set) var operations: [FieldOperation] = []
    /// At most one of each task, oldest first.
    private(set) var conflicts: [FieldConflict] = []

    /// Some days of hard work; beyond it nothing more is taken.
    static let operationsMax = 500

    /// What came of recording something.
    enum OnRecord: Hashable, Sendable {
        case recorded
        /// Its key is known: it was recorded before, and once is enough.
        case known
        case full
    }

    mutating func recorded(_ operation: FieldOperation) -> OnRecord {
        guard !operations.contains(where: { $0.key == operation.key }) else { return .known }
        guard operations.count < Self.operationsMax else { return .full }
        operations.append(operation)
        if let task = operation.task, conflict(of: task) != nil { tellRoads(of: task) }
        return .recorded
    }

    /// Where nobody gets through is a fact for everybody: it does not wait with the steps of its task for a person.
    private mutating func tellRoads(of task: String) {
        while let index = operations.firstIndex(where: { $0.task == task && $0.step?.road?.isPlaced == true }) {
            guard var request = operations[index].step, let road = request.road else { return }
            request.road = nil
            operations[index].work = .step(request)
            let told = FieldOperation(
                key: operations[index].key + "-road", doneAt: operations[index].doneAt,
                work: .road(road, note: request.note))
            operations.insert(told, at: index + 1)
        }
    }

    /// What is to be sent now; nil where nothing waits but what a person must decide first.
    var next: FieldOperation? {
        operations.first { operation in operation.task.map { conflict(of: $0) == nil } ?? true }
    }

    /// The collector has it. The next step of the same task rests on the version that this one led to.
    ///
    /// Another process may have reported the same already: then nothing changes.
    mutating func delivered(_ key: String, version: Int? = nil) {
        guard let index = operations.firstIndex(where: { $0.key == key }) else { return }
        let operation = operations.remove(at: index)
        guard operation.step != nil, let version, let task = operation.task else { return }
        if let next = operations.firstIndex(where: { $0.task == task && $0.step != nil }) {
            operations[next].version = version
        }
    }

    /// The collector refused it for good: the task waits for a person. What is about no task is let go.
    mutating func refused(_ key: String, _ conflict: FieldConflict) {
        guard let operation = operations.first(where: { $0.key == key }) else { return }
        guard operation.task == conflict.task else {
            operations.removeAll { $0.key == key }
            return
        }
        if self.conflict(of: conflict.task) == nil { conflicts.append(conflict) }
        tellRoads(of: conflict.task)
    }

    /// How a task stands that came to a conflict when nobody could say.
    mutating func learned(_ theirs: FieldConflict.Theirs, of task: String) {
        guard let index = conflicts.firstIndex(where: { $0.task == task && $0.theirs == nil }) else { return }
        conflicts[index].theirs = theirs
    }

    func conflict(of task: String) -> FieldConflict? { conflicts.first { $0.task == task } }

    func operations(of task: String) -> [FieldOperation] { operations.filter { $0.task == task } }

    /// What can go, and does not wait for a person.
    var waiting: [FieldOperation] {
        operations.filter { operation in operation.task.map { conflict(of: $0) == nil } ?? true }
    }

    // MARK: Decided by a person

    /// What came of a decision.
    enum OnResolution: Hashable, Sendable {
        case resolved
        /// Nothing of the task waits for a decision.
        case noConflict
        /// No step of ours leads on from where the task is: only the other side can be kept.
        case cannotStand
    }

    /// The other side stands: our steps at the task are not carried out, and what was refused is let go.
    ///
    /// Notes and photos that waited behind it are facts of their own and are sent all the same.
    ///
    /// - Parameter tellingOf: Makes the note that tells of our steps in the task's journal; not asked where there were
    ///   none, so that a note that is refused does not lead to the next.
    mutating func keptTheirs(_ task: String, tellingOf: ([FieldOperation]) -> FieldOperation) -> OnResolution {
        guard let conflict = conflict(of: task) else { return .noConflict }
        conflicts.removeAll { $0.task == task }
        let place = operations.firstIndex { $0.task == task } ?? operations.endIndex
        let steps = operations(of: task).filter { $0.step != nil }
        operations.removeAll { $0.task == task && ($0.step != nil || $0.key == conflict.key) }
        if !steps.isEmpty { operations.insert(tellingOf(steps), at: min(place, operations.endIndex)) }
        return .resolved
    }

    /// Our side stands: the first of our steps that leads on from where the task is now is sent anew, resting on the
    /// version that the person saw; what they did stays in the journal.
    ///
    /// - Parameters:
    ///   - key: A new one, since the collector answers the old one as it did.
    ///   - note: What the person adds to the step.
    ///   - tellingOf: Makes the note of the steps that lead nowhere any more.
    mutating func keptMine(
        _ task: String, key: String, note: String?, tellingOf: ([FieldOperation]) -> FieldOperation
    ) -> OnResolution {
        guard let conflict = conflict(of: task) else { return .noConflict }
        let mine = operations(of: task).filter { $0.step != nil }
        guard mine.contains(where: { $0.key == conflict.key }),
            let state = conflict.theirs.flatMap({ TaskState(rawValue: $0.state) }),
            let chosen = mine.first(where: { $0.step?.leadsOn(from: state) == true }),
            let place = operations.firstIndex(of: chosen), var request = chosen.step
        else { return .cannotStand }
        conflicts.removeAll { $0.task == task }
        if state == .cancelled { request.despiteCancellation = true }
        if let note { request.note = [request.note, note].compactMap(\.self).joined(separator: " / ") }
        operations[place].key = key
        operations[place].version = conflict.theirs?.version
        operations[place].work = .step(request)
        let before = Array(mine.prefix { $0.key != chosen.key })
        guard !before.isEmpty else { return .resolved }
        operations.insert(tellingOf(before), at: place)
        operations.removeAll { operation in before.contains { $0.key == operation.key } }
        return .resolved
    }
}

extension TransitionRequest {
    /// Whether a task in `state` can go where this asks for. A cancelled one only to its end, which a person must wish.
    func leadsOn(from state: TaskState) -> Bool {
        switch (to, state) {
        case ("declined", .offered), ("done", .cancelled), ("failed", .cancelled): true
        default: state.successors.contains { $0.rawValue == to }
        }
    }
}
