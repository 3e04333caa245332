import AnpiClient

/// Why a command did not do what was asked: what happened, where, and what helps.
struct Complaint: Error, Hashable, Sendable {
    var status: ExitStatus
    /// What a person reads on standard error, the most important line first.
    var lines: [String]

    init(_ status: ExitStatus, _ lines: [String?]) {
        self.status = status
        self.lines = lines.compactMap(\.self).filter { !$0.isEmpty }
    }

    /// The one place where the API's errors become sentences.
    ///
    /// - Parameters:
    ///   - subject: What was asked for, as the person named it.
    ///   - isChange: Whether something was to be changed, so that it must be said what became of it.
    init(_ error: APIError, collector: String, subject: String? = nil, isChange: Bool, words: Words) {
        let detail = error.problem?.detail ?? error.problem?.title
        let nothing = isChange ? words("cli.error.nothingStored") : nil
        let arguments = [
            "collector": collector, "subject": subject ?? "", "detail": error.detail ?? "",
            "status": error.status.map { String($0) } ?? "", "operation": error.operation ?? "",
        ]
        // A change that had not been sent yet when the error came is surely not stored.
        let whatBecame: String? =
            error.operation == nil ? nothing : isChange ? words("cli.error.maybeStored", arguments) : nil
        let lines: [String?]
        switch error.code {
        case .unreachable:
            lines = [words("cli.error.unreachable", arguments), nothing, error.detail, words("cli.cure.unreachable")]
        case .unanswered:
            lines = [words("cli.error.unanswered", arguments), whatBecame, error.detail]
        case .insecure:
            lines = [words("cli.error.insecure", arguments), nothing, error.detail, words("cli.cure.insecure")]
        case .notSignedIn:
            lines = [words("cli.error.notSignedIn", arguments), nothing, detail, words("cli.cure.notSignedIn")]
        case .notAllowed:
            lines = [words("cli.error.notAllowed", arguments), nothing, detail, words("cli.cure.notAllowed")]
        case .notFound:
            lines = [words(subject == nil ? "cli.error.notThere" : "cli.error.notFound", arguments), nothing, detail]
        case .conflict:
            lines = [words("cli.error.conflict", arguments), nothing, detail]
        case .invalid:
            let places = (error.problem?.errors ?? []).map { place in
                (place.path.map { $0 + ": " } ?? "") + place.message
            }
            lines = [words("cli.error.invalid", arguments), nothing] + (places.isEmpty ? [detail] : places)
        case .busy:
            lines = [words("cli.error.busy", arguments), whatBecame, detail]
        case .unexpected:
            lines = [words("cli.error.unexpected", arguments), whatBecame, detail]
        case .notUnderstood:
            lines = [
                words("cli.error.notUnderstood", arguments),
                // It was answered with success, so it was carried out.
                error.operation == nil ? nothing : words("cli.error.stored"), error.detail,
                words("cli.cure.notUnderstood"),
            ]
        }
        self.init(ExitStatus(error.code), lines)
    }
}
