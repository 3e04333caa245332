import AnpiDigest
import AnpiEngine
import AnpiModel
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Photos of tasks. The name of a photo is its SHA-256, so sending it again is always safe.
struct PhotoRoutes {
    /// A photo over a thin line takes its time; a line thinner than 70 kB/s is one to wait with.
    static let deadline: Duration = .seconds(120)

    let parts: PeoplesParts
    let bodies: BodyReader
    let door: CommandDoor
    let uploads: Uploads

    var routes: RouteCollection<PeopleContext> {
        RouteCollection(context: PeopleContext.self)
            .put("tasks/{id}/photos/{digest}", use: keep)
            .get("tasks/{id}/photos/{digest}", use: show)
    }

    /// The bytes first, then through the log that they belong to the task: what the task names is always there.
    @Sendable func keep(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.work)
        let doneAt = try Query(request, allowed: ["doneAt"]).time("doneAt")
        let id = try context.parameters.spoken(TaskID.self, "task")
        guard let digest = Self.digest(of: context) else {
            throw Problem(.invalid, "A photo is called by the SHA-256 of its bytes, 64 hexadecimal digits.")
        }
        let name = Hexadecimal.encode(digest)
        let actor = CommandDoor.actor(of: caller)
        // Before the body: who may not add it does not fill the store.
        switch try await parts.engine.read({ $0.mayAdd(photo: name, to: id, by: actor) }) {
        case .allowed: break
        case .unknown: throw Problem(.notFound, "There is no task \(id).")
        case .refused(let reason): throw Problem(.forbidden, reason)
        case .full: throw Problem(.conflict, "\(id) has \(TaskPhoto.countMax) photos, as many as a task may have.")
        }
        guard uploads.begin() else {
            throw Problem(.overloaded, "Many photos arrive at once. Send it again.", retryAfterSeconds: 2)
        }
        defer { uploads.end() }
        var patient = bodies
        patient.deadline = Self.deadline
        let bytes = try await patient.bytes(request, upTo: TaskPhoto.bytesMax)
        guard SHA256.hash(bytes) == digest else {
            throw Problem(.invalid, "The bytes have another SHA-256 than the path says: they were damaged on the way.")
        }
        guard let type = PhotoType(of: bytes) else {
            throw Problem(.invalid, "A photo is a JPEG, PNG or WebP picture.")
        }
        try await parts.photos.keep(bytes, digest: digest, of: id)
        let photo = TaskPhoto(digest: name, bytes: bytes.count, type: type, doneAt: doneAt)
        return try await door.submit(.addPhoto(id, photo), request, by: caller, body: digest)
    }

    @Sendable func show(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.read)
        let id = try context.parameters.spoken(TaskID.self, "task")
        let scope = caller.scope
        guard let digest = Self.digest(of: context),
            let photo = try await parts.engine.read({ $0.photo(Hexadecimal.encode(digest), of: id, scope: scope) })
        else { throw Problem(.notFound, "\(id) has no such photo.") }
        guard let bytes = try await parts.photos.bytes(digest, of: id) else {
            throw Problem(.notFound, "This photo of \(id) was erased.")
        }
        return Response(
            status: .ok, headers: [.contentType: photo.type.rawValue],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private static func digest(of context: PeopleContext) -> [UInt8]? {
        context.parameters.get("digest").flatMap { Hexadecimal.decode($0) }.flatMap {
            $0.count == SHA256.byteCount ? $0 : nil
        }
    }
}

/// How many photos are read at once: each stands in memory whole.
final class Uploads: Sendable {
    static let countMax = 8

    private let count = Mutex(0)

    /// False where as many as may are under way.
    func begin() -> Bool {
        count.withLock { count in
            guard count < Self.countMax else { return false }
            count += 1
            return true
        }
    }

    func end() { count.withLock { $0 -= 1 } }
}
