import AnpiClient
import AnpiModel
import Testing

@testable import anpi

/// The screens of an engineer without a signal, from one day: T-412 is worked off, T-407 was cancelled meanwhile.
enum FieldScreens {
    static func text(of name: String, on paper: Paper) throws -> String {
        let rows = try Bench.decoded(Items<TaskRow>.self, "queue").items
        let outbox = outbox()
        switch name {
        case "queue-offline":
            return QueueScreen(
                identity: try Bench.decoded(Identity.self, "me"), tasks: rows.map(outbox.projected),
                keptAt: Bench.now - .seconds(780), outbox: outbox
            ).text(on: paper)
        case "task-show-offline":
            var task = try Bench.decoded(TaskDetail.self, "task")
            task.row = outbox.projected(task.row)
            return TaskScreen(task: task, keptAt: Bench.now - .seconds(780), outbox: outbox).text(on: paper)
        case "task-arrive-offline":
            var one = FieldOutbox()
            let arrival = step("k1", "T-412", "onSite", minutesAgo: 0)
            _ = one.recorded(arrival)
            let screen = TaskChangeScreen(
                request: TransitionRequest(to: "onSite"), before: rows[0], after: one.projected(rows[0]))
            return paper.words(
                "cli.field.recorded", ["time": paper.moments.short(arrival.doneAt), "n": "1", "task": "T-412"])
                + "\n" + screen.text(on: paper)
        case "sync":
            var told = FieldReport()
            told.delivered = outbox.operations.filter { $0.task != "T-407" }
            var left = outbox
            for operation in told.delivered { left.delivered(operation.key) }
            left.refused(
                "k7",
                FieldConflict(
                    task: "T-407", key: "k7", detail: "T-407 was cancelled by 山田 at 12:58",
                    theirs: .init(
                        state: "cancelled", version: 6, by: "山田", at: Bench.now - .seconds(420),
                        reason: "院長が他社で復旧")))
            return SyncScreen(report: told, outbox: left).text(on: paper)
        default:
            return SyncScreen(outbox: outbox, isOutOfReach: true).text(on: paper)
        }
    }

    private static func outbox() -> FieldOutbox {
        var outbox = FieldOutbox()
        let photos = ["p1", "p2"].map { key in
            FieldOperation(
                key: key, task: "T-412", doneAt: Bench.now, work: .photo(digest: key, type: .jpeg))
        }
        let note = FieldOperation(
            key: "n1", task: "T-398", doneAt: Bench.now, work: .note("橋の手前で冠水", doneAt: Bench.now))
        let road = FieldOperation(
            key: "r1", doneAt: Bench.now - .seconds(600),
            work: .road(BlockedRoad(place: Coordinate(latitude: 35.05, longitude: 138.52)), note: nil))
        let operations =
            [step("k1", "T-412", "onSite", minutesAgo: 60)] + photos
            + [step("k2", "T-412", "done", minutesAgo: 5), note, road, step("k7", "T-407", "done", minutesAgo: 20)]
        for operation in operations { _ = outbox.recorded(operation) }
        return outbox
    }

    private static func step(_ key: String, _ task: String, _ to: String, minutesAgo: Int) -> FieldOperation {
        let doneAt = Bench.now - .seconds(minutesAgo * 60)
        return FieldOperation(
            key: key, task: task, doneAt: doneAt, work: .step(TransitionRequest(to: to, doneAt: doneAt)))
    }
}
