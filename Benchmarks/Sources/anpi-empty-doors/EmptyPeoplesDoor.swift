import Hummingbird

/// A router with the one route of the people's door that takes heartbeats; the body is collected and dropped.
enum EmptyPeoplesDoor {
    /// The bound of the real door.
    private static let bodyBytesMax = 1 << 20

    /// Serves on loopback until the process is ended.
    static func serve(port: Int) async throws {
        let router = Router()
        router.post("v1/heartbeats") { request, _ -> Response in
            _ = try await request.body.collect(upTo: bodyBytesMax)
            return Response(status: .noContent)
        }
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)))
        try await application.runService()
    }
}
