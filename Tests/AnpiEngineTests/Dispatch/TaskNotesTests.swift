import AnpiModel
import Testing

@testable import AnpiEngine

/// What an engineer tells late: when it was done, notes, photos, and work that was over before it was cancelled.
@Suite struct TaskNotesTests {
    private let mine = Command.Actor.engineer("eng-1")

    /// `s-1` fell silent and eng-1 has taken the task.
    private func accepted() -> Story {
        var story = Story(.small())
        story.beat("a-1", 1)
        story.pass(.seconds(180))
        #expect(story.move(1, .accepted, as: mine).status == 200)
        return story
    }

    private func notes(_ story: Story, _ kind: String) -> [Step.Note] {
        story.step.entries.compactMap { entry in
            if case .note(let note) = entry, note.kind == kind { note } else { nil }
        }
    }

    private func photo(_ digest: String) -> TaskPhoto {
        TaskPhoto(digest: digest, bytes: 3, type: .jpeg, doneAt: Story.dawn)
    }

    // MARK: When it was done

    @Test func whenItWasDoneIsToldAndOrdersNothing() throws {
        var story = accepted()
        let doneAt = story.now - .seconds(3_600)
        let change = TaskTransition(to: .onSite, doneAt: doneAt)
        #expect(story.command(.transitionTask(TaskID(1), change), as: mine).status == 200)
        #expect(story.task(1)?.changedAt == story.now)
        #expect(notes(story, "command.task").last?.body["doneAt"] == .time(doneAt))
        #expect(story.decisions.last?.json["doneAt"] == .time(doneAt))
    }

    @Test func aClockThatIsAheadIsTheTimeOfReceipt() {
        var story = accepted()
        let change = TaskTransition(to: .onSite, doneAt: story.now + .seconds(600))
        #expect(story.command(.transitionTask(TaskID(1), change), as: mine).status == 200)
        #expect(notes(story, "command.task").last?.body["doneAt"] == .time(story.now))
    }

    // MARK: Cancelled meanwhile

    @Test func workThatWasOverStandsAgainstACancellationOnlyWhereAPersonWishesIt() {
        var story = accepted()
        #expect(story.move(1, .cancelled, reason: "他社で復旧").status == 200)
        let version = story.task(1)?.version
        #expect(story.move(1, .done, as: mine, ifVersion: version).status == 409)
        let wish = TaskTransition(to: .done, doneAt: Story.dawn, despiteCancellation: true)
        // Who saw another version has not seen what they decide against.
        #expect(story.command(.transitionTask(TaskID(1), wish), as: mine, ifVersion: 2).status == 409)
        #expect(story.command(.transitionTask(TaskID(1), wish), as: .engineer("eng-2")).status == 403)
        #expect(story.command(.transitionTask(TaskID(1), wish), as: mine, ifVersion: version).status == 200)
        #expect(story.task(1)?.state == .done)
        #expect(!story.engine.tasks.open.contains(1))
    }

    @Test(arguments: [TaskTransition.Target.accepted, .travelling, .onSite, .blocked, .draft, .declined])
    func nothingElseComesBackFromACancellation(to: TaskTransition.Target) {
        var story = accepted()
        #expect(story.move(1, .cancelled).status == 200)
        let wish = TaskTransition(to: to, despiteCancellation: true)
        #expect(story.command(.transitionTask(TaskID(1), wish), as: mine).status == 409)
        #expect(story.task(1)?.state == .cancelled)
    }

    @Test(arguments: [TaskTransition.Target.done, .failed])
    func whatIsOverStaysAsItIs(end: TaskTransition.Target) {
        var story = accepted()
        #expect(story.move(1, .onSite, as: mine).status == 200)
        #expect(story.move(1, .done, as: mine).status == 200)
        let wish = TaskTransition(to: end, despiteCancellation: true)
        #expect(story.command(.transitionTask(TaskID(1), wish), as: mine).status == 409)
    }

    // MARK: Notes

    @Test func aNoteIsALineOfTheJournalAndMovesNothing() {
        var story = accepted()
        let version = story.task(1)?.version
        let outcome = story.command(.noteTask(TaskID(1), TaskNote(text: "裏口", doneAt: Story.dawn)), as: mine)
        #expect(outcome.status == 200 && outcome.version == version)
        let note = notes(story, "command.taskNote").last
        #expect(note?.task == TaskID(1) && note?.body["note"] == "裏口" && note?.actor == "eng-1")
    }

    @Test func notesAreForThoseWhoHaveItOrWereAskedAndCoordinators() {
        var story = accepted()
        func status(_ actor: Command.Actor) -> Int {
            story.command(.noteTask(TaskID(1), TaskNote(text: "x")), as: actor).status
        }
        #expect(status(.engineer("eng-2")) == 403)
        #expect(status(.viewer) == 403)
        #expect(status(.coordinator) == 200)
        #expect(status(Command.Actor(name: "x", role: .coordinator, offices: [OfficeID(trusted: "other")])) == 404)
        // Who gave it back may still say what they saw.
        #expect(story.move(1, .draft, as: mine).status == 200)
        #expect(status(mine) == 200)
        #expect(story.command(.noteTask(TaskID(9), TaskNote(text: "x"))).status == 404)
    }

    // MARK: Photos

    @Test func aPhotoIsTheTasksOnceHoweverOftenItIsSent() {
        var story = accepted()
        for _ in 0..<3 {
            #expect(story.command(.addPhoto(TaskID(1), photo("aa")), as: mine).status == 200)
        }
        #expect(story.task(1)?.photos.map(\.photo.digest) == ["aa"])
        #expect(story.task(1)?.photos.first?.at == Story.dawn)
        #expect(notes(story, "command.taskPhoto").count == 1)
        let shown = story.engine.task(TaskID(1))?["photos"]?.text
        #expect(
            shown
                == #"[{"digest":"aa","bytes":3,"type":"image/jpeg","at":"\#(Story.dawn.rfc3339())","by":"eng-1"}]"#)
    }

    @Test func aTaskHasSoManyPhotosAndNoMore() {
        var story = accepted()
        for number in 0..<TaskPhoto.countMax {
            #expect(story.command(.addPhoto(TaskID(1), photo("\(number)")), as: mine).status == 200)
        }
        #expect(story.engine.mayAdd(photo: "more", to: TaskID(1), by: mine) == .full)
        #expect(story.command(.addPhoto(TaskID(1), photo("more")), as: mine).status == 409)
        #expect(story.command(.addPhoto(TaskID(1), photo("0")), as: mine).status == 200)
        #expect(story.command(.addPhoto(TaskID(1), photo("x")), as: .engineer("eng-2")).status == 403)
    }

    @Test func photosAreInTheNextCheckpoint() throws {
        var story = accepted()
        #expect(story.command(.addPhoto(TaskID(1), photo("aa")), as: mine).status == 200)
        let task = try #require(story.task(1))
        var writer = ByteWriter()
        task.write(to: &writer)
        var reader = ByteReader(writer.bytes[...])
        var restored = try TaskRecord(&reader)
        #expect(reader.isAtEnd)
        // The time of the record itself is what counts; the photo's own was told with it.
        restored.photos[0].photo.doneAt = Story.dawn
        #expect(restored == task)
    }

    @Test func theLogKeepsNotesAndPhotosAsTheyCame() throws {
        let changes: [Command.Change] = [
            .noteTask(TaskID(1), TaskNote(text: "裏口", doneAt: Story.dawn)), .addPhoto(TaskID(1), photo("aa")),
            .transitionTask(TaskID(1), TaskTransition(to: .done, doneAt: Story.dawn, despiteCancellation: true)),
        ]
        for change in changes {
            let command = Input.command(
                Command(operation: "o", bodyDigest: [1], actor: mine, receivedAt: Story.dawn, change: change))
            #expect(try InputCodec.decode(InputCodec.encode([command])) == [command])
        }
    }
}
