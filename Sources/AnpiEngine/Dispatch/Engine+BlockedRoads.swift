import AnpiModel

/// A road that stands in the way of a task is told with the step that blocks it: one command, one decision.
extension Engine {
    /// Why the road of a step cannot be recorded; nil where it can, or none is told.
    func refusal(ofRoadIn transition: TaskTransition, of task: TaskRecord, by command: Command) -> Answer? {
        guard let road = transition.road else { return nil }
        guard transition.to == .blocked else {
            return .invalid([Answer.Mistake(path: "road", message: "belongs to blocked only")])
        }
        // Nothing is recorded of a step that is refused.
        guard task.state.successors.contains(.blocked) else { return refusal(of: task, to: transition.to.rawValue) }
        let mistakes = self.mistakes(
            of: road.finding(text: transition.note, observedAt: nil), receivedAt: command.receivedAt)
        guard mistakes.isEmpty else {
            return .invalid(mistakes.map { Answer.Mistake(path: "road.\($0.path)", message: $0.message) })
        }
        return nil
    }

    /// The finding that the road of a step becomes: by whoever blocks, as seen when they were blocked.
    ///
    /// All plans are made anew without that road in the same instant of the log.
    mutating func recordRoad(
        of transition: TaskTransition, by command: Command, into step: inout Step
    ) -> FindingRecord? {
        let person = transition.onBehalfOf.flatMap { index.number(of: $0) }.map { index.engineers[$0].engineer.name }
        return transition.road.map { road in
            let draft = road.finding(
                text: transition.note, author: person, observedAt: command.doneAt(transition.doneAt))
            return record(draft, at: nil, by: command, into: &step)
        }
    }

    /// The keys of a task in a list and the finding that the step recorded, where it did.
    func taskJSON(_ number: Int, after road: FindingRecord?) -> JSON {
        guard let road, case .object(let members) = taskJSON(number) else { return taskJSON(number) }
        return .object(members + [JSON.Member("finding", json(of: road))])
    }
}
