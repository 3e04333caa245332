import AnpiModel

/// One task of a recovery, laid out and not yet given to anybody.
struct PlannedTask: Hashable, Sendable {
    let kind: TaskKind
    let place: TaskPlace
    /// Where something is picked up before; nil where nothing is.
    let from: TaskPlace?
    let minutes: Int
    let skills: [Skill]
    /// It takes one machine from stock that fits the site's system.
    let needsLoaner: Bool
    /// Places in the graph of the tasks that must be done before.
    let after: [Int]
    /// What it waits for at the site; nil where it does not go there.
    let within: AccessWindow?
    let steps: [RecoveryTemplates.Step]
}

/// The tasks that a rung takes; each stands after those that it waits for.
struct TaskGraph: Hashable, Sendable {
    let tasks: [PlannedTask]

    /// Lays out what a choice takes, and what its cloud meanwhile takes.
    ///
    /// - Parameters:
    ///   - gigabytes: of the site's data; what it adds to a task's minutes is left out where it is not known.
    ///   - done: kinds that are done at the site: they are not made again, and nothing waits for them.
    init(for choice: RungChoice, _ templates: RecoveryTemplates, gigabytes: Double?, done: [TaskKind] = []) {
        let rungs = [choice.rung] + (choice.meanwhile == nil ? [] : [.cloud])
        let ofRungs = rungs.flatMap { rung in
            templates.tasks.filter { $0.rung == rung && ($0.onlyAt == nil || $0.onlyAt == choice.workPlace) }
        }
        let over = Self.over(done, in: ofRungs)
        let wanted = ofRungs.filter { !over.contains($0.kind) }
        // Meanwhile work of a kind that the rung has too is one task with it: the rung's.
        var first: [RecoveryTemplates.Template] = []
        for template in wanted where !first.contains(where: { $0.kind == template.kind }) { first.append(template) }

        let ordered = Self.ordered(first)
        tasks = ordered.map { template in
            let place = Self.place(template.place, choice.workPlace)
            return PlannedTask(
                kind: template.kind, place: place, from: template.from,
                minutes: template.minutes(gigabytes: gigabytes), skills: template.skills,
                needsLoaner: template.needsLoaner,
                after: ordered.indices.filter { template.after.contains(ordered[$0].kind) },
                within: place == .site || template.from == .site ? template.within : nil, steps: template.steps)
        }
    }

    /// What is done, and what had to be done before it: whoever did the later work did without the rest.
    private static func over(_ done: [TaskKind], in templates: [RecoveryTemplates.Template]) -> [TaskKind] {
        var over = done
        var index = 0
        while index < over.count {
            for template in templates where template.kind == over[index] {
                over += template.after.filter { !over.contains($0) }
            }
            index += 1
        }
        return over
    }

    /// Each after those that it waits for, else in the order of the file; the reader has refused circles.
    private static func ordered(_ templates: [RecoveryTemplates.Template]) -> [RecoveryTemplates.Template] {
        var waiting = templates
        var ordered: [RecoveryTemplates.Template] = []
        while let next = waiting.firstIndex(where: { candidate in
            !waiting.contains { candidate.after.contains($0.kind) }
        }) {
            ordered.append(waiting.remove(at: next))
        }
        return ordered
    }

    private static func place(_ place: RecoveryTemplates.Place, _ workPlace: TaskPlace) -> TaskPlace {
        switch place {
        case .site: .site
        case .office: .office
        case .depot: .depot
        case .work: workPlace
        }
    }

    /// What becomes of a site's open tasks when this graph takes the place of the one that they came from.
    ///
    /// - Parameter open: kinds of its tasks that are not final, each once.
    func change(from open: [TaskKind]) -> Change {
        var change = Change()
        for kind in open {
            if let index = tasks.firstIndex(where: { $0.kind == kind }) {
                change.keep.append(Change.Kept(kind: kind, index: index))
            } else {
                change.cancel.append(kind)
            }
        }
        change.add = tasks.indices.filter { !open.contains(tasks[$0].kind) }
        return change
    }

    /// Minutes until the site works again: the longest way through the graph, each change of place one leg of travel
    /// from the office on; what does not bring the system back is left out.
    func recoveryMinutes(travelMinutes: Int) -> Int {
        var ends: [Int] = []
        for task in tasks {
            let arrivals = task.after.map { ends[$0] + task.legs(from: tasks[$0].place) * travelMinutes }
            let begin = arrivals.max() ?? task.legs(from: .office) * travelMinutes
            ends.append(begin + task.minutes)
        }
        return zip(tasks, ends).filter { $0.0.bringsBack }.map(\.1).max() ?? 0
    }
}

extension PlannedTask {
    /// Changes of place between where one was and where this is done, by way of where something is picked up.
    fileprivate func legs(from before: TaskPlace) -> Int {
        guard let from else { return before == place ? 0 : 1 }
        return (before == from ? 0 : 1) + (from == place ? 0 : 1)
    }

    /// The site waits for it.
    var bringsBack: Bool {
        switch kind {
        case .phone, .claims: false
        case .inspect, .swapPeripherals, .restartAndCheck, .promoteMirror, .fetchLoaner, .bringExternal,
            .restoreOnLoaner, .restoreAtOffice, .deliver:
            true
        }
    }
}

extension TaskGraph {
    /// What becomes of the tasks of a site when its rung is chosen anew.
    struct Change: Hashable, Sendable {
        /// Open tasks that go on, by their kind, with their place in the new graph.
        var keep: [Kept] = []
        /// Places in the new graph of tasks that do not exist yet.
        var add: [Int] = []
        /// Kinds of open tasks that nobody needs any more.
        var cancel: [TaskKind] = []

        struct Kept: Hashable, Sendable {
            var kind: TaskKind
            var index: Int
        }
    }
}
