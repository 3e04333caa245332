import Hummingbird
import NIOCore

/// What travels with one request through the people's door.
struct PeopleContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    /// Who asks; set by the gate, nil on open routes.
    var principal: Principal?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// The address at the other end of the connection, a proxy's where there is one.
    var peer: String { channel.remoteAddress?.ipAddress ?? "local" }

    /// The principal of a route behind the gate.
    func caller() throws -> Principal {
        guard let principal else { throw Problem(.unauthorized, "This route needs a token.") }
        return principal
    }
}
