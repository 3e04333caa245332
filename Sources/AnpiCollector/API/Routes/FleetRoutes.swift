import AnpiEngine
import AnpiModel
import Hummingbird

/// The fleet set: out as files, in as a whole (CONTRACTS §9).
struct FleetRoutes {
    struct Import: Decodable {
        var files: [String: String]
    }

    let parts: PeoplesParts
    let bodies: BodyReader
    let door: CommandDoor

    var routes: RouteCollection<PeopleContext> {
        RouteCollection(context: PeopleContext.self).get("fleet", use: export).post("fleet", use: replace)
    }

    @Sendable func export(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.coordinate)
        try caller.requireWholeFleet()
        _ = try Query(request, allowed: [])
        let (asOf, version, fleet) = try await parts.engine.read { engine in
            (engine.now, engine.fleetVersion, engine.fleet)
        }
        try await parts.audit?.record(
            kind: "door.fleetExported", actor: caller.name, body: ["version": .integer(version)])
        let files = FleetFiles.write(fleet).sorted { $0.key < $1.key }.map { JSON.Member($0.key, .string($0.value)) }
        return .reading(["version": .integer(version), "files": .object(files)], asOf: asOf)
    }

    @Sendable func replace(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.administer)
        try caller.requireWholeFleet()
        let isDryRun = try Query(request, allowed: ["dryRun"]).flag("dryRun")
        let sent = try await bodies.json(request, as: Import.self, upTo: BodyReader.fleetBytesMax)
        let fleet = try Self.fleet(of: sent.value.files)
        if isDryRun {
            let (asOf, preview) = try await parts.engine.read { ($0.now, $0.previewImport(fleet)) }
            return .reading(preview, asOf: asOf)
        }
        return try await door.submit(.importFleet(fleet), request, by: caller, body: sent.bytes)
    }

    /// The fleet, or all of its mistakes at once, each with file, line and column.
    private static func fleet(of files: [String: String]) throws(Problem) -> Fleet {
        do {
            return try FleetFiles.read(files.mapValues { Array($0.utf8) })
        } catch {
            let places = error.problems.map { Problem.Place(path: $0.place, message: $0.message) }
            let count = "\(places.count)\(error.isCut ? " or more" : "")"
            throw Problem(
                .invalid, "The files have \(count) mistake\(places.count == 1 ? "" : "s"); nothing was imported.",
                places: places)
        }
    }
}
