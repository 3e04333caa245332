package import AnpiEngine
package import AnpiModel
import FoundationEssentials

/// Turns a received body into inputs of the log and into the answer that is sent once they are durable.
///
/// The same for both doors; no I/O, no waiting, no clock: the receipt is stamped when the door hands it over.
package struct BeatIntake: Sendable {
    /// A request with one run, before and after gunzip.
    package static let singleBytesMax = 64 << 10
    /// A request with backlog, before and after gunzip.
    package static let backlogBytesMax = 1 << 20

    let directory: FleetDirectory

    package init(directory: FleetDirectory) { self.directory = directory }

    /// A body that can be committed, and what to say when it is.
    package struct Accepted: Sendable {
        package enum Received: Sendable {
            case heartbeats(HeartbeatRequest)
            case ping(site: SiteID, tier: CopyTier, kind: Ping.Kind, run: String?, message: String?)
        }

        package var received: Received
        package var answer: [UInt8]
        /// What it is worth where not everything can be taken.
        package var work: Work

        package func input(receivedAt: Timestamp) -> Input {
            switch received {
            case .heartbeats(let request): .heartbeats(Heartbeats(receivedAt: receivedAt, request: request))
            case .ping(let site, let tier, let kind, let run, let message):
                .ping(
                    Ping(receivedAt: receivedAt, site: site, tier: tier, kind: kind, run: run, message: message))
            }
        }
    }

    package enum OnBody: Sendable {
        case accepted(Accepted)
        case refused(WireAnswer)
    }

    /// Looks at one heartbeat request that was read whole.
    package func heartbeats(
        _ body: UnsafeBufferPointer<UInt8>, encoding: String?, agent: AgentID
    ) -> OnBody {
        switch encoding {
        case nil, "", "identity": return plain(body, agent: agent)
        case "gzip":
            do throws(GunzipError) {
                let inflated = try gunzip(body, limit: Self.backlogBytesMax)
                return inflated.withUnsafeBufferPointer { plain($0, agent: agent) }
            } catch {
                switch error {
                case .malformed: return .refused(.problem(.malformed, "The body is not whole gzip data."))
                case .tooLarge: return .refused(Self.tooLarge(Self.backlogBytesMax))
                }
            }
        default:
            return .refused(.problem(.unsupportedEncoding, "Send the body as it is or with Content-Encoding: gzip."))
        }
    }

    private func plain(_ body: UnsafeBufferPointer<UInt8>, agent: AgentID) -> OnBody {
        guard body.count <= Self.backlogBytesMax else { return .refused(Self.tooLarge(Self.backlogBytesMax)) }
        let request: HeartbeatRequest
        if let scanned = HeartbeatScanner.scan(body) {
            request = scanned
        } else {
            do {
                request = try JSONDecoder().decode(HeartbeatRequest.self, from: Data(buffer: body))
            } catch {
                return .refused(WireAnswer(Problem(about: error)))
            }
        }
        return heartbeats(request, bytes: body.count, agent: agent)
    }

    private func heartbeats(_ request: HeartbeatRequest, bytes: Int, agent: AgentID) -> OnBody {
        guard request.agent == agent else {
            return .refused(.problem(.forbidden, "This token speaks for \(agent), the body says \(request.agent)."))
        }
        guard let known = directory.agent(agent) else {
            return .refused(
                .problem(.notFound, "No agent \(agent) in the fleet: import agents.csv with it, then send again."))
        }
        do throws(FieldProblem) {
            try HeartbeatRules.check(request)
        } catch {
            return .refused(WireAnswer(Problem(about: error)))
        }
        if request.beats.count == 1, bytes > Self.singleBytesMax {
            return .refused(Self.tooLarge(Self.singleBytesMax))
        }
        let (beats, rejected) = HeartbeatRules.separate(request)
        var accepted = request
        if !rejected.isEmpty { accepted.beats = beats }
        let highest = request.beats.reduce(Int64(0)) { max($0, $1.seq &+ Int64(($1.count ?? 1) - 1)) }
        let ordinary =
            known.intervalSeconds > 0 ? known.intervalSeconds : request.beats[request.beats.count - 1].interval
        return .accepted(
            Accepted(
                received: .heartbeats(accepted),
                answer: Self.answer(
                    acknowledged: highest, rejected: rejected, interval: ordinary, asked: known.asked),
                work: Work(of: accepted)))
    }

    /// The answer's JSON, written by hand: it is sent once a beat.
    static func answer(
        acknowledged: Int64, rejected: [HeartbeatResponse.Rejection], interval ordinary: Int,
        asked: FleetDirectory.Asked?
    ) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(96 + (asked?.directives.count ?? 0))
        text.append(literal: "{\"acknowledged\":")
        text.append(decimal: acknowledged)
        if rejected.isEmpty {
            text.append(literal: ",\"rejected\":[],\"interval\":")
        } else {
            let list = rejected.map { ["seq": .integer($0.seq), "reason": .string($0.reason)] as JSON }
            text += ",\"rejected\":\(JSON.array(list).text),\"interval\":".utf8
        }
        text.append(decimal: Int64(asked.map { min(ordinary, $0.intervalSeconds) } ?? ordinary))
        text.append(literal: ",\"directives\":")
        if let asked { text += asked.directives } else { text.append(literal: "[]") }
        text.append(literal: "}")
        return text
    }

    private static func tooLarge(_ limit: Int) -> WireAnswer {
        .problem(.tooLarge, "At most \(limit) bytes, before and after gunzip: send fewer runs.")
    }

    // MARK: Pings

    /// Looks at one ping; `body` has been cut at the limit that `Ping-Body-Limit` tells.
    package func ping(site: SiteID, tier: CopyTier, kind: Ping.Kind, run: String?, body: [UInt8]) -> OnBody {
        guard directory.has(site) else {
            return .refused(.problem(.notFound, "There is no such ping address."))
        }
        let excerpt = String(decoding: body, as: UTF8.self).unicodeScalars
            .prefix(HeartbeatRules.messageCharactersMax)
            .map { $0.value < 0x20 ? " " : Character($0) }
        return .accepted(
            Accepted(
                received: .ping(
                    site: site, tier: tier, kind: kind, run: run, message: excerpt.isEmpty ? nil : String(excerpt)),
                answer: Array("OK".utf8), work: .beat))
    }
}

extension [UInt8] {
    fileprivate mutating func append(literal: StaticString) {
        literal.withUTF8Buffer { append(contentsOf: $0) }
    }

    /// A number that is not negative, in digits.
    fileprivate mutating func append(decimal number: Int64) {
        var rest = UInt64(number)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var first = digits.count
            repeat {
                first -= 1
                digits[first] = 0x30 + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            append(contentsOf: UnsafeBufferPointer(rebasing: digits[first...]))
        }
    }
}
