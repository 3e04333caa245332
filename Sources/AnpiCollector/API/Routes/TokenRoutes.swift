import AnpiDigest
import AnpiEngine
import AnpiModel
import HTTPTypes
import Hummingbird

/// Tokens: made, listed without secrets, revoked.
struct TokenRoutes {
    static let labelBytesMax = 100

    struct Draft: Decodable {
        struct Ping: Decodable {
            var site: SiteID
            var tier: CopyTier
        }

        var role: Role?
        var engineer: EngineerID?
        var office: OfficeID?
        var agent: AgentID?
        var ping: Ping?
        var label: String?
        var expiresAt: Timestamp?
    }

    let parts: PeoplesParts
    let bodies: BodyReader

    var routes: RouteCollection<PeopleContext> {
        RouteCollection(context: PeopleContext.self)
            .get("tokens", use: list)
            .post("tokens", use: make)
            .delete("tokens/{id}", use: revoke)
    }

    @Sendable func list(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.administer)
        let query = try Query(request, allowed: ["limit", "cursor"])
        let limit = try query.limit()
        let cursor = query.text("cursor")
        let all = parts.access.tokens.records()
        let start = cursor.flatMap { id in all.firstIndex { $0.id == id }.map { $0 + 1 } } ?? 0
        let page = all.dropFirst(start).prefix(limit)
        let next = start + page.count < all.count ? page.last?.id : nil
        return .json(.page(page.map(Self.row), next: next))
    }

    @Sendable func make(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.administer)
        try caller.requireWholeFleet()
        _ = try Query(request, allowed: [])
        let draft = try await bodies.json(request, as: Draft.self).value
        let role = try Self.role(of: draft)
        let id = try Self.id(for: request)
        if parts.access.tokens.isKnown(id: id) { throw Self.alreadyMade(id) }
        try await check(draft, role: role)
        let isPing = role == .ping
        let secret =
            isPing && draft.ping != nil ? TokenText.randomUUID() : TokenText.random(length: TokenText.secretLength)
        let record = TokenRecord(
            id: id, role: role, engineer: draft.engineer,
            agent: draft.agent, offices: draft.office.map { [$0] },
            ping: draft.ping.map { PingPlace(site: $0.site, tier: $0.tier) }, label: draft.label ?? "",
            createdAt: parts.now(), expiresAt: draft.expiresAt, digest: SecretDigest(of: secret).bytes)
        try await insert(record)
        parts.access.tokens.insert(record)
        try await parts.audit?.record(kind: "door.tokenMade", actor: caller.name, body: Self.row(record))
        let shown: JSON.Member =
            isPing
            ? .init("url", .string("\(origin(of: request, peer: context.peer))/ping/\(secret)"))
            : .init("token", .string(TokenText.format(role: role, id: record.id, secret: secret)))
        return .json(.object([.init("id", .string(record.id)), shown]), status: .created)
    }

    @Sendable func revoke(_ request: Request, context: PeopleContext) async throws -> Response {
        let caller = try context.caller()
        try caller.require(.administer)
        try caller.requireWholeFleet()
        let id = context.parameters.get("id") ?? ""
        let now = parts.now()
        guard TokenText.number(of: id.utf8) != nil, try await parts.access.keeper.revoke(id: id, at: now) else {
            throw Problem(.notFound, "There is no valid token with this id.")
        }
        parts.access.tokens.revoke(id: id, at: now)
        try await parts.audit?.record(
            kind: "door.tokenRevoked", actor: caller.name, body: ["id": .string(id)])
        return Response(status: .noContent)
    }

    /// An id that follows from the caller's key, so that the store itself knows which keys have made a token: a request
    /// that is sent again never makes a second secret, on whatever collector and after whatever restart. Without a key
    /// it is drawn.
    static func id(for request: Request) throws -> String {
        guard request.headers[.idempotencyKey] != nil else { return TokenText.random(length: TokenText.idLength) }
        let key = try CommandDoor.operation(of: request)
        return TokenText.text(of: SHA256.hash(Array("POST /v1/tokens\n\(key)".utf8)), length: TokenText.idLength)
    }

    /// The secret was in the first answer and is kept nowhere, so it cannot be answered again.
    private static func alreadyMade(_ id: String) -> Problem {
        Problem(
            .conflict,
            "This Idempotency-Key has made the token \(id) already; its secret was shown only then. If it was lost, "
                + "revoke that token and make another with a new key.")
    }

    /// What the store refuses may have been made there by the same key: on another collector, or by a try whose answer
    /// was lost.
    private func insert(_ record: TokenRecord) async throws {
        do {
            try await parts.access.keeper.insert(record)
        } catch {
            let known = try? await parts.access.keeper.all().records.contains { $0.id == record.id }
            throw known == true ? Self.alreadyMade(record.id) : error
        }
    }

    /// The role that was named, or the one that `agent` or `ping` stands for.
    private static func role(of draft: Draft) throws(Problem) -> Role {
        let implied: Role? = draft.agent != nil ? .agent : draft.ping != nil ? .ping : nil
        guard let role = draft.role ?? implied else { throw Problem(path: "role", "is missing") }
        if let implied, implied != role {
            throw Problem(path: "role", "must be \(implied.rawValue) with this subject, or be left out")
        }
        if draft.agent != nil, draft.ping != nil { throw Problem(path: "ping", "cannot stand beside agent") }
        if role == .engineer, draft.engineer == nil { throw Problem(path: "engineer", "is needed for this role") }
        if role != .engineer, draft.engineer != nil { throw Problem(path: "engineer", "belongs to the role engineer") }
        if role == .agent, draft.agent == nil { throw Problem(path: "agent", "is needed for this role") }
        if role == .agent || draft.ping != nil, draft.office != nil {
            throw Problem(path: "office", "does not limit a token that is for one subject")
        }
        if draft.ping != nil, draft.expiresAt != nil {
            throw Problem(path: "expiresAt", "does not go with a ping address; revoke it when it is over")
        }
        if role == .admin, draft.office != nil { throw Problem(path: "office", "cannot limit an administrator") }
        return role
    }

    /// Subjects must exist: a token for a misspelt agent would be found out only at the clinic.
    private func check(_ draft: Draft, role: Role) async throws {
        if let label = draft.label, label.utf8.count > Self.labelBytesMax {
            throw Problem(path: "label", "must have at most \(Self.labelBytesMax) bytes")
        }
        if let expiresAt = draft.expiresAt, expiresAt <= parts.now() {
            throw Problem(path: "expiresAt", "must lie in the future")
        }
        let fleet = try await parts.engine.read { $0.fleet }
        if let agent = draft.agent, !fleet.agents.contains(where: { $0.id == agent }) {
            throw Problem(path: "agent", "is not in agents.csv: \(agent)")
        }
        if let engineer = draft.engineer, !fleet.engineers.contains(where: { $0.id == engineer }) {
            throw Problem(path: "engineer", "is not in engineers.csv: \(engineer)")
        }
        if let office = draft.office, !fleet.offices.contains(where: { $0.id == office }) {
            throw Problem(path: "office", "is not in offices.csv: \(office)")
        }
        if let ping = draft.ping, !fleet.copies.contains(where: { $0.site == ping.site && $0.tier == ping.tier }) {
            throw Problem(path: "ping", "is not in copies.csv: \(ping.site) \(ping.tier.rawValue)")
        }
    }

    private func origin(of request: Request, peer: String) -> String {
        if let url = parts.publicURL { return url }
        let isTrusted = parts.access.proxy.trusts(peer)
        let host = (isTrusted ? request.headers[.forwardedHost] : nil) ?? request.head.authority ?? "localhost"
        let isSecure = parts.access.proxy.isSecure(
            peer: peer, forwardedProto: request.headers[.forwardedProto], hasTLS: parts.access.hasTLS)
        return "\(isSecure ? "https" : "http")://\(host)"
    }

    /// A token as it is listed: all but its digest.
    static func row(_ record: TokenRecord) -> JSON {
        [
            "id": .string(record.id), "role": .word(record.role), "engineer": .id(record.engineer),
            "agent": .id(record.agent),
            "offices": record.offices.map { .array($0.map { .string($0.text) }) } ?? .null,
            "ping": record.ping.map { ["site": .string($0.site.text), "tier": .word($0.tier)] } ?? .null,
            "label": .string(record.label), "createdAt": .time(record.createdAt),
            "expiresAt": .time(record.expiresAt), "revokedAt": .time(record.revokedAt),
        ]
    }
}
