/// The first word of a route, for counting: a fixed set, whatever is asked for.
enum RouteClass: String, CaseIterable, Sendable {
    case session, me, overview, sites, findings, tasks, queue, incidents, engineers, fleet, tokens, hooks, journal
    case drills, replay, labels, live, heartbeats, ping, operations, dashboard, unknown

    /// From the pattern of the route that was matched, never from the path that was sent.
    init(_ pattern: String?) {
        guard let pattern else {
            self = .unknown
            return
        }
        let words = pattern.split(separator: "/")
        switch words.first {
        case "v1": self = words.dropFirst().first.flatMap { Self(rawValue: String($0)) } ?? .unknown
        case "ping": self = .ping
        case "-", "metrics", "openapi.json": self = .operations
        case "NotFound": self = .unknown
        default: self = .dashboard
        }
    }
}
