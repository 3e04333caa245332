import AnpiClient

/// What the program tells the shell.
enum ExitStatus: Int32, Sendable {
    /// Done, or safely stored.
    case done = 0
    /// What was looked at is not in order: a broken journal.
    case notInOrder = 1
    /// Someone was faster; nothing was changed.
    case conflict = 3
    case notFound = 4
    /// No valid token, or not allowed to.
    case notAllowed = 5
    /// The command line, the configuration or the data given is wrong (sysexits' EX_USAGE).
    case usage = 64
    /// The collector cannot be reached (EX_UNAVAILABLE).
    case unavailable = 69
    /// The collector failed (EX_SOFTWARE).
    case failed = 70
    /// The same again later may work (EX_TEMPFAIL).
    case tryAgain = 75
    /// What answered does not speak our API (EX_PROTOCOL).
    case notUnderstood = 76

    init(_ code: APIError.Code) {
        switch code {
        case .unreachable, .unanswered, .insecure: self = .unavailable
        case .notSignedIn, .notAllowed: self = .notAllowed
        case .notFound: self = .notFound
        case .conflict: self = .conflict
        case .invalid: self = .usage
        case .busy: self = .tryAgain
        case .unexpected: self = .failed
        case .notUnderstood: self = .notUnderstood
        }
    }
}
