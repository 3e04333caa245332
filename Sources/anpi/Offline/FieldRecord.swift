import AnpiClient
import AnpiDigest
import AnpiModel

/// A photo that was named on the command line, read and checked.
struct FieldPhoto: Hashable, Sendable {
    var bytes: [UInt8]
    var digest: String
    var type: PhotoType

    /// Reads photos, or says which of them is none: before anything is changed.
    static func read(_ paths: [String], in session: Session) throws(Complaint) -> [FieldPhoto] {
        var photos: [FieldPhoto] = []
        guard paths.count <= TaskPhoto.countMax else {
            throw Complaint(
                .usage,
                [session.words("cli.photo.tooMany", ["n": String(TaskPhoto.countMax)]), session.nothingStored])
        }
        for path in paths {
            let bytes: [UInt8]?
            do { bytes = try session.world.files.read(path) } catch { bytes = nil }
            guard let bytes else { throw session.refusal(of: path, "cli.photo.unreadable") }
            guard bytes.count <= TaskPhoto.bytesMax else { throw session.refusal(of: path, "cli.photo.tooLarge") }
            guard let type = PhotoType(of: bytes) else { throw session.refusal(of: path, "cli.photo.notOne") }
            let photo = FieldPhoto(bytes: bytes, digest: Hexadecimal.encode(SHA256.hash(bytes)), type: type)
            if !photos.contains(photo) { photos.append(photo) }
        }
        return photos
    }
}

extension Session {
    fileprivate var nothingStored: String { words("cli.error.nothingStored") }

    fileprivate func refusal(of path: String, _ key: String) -> Complaint {
        Complaint(
            .usage,
            [words(key, ["file": path, "megabytes": String(TaskPhoto.bytesMax >> 20)]), nothingStored])
    }

    /// Whether a change of this task must wait its turn in the outbox: without a signal, or behind what was done before.
    func mustRecord(_ task: String) throws(Complaint) -> Bool {
        guard let store = field?.store else { return false }
        if isOutOfReach { return true }
        return try !outbox(of: store).operations(of: task).isEmpty
    }

    /// Writes down what was done, in this order and durably; gives what the outbox then holds.
    func record(_ operations: [FieldOperation], photos: [FieldPhoto] = []) throws(Complaint) -> FieldOutbox {
        guard let store = field?.store else { throw notKept(nil, isChange: true) }
        // Bytes before what names them.
        for photo in photos {
            do { try store.keepPhoto(photo.bytes, digest: photo.digest) } catch { throw trouble(error) }
        }
        let (isFull, outbox) = try changeOutbox { outbox -> (Bool, FieldOutbox) in
            let before = outbox
            for operation in operations where outbox.recorded(operation) == .full {
                // Whole or not at all: half of what was done is not what was done.
                outbox = before
                return (true, outbox)
            }
            return (false, outbox)
        }
        guard !isFull else {
            throw Complaint(
                .tryAgain, [words("cli.field.full", ["n": String(FieldOutbox.operationsMax)]), nothingStored])
        }
        return outbox
    }

    /// That something was recorded and not told yet, and why not.
    func recordedSentence(_ task: String?, at doneAt: Timestamp, _ outbox: FieldOutbox) -> String {
        let isBehindConflict = task.flatMap { outbox.conflict(of: $0) } != nil
        let key =
            isBehindConflict
            ? "cli.field.recordedBehindConflict" : isOutOfReach ? "cli.field.recorded" : "cli.field.recordedBehind"
        return words(
            key,
            [
                "time": paper.moments.short(doneAt), "n": String(outbox.operations.count), "task": task ?? "",
            ])
    }

    /// What was recorded, for programs.
    static func recordedJSON(_ operations: [FieldOperation], _ outbox: FieldOutbox) -> String {
        JSON.object([
            .init("recorded", .array(operations.map(\.json))), .init("unsent", .integer(outbox.operations.count)),
        ]).text
    }
}

extension FieldOperation {
    /// As `-o json` shows it.
    var json: JSON {
        var members: [JSON.Member] = [.init("operation", .string(key)), .init("task", .optional(task))]
        switch work {
        case .step(let request):
            members += [.init("kind", "step"), .init("to", .string(request.to))]
            if let road = request.road { members.append(.init("road", road.json)) }
        case .note(let text, _): members += [.init("kind", "note"), .init("text", .string(text))]
        case .photo(let digest, _): members += [.init("kind", "photo"), .init("photo", .string(digest))]
        case .road(let road, _): members += [.init("kind", "road"), .init("road", road.json)]
        }
        return .object(members + [.init("doneAt", .time(doneAt))])
    }
}
