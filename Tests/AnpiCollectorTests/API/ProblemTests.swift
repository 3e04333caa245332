import AnpiModel
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import AnpiCollector
@testable import AnpiEngine

/// One vocabulary of problems, whoever answers.
struct ProblemTests {
    @Test func theEngineAnswersInTheSameWords() {
        let reused = Problem(
            .operationReused, "This Idempotency-Key belongs to another request. Draw a new key for a new change.")
        #expect(Answer.notAllowed("x").body == Problem(.forbidden, "x").json)
        #expect(Answer.notFound("x").body == Problem(.notFound, "x").json)
        #expect(Answer.conflict("x").body == Problem(.conflict, "x").json)
        #expect(Answer.reused.body == reused.json)
        #expect(Answer.reused.body == Problem(CollectorError(.operationReused)).json)
        #expect(
            Answer.invalid([.init(path: "eta", message: "is over")]).body
                == Problem(path: "eta", "is over").json)
    }

    @Test func theDescriptionListsEveryType() async throws {
        let text = try await DoorFixture().send(.get, "/openapi.json").text
        let prefix = #""urn:anpi:problem:"#
        let listed = text.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { $0.hasPrefix(prefix) }
            .map { $0.dropFirst().prefix { $0 != "\"" } }.map(String.init)
        #expect(listed.sorted() == Problem.Kind.allCases.map(\.type).sorted())
    }
}
