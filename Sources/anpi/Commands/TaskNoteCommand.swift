import AnpiClient
import AnpiModel
import ArgumentParser

/// `anpi task note`: words and photos that move the task nowhere.
struct TaskNoteCommand: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "note",
        abstract: Help.words("Add words or photos to the task.", ja: "申し送りや写真を添える"))

    @OptionGroup var subject: TaskArgument
    @Option(help: .said("What others should know.", ja: "申し送り", value: "text"))
    var note: String?
    @OptionGroup var pictures: PhotoOptions
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if (note ?? "").isEmpty, pictures.files.isEmpty {
            throw ValidationError(
                Help.words("Give --note or --photo.", ja: "--note か --photo を付けてください。"))
        }
    }

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let photos = try FieldPhoto.read(pictures.files, in: session)
        let key = change.operation ?? session.world.drawKey()
        let additions = TaskAdditions(id: id, photos: photos, operation: key)
        if try session.mustRecord(id) { return try record(key, additions, in: session) }
        if let note {
            let answer: APIClient.Read<TaskRow>
            do {
                answer = try session.workAPI.addNote(note, to: id, doneAt: nil, change: .init(operation: key))
            } catch {
                guard session.field?.store != nil, session.field?.wasLost(error) == true else {
                    throw session.complaint(error, id, isChange: true)
                }
                return try record(key, additions, wasSent: true, in: session)
            }
            session.show(answer.answer, session.words("cli.note.added", ["task": id]))
        }
        return try additions.run(in: session, showsAnswer: note == nil)
    }

    private var id: String { subject.task.description }

    private func record(
        _ key: String, _ additions: TaskAdditions, wasSent: Bool = false, in session: Session
    ) throws(Complaint) -> ExitStatus {
        let row = try session.keptRow(id)
        guard session.field?.isOwn(row) == true else {
            throw Complaint(
                .notAllowed,
                [session.words("cli.field.onlyOwn", ["task": id]), session.words("cli.error.nothingStored")])
        }
        let doneAt = session.world.now()
        var operations = additions.operations(at: doneAt)
        if let note {
            let work = FieldOperation.Work.note(note, doneAt: wasSent ? nil : doneAt)
            operations.insert(FieldOperation(key: key, task: id, doneAt: doneAt, work: work), at: 0)
        }
        let outbox = try session.record(operations, photos: additions.photos)
        session.world.output(
            session.options.output == .json
                ? Session.recordedJSON(operations, outbox) : session.recordedSentence(id, at: doneAt, outbox))
        return outbox.conflict(of: id) == nil ? .done : .conflict
    }
}
