import AnpiClient
import AnpiModel

/// What belongs to a step and is told after it: photos, and a road that is closed.
struct TaskAdditions {
    var id: String
    var photos: [FieldPhoto]
    var road: Coordinate?
    /// What is said of the road.
    var note: String?
    /// The key of the step; those of its additions follow from it, so that they are told once too.
    var operation: String

    /// As they are kept until they are told.
    ///
    /// - Parameter observedAt: When the road was seen; nil where it has perhaps been told without.
    func operations(at doneAt: Timestamp, observedAt: Timestamp?) -> [FieldOperation] {
        var operations = photos.map { photo in
            FieldOperation(
                key: key(photo), task: id, doneAt: doneAt, work: .photo(digest: photo.digest, type: photo.type))
        }
        if let road {
            operations.append(
                FieldOperation(
                    key: roadKey, doneAt: doneAt,
                    work: .road(
                        latitude: road.latitude, longitude: road.longitude, note: note, observedAt: observedAt)))
        }
        return operations
    }

    private func key(_ photo: FieldPhoto) -> String { operation + "-" + photo.digest.prefix(16) }

    private var roadKey: String { operation + "-road" }

    /// Tells them; what the line breaks under is recorded.
    ///
    /// - Parameter showsAnswer: Whether a program that asked for JSON reads it here, and not at the step before.
    func run(in session: Session, showsAnswer: Bool = false) throws(Complaint) -> ExitStatus {
        var rest = self
        while let photo = rest.photos.first {
            let change = APIClient.Change(operation: key(photo))
            let answer: APIClient.Answer
            do {
                answer = try session.workAPI.addPhoto(
                    photo.bytes, digest: photo.digest, type: photo.type, to: id, doneAt: nil, change: change
                ).answer
            } catch { return try rest.recordUnless(error, id, in: session) }
            rest.photos.removeFirst()
            if showsAnswer, rest.photos.isEmpty, session.options.output == .json {
                session.world.output(Session.json(answer))
            }
            say("cli.photo.added", ["task": id, "size": Self.size(photo.bytes.count)], in: session)
        }
        guard let road else { return .done }
        let finding: FindingAnswer
        do {
            let change = APIClient.Change(operation: roadKey)
            finding = try session.workAPI.addFinding(TaskBlock.road(at: road, note: note), change: change).value
        } catch { return try rest.recordUnless(error, nil, in: session) }
        let until = finding.expiresAt.map { session.paper.moments.short($0) } ?? "—"
        say("cli.finding.roadAdded", ["finding": finding.id, "until": until], in: session)
        return .done
    }

    /// The collector went out of reach: the rest is kept. Any other error is the person's to know.
    private func recordUnless(
        _ error: APIError, _ subject: String?, in session: Session
    ) throws(Complaint) -> ExitStatus {
        guard session.field?.store != nil, session.field?.wasLost(error) == true else {
            throw session.complaint(error, subject, isChange: true)
        }
        let now = session.world.now()
        let outbox = try session.record(operations(at: now, observedAt: nil), photos: photos)
        if session.options.output == .table {
            session.world.output(session.recordedSentence(id, at: now, outbox))
        }
        return .done
    }

    private func say(_ key: String, _ arguments: [String: String], in session: Session) {
        if session.options.output == .table { session.world.output(session.words(key, arguments)) }
    }

    /// `2.4 MB`, the way phones say it.
    private static func size(_ bytes: Int) -> String { JSON.fixed(Double(bytes) / 1_000_000, digits: 1) + " MB" }
}
