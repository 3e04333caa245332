import AnpiDigest
import AnpiModel
import Synchronization
import Testing

@testable import AnpiCollector

struct TokenTests {
    typealias Tokens = DoorFixture.Tokens

    let now = DoorFixture.now

    @Test func aTokenIsFoundByItsIdAndSecret() {
        let table = TokenTable(Tokens.all)
        #expect(table.authenticate(Tokens.agent.text.utf8, at: now)?.agent?.text == "shz-0041-server")
        #expect(table.authenticate(Array(Tokens.engineer.text.utf8)[...], at: now)?.engineer?.text == "eng-3")
    }

    @Test(arguments: [
        "", "anpi_", "anpi_admin_x_y", String(repeating: "a", count: 4_000), "anpi_admin_ADMINAAAAAAA_" + "s",
        "Anpi" + Tokens.admin.text.dropFirst(4), Tokens.admin.text + "s", String(Tokens.admin.text.dropLast()),
        Tokens.admin.text.replacing("_admin_", with: "_agent_"),
        Tokens.admin.text.replacing("_admin_", with: "_\u{e9}_"),
    ])
    func anythingElseIsNobody(text: String) {
        #expect(TokenTable(Tokens.all).authenticate(text.utf8, at: now) == nil)
    }

    @Test func aTokenExpires() {
        var record = Tokens.viewer.record
        record.expiresAt = now
        let table = TokenTable([record])
        #expect(table.authenticate(Tokens.viewer.text.utf8, at: now - .milliseconds(1)) != nil)
        #expect(table.authenticate(Tokens.viewer.text.utf8, at: now) == nil)
        #expect(table.principal(id: record.id, at: now) == nil)
    }

    @Test func randomTokensAreOfTheFormThatIsRead() {
        for _ in 0..<1_000 {
            let id = TokenText.random(length: TokenText.idLength)
            let secret = TokenText.random(length: TokenText.secretLength)
            let record = TokenRecord(
                id: id, role: .coordinator, label: "", createdAt: now, digest: SHA256.hash(Array(secret.utf8)))
            let text = TokenText.format(role: .coordinator, id: id, secret: secret)
            #expect(TokenTable([record]).authenticate(text.utf8, at: now)?.tokenID == id)
        }
    }

    @Test func aRandomUUIDIsAPingAddress() throws {
        for _ in 0..<1_000 {
            let uuid = TokenText.randomUUID()
            let path = try #require(PingPath(path: "/ping/\(uuid)/fail"))
            #expect(path.credential == .copy(uuid))
            #expect(Array(uuid)[14] == "4")
            #expect("89ab".contains(Array(uuid)[19]))
        }
    }

    @Test func aRevokedPingAddressIsUnknown() throws {
        let access = TokenTable(Tokens.all)
        let directory = PingDirectory(tokens: access)
        let path = try #require(PingPath(path: "/ping/\(Tokens.pingUUID)"))
        #expect(directory.find(path, at: now) == .place(PingPlace(site: SiteID(trusted: "shz-0041"), tier: .external)))
        access.revoke(id: "pingaaaaaaaa", at: now)
        #expect(directory.find(path, at: now) == .unknown)
    }

    @Test func aPingSecretIsNoToken() {
        let text = TokenText.format(role: .ping, id: "pingbbbbbbbb", secret: Tokens.pingKey)
        #expect(TokenTable(Tokens.all).authenticate(text.utf8, at: now) == nil)
    }

    @Test func aRevocationThatCrossesARefreshDoesNotComeBack() async throws {
        let table = TokenTable([Tokens.viewer.record])
        let keeper = CrossedTokens()
        try await keeper.tokens.insert(Tokens.viewer.record)
        // Between the read of the store and its arrival here the token is revoked, as the route does it.
        keeper.afterRead.withLock {
            $0 = { keeper in
                _ = try await keeper.tokens.revoke(id: Tokens.viewer.record.id, at: self.now)
                table.revoke(id: Tokens.viewer.record.id, at: self.now)
            }
        }
        let refresher = AccessRefresher(keeper: keeper, table: table, clock: NeverClock(), logger: .silent)
        #expect(await refresher.refresh(seen: nil) == 2)
        #expect(table.authenticate(Tokens.viewer.text.utf8, at: now) == nil)
        #expect(keeper.reads.withLock { $0 } == 2)
    }

    @Test func aTokenMadeDuringARefreshStays() async throws {
        let table = TokenTable()
        let mark = table.mark
        table.insert(Tokens.viewer.record)
        #expect(!table.replace(with: [], ifUnchangedSince: mark))
        #expect(table.authenticate(Tokens.viewer.text.utf8, at: now) != nil)
        #expect(table.replace(with: [], ifUnchangedSince: table.mark))
        #expect(table.authenticate(Tokens.viewer.text.utf8, at: now) == nil)
    }

    @Test func theTableFollowsTheStore() async throws {
        let keeper = MemoryTokens()
        let table = TokenTable()
        let refresher = AccessRefresher(keeper: keeper, table: table, clock: NeverClock(), logger: .silent)
        try await keeper.insert(Tokens.viewer.record)
        let seen = await refresher.refresh(seen: nil)
        #expect(table.authenticate(Tokens.viewer.text.utf8, at: now) != nil)
        _ = try await keeper.revoke(id: Tokens.viewer.record.id, at: now)
        #expect(await refresher.refresh(seen: seen) == 2)
        #expect(table.authenticate(Tokens.viewer.text.utf8, at: now) == nil)
    }
}

/// Tokens in memory with something that happens after a read, once.
final class CrossedTokens: TokenKeeping {
    let tokens = MemoryTokens()
    let reads = Mutex(0)
    let afterRead = Mutex<(@Sendable (CrossedTokens) async throws -> Void)?>(nil)

    func revision() async throws -> Int64 { try await tokens.revision() }

    func all() async throws -> TokenSet {
        reads.withLock { $0 += 1 }
        let set = try await tokens.all()
        let crossing = afterRead.withLock { crossing in
            defer { crossing = nil }
            return crossing
        }
        try await crossing?(self)
        return set
    }

    func insert(_ record: TokenRecord) async throws { try await tokens.insert(record) }

    func revoke(id: String, at: Timestamp) async throws -> Bool { try await tokens.revoke(id: id, at: at) }
}
