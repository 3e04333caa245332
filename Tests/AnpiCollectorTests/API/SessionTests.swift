import AnpiEngine
import AnpiModel
import HTTPTypes
import HummingbirdTesting
import Synchronization
import Testing

@testable import AnpiCollector

struct SessionTests {
    typealias Tokens = DoorFixture.Tokens

    private func signIn(_ fixture: DoorFixture) async throws -> String {
        let answer = try await fixture.send(.post, "/v1/session", body: #"{"token":"\#(Tokens.coordinator.text)"}"#)
        #expect(answer.status == .noContent)
        let cookie = try #require(answer.header("set-cookie"))
        return String(cookie.prefix { $0 != ";" })
    }

    @Test func theCookieIsStrictAndHidden() async throws {
        let plain = try await DoorFixture().send(
            .post, "/v1/session", body: #"{"token":"\#(Tokens.viewer.text)"}"#)
        let cookie = try #require(plain.header("set-cookie"))
        #expect(cookie.contains("; HttpOnly; SameSite=Strict"))
        #expect(cookie.contains("Max-Age=43200"))
        #expect(!cookie.contains("Secure"))
        let secure = try await DoorFixture(hasTLS: true).send(
            .post, "/v1/session", body: #"{"token":"\#(Tokens.viewer.text)"}"#)
        #expect(secure.header("set-cookie")?.hasSuffix("; Secure") == true)
    }

    @Test func aCookieReadsAndAfterSignOutNoMore() async throws {
        let fixture = DoorFixture()
        let cookie = try await signIn(fixture)
        #expect(try await fixture.send(.get, "/v1/me", ["cookie": "other=1; \(cookie)"]).status == .ok)
        let out = try await fixture.send(
            .delete, "/v1/session", ["cookie": cookie, "x-anpi": "1", "origin": "http://localhost"])
        #expect(out.status == .noContent)
        #expect(try await fixture.send(.get, "/v1/me", ["cookie": cookie]).status == .unauthorized)
    }

    @Test func aCookieDiesWithItsToken() async throws {
        let fixture = DoorFixture()
        let cookie = try await signIn(fixture)
        fixture.access.tokens.revoke(id: Tokens.coordinator.record.id, at: DoorFixture.now)
        #expect(try await fixture.send(.get, "/v1/me", ["cookie": cookie]).status == .unauthorized)
    }

    @Test func aRevokedTokensSessionEndsAtOnce() async throws {
        let fixture = DoorFixture()
        try await fixture.keeper.insert(Tokens.coordinator.record)
        let cookie = try await signIn(fixture)
        #expect(try await fixture.send(.get, "/v1/me", ["cookie": cookie]).status == .ok)
        let path = "/v1/tokens/\(Tokens.coordinator.record.id)"
        #expect(try await fixture.send(.delete, path, token: Tokens.admin.text).status == .noContent)
        #expect(try await fixture.send(.get, "/v1/me", ["cookie": cookie]).status == .unauthorized)
    }

    @Test(arguments: [
        [:], ["x-anpi": "1"], ["origin": "http://localhost"],
        ["x-anpi": "1", "origin": "http://evil.example"], ["x-anpi": "1", "origin": "https://localhost"],
        ["x-anpi": "1", "origin": "null"],
    ])
    func aWriteWithACookieMustComeFromOurPage(headers: [String: String]) async throws {
        let fixture = DoorFixture()
        let cookie = try await signIn(fixture)
        let answer = try await fixture.send(
            .post, "/v1/engineers/eng-3/availability", headers.merging(["cookie": cookie]) { $1 },
            body: #"{"availability":"available"}"#)
        #expect(answer.status == .forbidden)
        #expect(fixture.commands.seen.withLock { $0.isEmpty })
    }

    @Test func aWriteFromOurPageGoesThrough() async throws {
        let fixture = DoorFixture()
        let cookie = try await signIn(fixture)
        let answer = try await fixture.send(
            .post, "/v1/engineers/eng-3/availability",
            ["cookie": cookie, "x-anpi": "1", "origin": "http://localhost"],
            body: #"{"availability":"available"}"#)
        #expect(answer.status == .ok)
    }

    @Test func aWrongTokenBesideAGoodCookieIsRefused() async throws {
        let fixture = DoorFixture()
        let cookie = try await signIn(fixture)
        let answer = try await fixture.send(.get, "/v1/me", token: "anpi_wrong", ["cookie": cookie])
        #expect(answer.status == .unauthorized)
    }

    @Test func guessingAtTheSignInIsSlowedDown() async throws {
        let fixture = DoorFixture()
        for _ in 0..<SignInThrottle.freeFailures {
            let answer = try await fixture.send(.post, "/v1/session", body: #"{"token":"anpi_wrong"}"#)
            #expect(answer.status == .unauthorized)
        }
        let answer = try await fixture.send(.post, "/v1/session", body: #"{"token":"\#(Tokens.admin.text)"}"#)
        #expect(answer.status == .tooManyRequests)
        #expect(answer.header("retry-after") == "1")
    }

    @Test func aSessionEndsAfterTwelveHours() {
        let sessions = SessionTable()
        let now = DoorFixture.now
        let cookie = sessions.begin(tokenID: "abc", at: now)
        #expect(sessions.tokenID(cookie: cookie, at: now + .seconds(12 * 3_600 - 1)) == "abc")
        #expect(sessions.tokenID(cookie: cookie, at: now + .seconds(12 * 3_600)) == nil)
        #expect(sessions.tokenID(cookie: cookie + "x", at: now) == nil)
    }
}
