import AnpiModel

/// Types are right when a line arrives here; these are the ranges that can be told from the line alone.
enum FeedRules {
    static func check(_ line: FeedLine) throws(FieldProblem) {
        switch line.event {
        case .heartbeat(let request):
            do throws(FieldProblem) {
                try HeartbeatRules.check(request)
            } catch {
                throw FieldProblem(path: "heartbeat.\(error.path)", message: error.message)
            }
        case .heard(_, let until):
            if until < line.at { throw FieldProblem(path: "heard.until", message: "is before at") }
        case .finding(let draft):
            if !draft.kind.results.contains(draft.result) {
                throw FieldProblem(
                    path: "finding.result", message: "must be one of: \(draft.kind.results.joined(separator: ", "))")
            }
            if let wrong = draft.mistakeInTimes(receivedAt: line.at) {
                throw FieldProblem(path: "finding.\(wrong.path)", message: wrong.message)
            }
        case .damage(_, let report):
            if let depth = report.depthMeters, !(0...100).contains(depth) {
                throw FieldProblem(path: "damage.depthMeters", message: "must be 0 to 100")
            }
        case .time, .claims, .hazard, .task, .engineer: break
        }
    }
}
