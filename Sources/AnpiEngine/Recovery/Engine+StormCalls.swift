import AnpiModel

/// Whom to ring before a storm: those who would lose most, no more at a time than an office can.
extension Engine {
    /// Sees that the worst of an office are rung up, at most `callsBeforeStormMax` at a time: a call that nobody has begun
    /// makes room for a worse one, and one that is over for the next.
    mutating func ringUp(ofOffice office: Int32, into step: inout Step) {
        // By site; looked up, never iterated.
        var waiting: [Int: Int] = [:]
        var begun = 0
        for number in tasks.open {
            guard let task = tasks[number], task.readiness != nil, index.sites[Int(task.site)].office == office else {
                continue
            }
            if task.state == .draft { waiting[Int(task.site)] = number } else { begun += 1 }
        }
        let candidates = sites.indices.filter { site in
            guard index.sites[site].office == office else { return false }
            return switch sites[site].preparation {
            // Who is silent already cannot move anything any more.
            case .threatened: !sites[site].silenceIsTold
            case .rungUp: waiting[site] != nil
            case .none, .safe, .asked: false
            }
        }
        let room = parameters.callsBeforeStormMax - begun
        for (place, readiness) in Readiness.ranked(candidates.compactMap(readiness(of:))).enumerated() {
            guard let site = index.number(of: readiness.facts.site) else { continue }
            if let call = waiting[site] {
                if place >= room { putOff(call, at: site, into: &step) }
            } else if place < room, let reason = readiness.wouldLoseData {
                ring(site, about: reason, into: &step)
            }
        }
    }

    private mutating func ring(_ site: Int, about reason: Worded<ReadinessReason>, into step: inout Step) {
        sites[site].preparation = .rungUp
        siteChanged(site)
        var task = TaskRecord(
            number: tasks.next, kind: .phone, site: site, incident: 0, skills: [.inspect], durationMinutes: 10,
            readiness: reason, createdAt: now)
        task.reason = TaskReason.beforeStorm.rawValue
        draft(task, into: &step)
    }

    /// Others would lose more: this one's turn comes when theirs are over.
    private mutating func putOff(_ call: Int, at site: Int, into step: inout Step) {
        sites[site].preparation = .threatened
        siteChanged(site)
        cancel(call, because: .othersLoseMore, into: &step)
    }

    /// A call is over by a person's word: the next may be rung up.
    mutating func stormCallFollows(_ number: Int, into step: inout Step) {
        guard let task = tasks[number], task.readiness != nil, task.state.isFinal else { return }
        ringUp(ofOffice: index.sites[Int(task.site)].office, into: &step)
    }

    /// Nobody needs to ring any more; a call that somebody has taken is theirs.
    mutating func cancelCallsBeforeStorm(at site: Int, because reason: TaskReason, into step: inout Step) {
        for number in sites[site].tasks.map(Int.init) {
            guard let task = tasks[number], task.readiness != nil, task.isUntouched else { continue }
            cancel(number, because: reason, into: &step)
        }
    }
}
