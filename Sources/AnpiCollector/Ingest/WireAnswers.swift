import AnpiModel

extension WireAnswer {
    /// An RFC 9457 problem document.
    init(_ problem: Problem, headers: [Header] = []) {
        var headers = headers
        headers.insert(.init("content-type", "application/problem+json"), at: 0)
        if let seconds = problem.retryAfterSeconds { headers.append(.init("retry-after", String(seconds))) }
        self.init(status: problem.status, headers: headers, body: Array(problem.json.text.utf8))
    }

    static func problem(_ kind: Problem.Kind, _ detail: String, headers: [Header] = []) -> WireAnswer {
        WireAnswer(Problem(kind, detail), headers: headers)
    }

    /// Plain text, as scripts that ping expect it.
    package static func text(_ status: Int, _ text: String) -> WireAnswer {
        WireAnswer(
            status: status, headers: [.init("content-type", "text/plain; charset=utf-8")], body: Array(text.utf8))
    }

    /// The queue before the log is full: the agent keeps its spool and comes back.
    static func busy(retryAfterSeconds seconds: Int) -> WireAnswer { overloaded.comingBack(after: seconds) }

    /// The commit failed or the process is stopping: nothing was acknowledged.
    static func notDurable(retryAfterSeconds seconds: Int) -> WireAnswer { unwritten.comingBack(after: seconds) }

    // Made once: where many are refused, a refusal must cost little.
    private static let overloaded = problem(.overloaded, "The collector cannot keep up just now; send again later.")
    private static let unwritten = problem(
        .overloaded, "The collector could not make this durable; send again later.")

    private func comingBack(after seconds: Int) -> WireAnswer {
        var answer = self
        answer.headers.append(.init("retry-after", String(seconds)))
        return answer
    }
}
