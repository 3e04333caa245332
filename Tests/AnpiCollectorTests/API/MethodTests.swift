import HTTPTypes
import HummingbirdTesting
import Testing

@testable import AnpiCollector

struct MethodTests {
    @Test(arguments: [
        ("DELETE", "/v1/sites", "GET, HEAD"), ("PUT", "/v1/findings", "GET, HEAD, POST"),
        ("GET", "/v1/heartbeats", "POST"), ("POST", "/v1/sites/shz-0041", "GET, HEAD"),
        ("GET", "/v1/tasks/T-1/transitions", "POST"), ("POST", "/", "GET, HEAD"), ("BREW", "/-/healthy", "GET, HEAD"),
        ("GET", "/v1/session", "DELETE, POST"), ("DELETE", "/ping/x", "GET, HEAD, POST"),
    ])
    func aWrongMethodOnAKnownPathSaysWhichAreRight(method: String, path: String, allowed: String) async throws {
        let method = try #require(HTTPRequest.Method(rawValue: method))
        let answer = try await DoorFixture().send(method, path)
        #expect(answer.status == .methodNotAllowed)
        #expect(answer.header("allow") == allowed)
        #expect(answer.header("content-type") == "application/problem+json")
        #expect(answer.text.contains(#""type":"urn:anpi:problem:methodNotAllowed""#))
        #expect(answer.text.contains(allowed))
    }

    @Test(arguments: ["/v1", "/v1/site", "/v1/sites/shz-0041/timelines", "/v2/sites", "/v1/tokens/x/y"])
    func anUnknownPathIsNotFoundWhateverTheMethod(path: String) async throws {
        for method in [HTTPRequest.Method.get, .post] {
            let answer = try await DoorFixture().send(method, path)
            #expect(answer.status == .notFound)
            #expect(answer.header("allow") == nil)
        }
    }
}
