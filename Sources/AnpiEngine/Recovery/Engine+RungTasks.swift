import AnpiModel

/// The tasks of a rung: laid out when it is chosen, kept where they fit the next one too.
extension Engine {
    /// The tasks of the rung as it is now: what is open and fits goes on, what is done stays done.
    mutating func layOutTasks(of site: Int, into step: inout Step) {
        guard let recovery = openRecovery(of: site), let choice = recovery.choice else { return }
        let graph = TaskGraph(
            for: choice, index.recoveryTemplates, gigabytes: index.site(site).dataGigabytes, done: recovery.done)
        cancelRungTasks(of: site, but: graph.tasks.map(\.kind), into: &step)
        // Numbers by place in the graph: each stands after those that it waits for.
        var numbers: [Int32?] = []
        for planned in graph.tasks {
            let order = WorkOrder(planned, of: choice.rung, after: planned.after.compactMap { numbers[$0] })
            if let open = sites[site].tasks.first(where: { tasks[Int($0)]?.kind == planned.kind }) {
                tasks[Int(open)]?.wasLaidOut(order)
                numbers.append(open)
            } else if planned.kind == .phone || recovery.dropped.contains(planned.kind) {
                // Incidents ask for calls; what a person gave up is theirs to ask for again.
                numbers.append(nil)
            } else {
                let task = TaskRecord(
                    number: tasks.next, kind: planned.kind, site: site, incident: Int(sites[site].incident),
                    skills: planned.skills, durationMinutes: planned.minutes, order: order, createdAt: now)
                numbers.append(Int32(draft(task, into: &step)))
            }
        }
        let isRestored = !graph.tasks.contains { $0.bringsBack }
        if isRestored, recovery.restoredAt == nil { recoveries[recovery.number]?.wasRestored(at: now) }
    }

    /// Work of another rung that nobody has begun goes; who is under way or at work decides for themselves.
    mutating func cancelRungTasks(of site: Int, but kept: [TaskKind], into step: inout Step) {
        for number in sites[site].tasks.map(Int.init) {
            guard let task = tasks[number], task.order.rung != nil, !kept.contains(task.kind) else { continue }
            switch task.state {
            case .draft, .offered, .accepted: cancel(number, because: .rungChanged, into: &step)
            case .travelling, .onSite, .blocked, .done, .failed, .cancelled: break
            }
        }
    }

    /// A task is over: what it leaves behind for the recovery of its site.
    mutating func recoveryFollows(_ task: TaskRecord) {
        let site = Int(task.site)
        if task.state == .done, task.order.needsLoaner, let loaner = task.assignment?.loaner {
            wasLent(loaner, to: site)
        }
        guard let recovery = openRecovery(of: site) else { return }
        switch task.state {
        case .done: recoveries[recovery.number]?.taskEnded(task.kind, isDone: true, at: now)
        case .failed: recoveries[recovery.number]?.taskEnded(task.kind, isDone: false, at: now)
        case .cancelled:
            // The engine cancels what a rung does not need; what a person cancels stays away.
            if task.changedBy != nil { recoveries[recovery.number]?.taskEnded(task.kind, isDone: false, at: now) }
        case .draft, .offered, .accepted, .travelling, .onSite, .blocked: return
        }
        recoveryMayHaveChanged(at: site)
    }
}
