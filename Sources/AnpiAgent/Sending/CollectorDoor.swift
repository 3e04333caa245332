import AnpiClient
import AnpiModel

/// One collector's agents' door, as a sender sees it.
struct CollectorDoor {
    let client: HTTPClient
    let url: String
    let token: String
    let agent: AgentID

    /// Bytes of an answer that are read; a collector's is far shorter.
    static let answerBytesMax = 256 * 1_024

    /// Sends one request and reads what came of it.
    func send(_ outgoing: OutgoingRuns, at now: Timestamp, timeout: Duration) -> SendAnswer {
        let text = HeartbeatText.request(agent: agent, sentAt: now, version: AgentVersion.text, outgoing: outgoing)
        do {
            let response = try post(Array(text.utf8), timeout: timeout)
            return Self.answer(from: response, highest: outgoing.sequences.upperBound, at: now)
        } catch {
            return .failed(why: error.description)
        }
    }

    /// A request with any body, for `doctor` too.
    func post(_ body: [UInt8], timeout: Duration) throws(ClientError) -> HTTPResponse {
        try client.perform(
            HTTPRequest(
                .post, url + "/v1/heartbeats",
                headers: [("Authorization", "Bearer \(token)"), ("Content-Type", "application/json")], body: body,
                timeout: timeout))
    }

    /// Judges an answer. A 200 that is not a collector's (a captive portal's page) acknowledges nothing.
    static func answer(from response: HTTPResponse, highest: Int64, at now: Timestamp) -> SendAnswer {
        switch response.status {
        case 200:
            guard let answer = HeartbeatResponse(json: response.body), answer.acknowledged >= highest
            else { return .failed(why: "the answer is not a collector's") }
            return .accepted(answer)
        case 400, 413, 422: return .unacceptable(status: response.status)
        case 401, 403, 404: return .notAllowed(status: response.status)
        case 429, 503: return .busy(retryAfter: response.retryAfter(at: now))
        default: return .failed(why: "status \(response.status)")
        }
    }
}

/// The agent's own release.
package enum AgentVersion {
    package static let text = "0.1.0"
}
