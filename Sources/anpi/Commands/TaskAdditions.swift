import AnpiClient
import AnpiModel

/// What belongs to a step and is told after it: its photos.
struct TaskAdditions {
    var id: String
    var photos: [FieldPhoto]
    /// The key of the step; those of its additions follow from it, so that they are told once too.
    var operation: String

    /// As they are kept until they are told.
    func operations(at doneAt: Timestamp) -> [FieldOperation] {
        photos.map { photo in
            FieldOperation(
                key: key(photo), task: id, doneAt: doneAt, work: .photo(digest: photo.digest, type: photo.type))
        }
    }

    private func key(_ photo: FieldPhoto) -> String { operation + "-" + photo.digest.prefix(16) }

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
            } catch { return try rest.recordUnless(error, in: session) }
            rest.photos.removeFirst()
            if showsAnswer, rest.photos.isEmpty, session.options.output == .json {
                session.world.output(Session.json(answer))
            }
            say("cli.photo.added", ["task": id, "size": Self.size(photo.bytes.count)], in: session)
        }
        return .done
    }

    /// The collector went out of reach: the rest is kept. Any other error is the person's to know.
    private func recordUnless(_ error: APIError, in session: Session) throws(Complaint) -> ExitStatus {
        guard session.field?.store != nil, session.field?.wasLost(error) == true else {
            throw session.complaint(error, id, isChange: true)
        }
        let now = session.world.now()
        let outbox = try session.record(operations(at: now), photos: photos)
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
