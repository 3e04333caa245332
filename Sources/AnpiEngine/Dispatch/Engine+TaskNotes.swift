package import AnpiModel

/// Whether somebody may add a note or a photo to a task.
package enum TaskAddition: Hashable, Sendable {
    case allowed
    /// There is no such task, or none in the offices of who asks.
    case unknown
    /// Why not.
    case refused(String)
    /// As many photos as a task may have are there.
    case full
}

extension Engine {
    /// Whether `actor` may add notes and photos: whoever has the task, was ever asked about it, or coordinates; also
    /// when it is over, because what was seen on site may come late.
    package func mayAdd(to id: TaskID, by actor: Command.Actor) -> TaskAddition {
        guard let task = tasks[id.number], actor.mayAct(for: index.office(of: Int(task.site))?.id) else {
            return .unknown
        }
        switch actor.role {
        case .admin, .coordinator: return .allowed
        case .engineer:
            let own = actor.engineer.flatMap { index.number(of: $0) }.map(Int32.init)
            let isTheirs =
                own != nil
                && (task.engineer == own || task.offer?.engineer == own
                    || task.ended.contains { $0.offer.engineer == own })
            return isTheirs ? .allowed : .refused("\(id) is not yours")
        case .viewer, .agent, .ping: return .refused("\(actor.role.rawValue) may not change tasks")
        }
    }

    /// The same for one photo; one that the task has already is always welcome again.
    package func mayAdd(photo digest: String, to id: TaskID, by actor: Command.Actor) -> TaskAddition {
        let addition = mayAdd(to: id, by: actor)
        guard case .allowed = addition, let task = tasks[id.number], !task.has(photo: digest) else { return addition }
        return task.photos.count < TaskPhoto.countMax ? .allowed : .full
    }

    /// `POST /v1/tasks/{id}/notes`: a line of the journal; the task stays as it is, and so does its version.
    mutating func addNote(
        _ added: TaskNote, to id: TaskID, by command: Command, into step: inout Step
    ) -> Answer {
        if let refusal = refusal(mayAdd(to: id, by: command.actor), of: id) { return refusal }
        tell("command.taskNote", of: id, by: command, [.init("note", .string(added.text))], added.doneAt, into: &step)
        return .done(taskJSON(id.number), version: tasks[id.number]?.version)
    }

    /// `PUT /v1/tasks/{id}/photos/{digest}`: the photo is the task's from now on; once, however often it is sent.
    mutating func addPhoto(
        _ photo: TaskPhoto, to id: TaskID, by command: Command, into step: inout Step
    ) -> Answer {
        if let refusal = refusal(mayAdd(photo: photo.digest, to: id, by: command.actor), of: id) { return refusal }
        if tasks[id.number]?.has(photo: photo.digest) == false {
            let at = command.doneAt(photo.doneAt) ?? now
            tasks[id.number]?.photos.append(TaskRecord.Photo(photo: photo, at: at, by: command.actor.name))
            tell(
                "command.taskPhoto", of: id, by: command,
                [
                    .init("photo", .string(photo.digest)), .init("bytes", .integer(photo.bytes)),
                    .init("type", .word(photo.type)),
                ], photo.doneAt, into: &step)
        }
        return .done(taskJSON(id.number), version: tasks[id.number]?.version)
    }

    private func refusal(_ addition: TaskAddition, of id: TaskID) -> Answer? {
        switch addition {
        case .allowed: nil
        case .unknown: .notFound("no task \(id)")
        case .refused(let reason): .notAllowed(reason)
        case .full: .conflict("\(id) has \(TaskPhoto.countMax) photos, as many as a task may have")
        }
    }

    private mutating func tell(
        _ kind: String, of id: TaskID, by command: Command, _ members: [JSON.Member], _ doneAt: Timestamp?,
        into step: inout Step
    ) {
        guard let task = tasks[id.number] else { return }
        step.changed.insert(.task(id))
        note(
            kind, command, site: Int(task.site), incident: Int(task.incident), task: id.number,
            body: .object(
                [.init("task", .id(id))] + members + [.init("doneAt", .time(command.doneAt(doneAt)))]),
            into: &step)
    }

    /// Where a photo of a task is described; nil where the task has none of this digest.
    package func photo(_ digest: String, of id: TaskID, scope: Scope) -> TaskPhoto? {
        guard let task = tasks[id.number], scope.contains(index.office(of: Int(task.site))?.id) else { return nil }
        return task.photos.first { $0.photo.digest == digest }?.photo
    }

    func photos(of task: TaskRecord) -> [JSON] {
        task.photos.map {
            [
                "digest": .string($0.photo.digest), "bytes": .integer($0.photo.bytes), "type": .word($0.photo.type),
                "at": .time($0.at), "by": .string($0.by),
            ]
        }
    }
}
