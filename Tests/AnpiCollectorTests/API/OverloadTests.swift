import AnpiModel
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@testable import AnpiCollector

/// What people see while much is going on.
@Suite struct OverloadTests {
    private static let crowded = LoadReading(queueFill: 0.9, oldestWait: .zero, loopLag: .zero)
    private static let calm = LoadReading(queueFill: 0, oldestWait: .zero, loopLag: .zero)

    private let fixture = DoorFixture()
    private let viewer = DoorFixture.Tokens.viewer.text

    /// Eight seconds of the same reading.
    private func load(_ reading: LoadReading, from second: Int64) {
        for tick in 0..<80 {
            let at = DoorFixture.now + .seconds(second) + .milliseconds(100 * tick)
            _ = fixture.parts.admission.observed(reading, at: at)
        }
    }

    @Test func pagesAreRefusedClearlyTheOverviewAndBeatsAreNotAndItEndsByItself() async throws {
        load(Self.crowded, from: 0)
        let refused = try await fixture.send(.get, "/v1/sites", token: viewer)
        #expect(refused.status == .serviceUnavailable)
        #expect(refused.header("content-type") == "application/problem+json")
        #expect(refused.header("retry-after").flatMap { Int($0) }.map { (3...12).contains($0) } == true)
        #expect(refused.text.contains("urn:anpi:problem:overloaded"))

        let overview = try await fixture.send(.get, "/v1/overview", token: viewer)
        #expect(overview.status == .ok)
        #expect(overview.text.contains(#""load":{"level":"crowded""#))
        for path in ["/-/ready", "/-/healthy", "/metrics", "/v1/me"] {
            #expect(try await fixture.send(.get, path, token: viewer).status == .ok)
        }
        let beat = try await fixture.send(
            .post, "/v1/heartbeats", token: DoorFixture.Tokens.agent.text, body: "{}")
        #expect(beat.status == .ok, "beats come first")

        load(Self.calm, from: 60)
        #expect(try await fixture.send(.get, "/v1/sites", token: viewer).status == .ok)
        let after = try await fixture.send(.get, "/v1/overview", token: viewer)
        #expect(after.text.contains(#""load":{"level":"calm","since":null}"#))
    }

    @Test func expensiveAnswersGoFirst() async throws {
        load(LoadReading(queueFill: 0.3, oldestWait: .zero, loopLag: .zero), from: 0)
        let coordinator = DoorFixture.Tokens.coordinator.text
        #expect(try await fixture.send(.get, "/v1/journal/verify", token: coordinator).status == .serviceUnavailable)
        #expect(try await fixture.send(.get, "/v1/sites", token: coordinator).status == .ok)
    }

    @Test func aTokenThatComesTooOftenWaitsAndNobodyElseDoes() async throws {
        for _ in 0..<Admission.callers.burst {
            #expect(
                fixture.parts.admission.asked(by: DoorFixture.Tokens.viewer.record.id, at: DoorFixture.now) == nil)
        }
        let refused = try await fixture.send(.get, "/v1/sites", token: viewer)
        #expect(refused.status == .tooManyRequests && refused.header("retry-after") == "1")
        let other = try await fixture.send(.get, "/v1/sites", token: DoorFixture.Tokens.coordinator.text)
        #expect(other.status == .ok)
    }

    @Test func whoGuessesIsToldToWaitAndARightTokenOfTheSamePlaceIsTaken() async throws {
        let wrong = String(viewer.dropLast()) + "x"
        let place = NetworkPlace("")
        for _ in 0..<Admission.guesses.burst {
            _ = fixture.parts.admission.guessed(from: place, at: DoorFixture.now, Problem(.unauthorized, ""))
        }
        let refused = try await fixture.send(.get, "/v1/sites", token: wrong)
        #expect(refused.status == .tooManyRequests && refused.header("retry-after") != nil)
        #expect(try await fixture.send(.get, "/v1/sites", token: viewer).status == .ok)
    }
}
