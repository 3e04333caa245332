/// What a load does.
package struct LoadPlan: Sendable {
    /// IPv4 loopback ports of the servers; connections are dealt out among them in turn.
    package var ports: [UInt16]
    /// Kept-alive connections, one request outstanding on each.
    package var connections = 256
    package var threads = 1
    /// Single beats in a request.
    package var beats = 1
    package var warmUpSeconds = 3.0
    package var measuredSeconds = 10.0
    /// Stops after so many requests instead of by time; used to let every agent be heard once.
    package var requests: Int64?
    /// Where true, a 200 counts only if it acknowledges the request's highest sequence and rejects nothing.
    package var expectsAcknowledgement = false
    /// Processes whose use of the processor is read at both ends of the measured time.
    package var serverProcesses: [Int32] = []

    package init(ports: [UInt16]) { self.ports = ports }
}

/// What a load found.
package struct Tally: Sendable {
    /// Answers in the measured time that were what was expected, and how long each took.
    package var latencies = LatencyHistogram()
    /// Good answers of the whole run, warm-up and drain included: what a server must have counted too.
    package var goodInAll: Int64 = 0
    /// Good answers in each second of the measured time; a stall shows here.
    package var perSecond: [Int64] = []
    package var badStatuses: [Int: Int64] = [:]
    /// 200s that did not acknowledge what was sent.
    package var wrongAcknowledgements: Int64 = 0
    package var brokenConnections: Int64 = 0
    /// Requests without an answer when the time for draining was over.
    package var unanswered: Int64 = 0
    package var measuredNanoseconds: Int64 = 0
    /// The driver's own use of the processor in the measured time.
    package var driverNanoseconds: Int64 = 0
    package var serverNanoseconds: Int64 = 0
    package var bytesPerRequest = 0
    package var bytesPerBody = 0
    /// A good answer's size, head and body.
    package var bytesPerAnswer = 0

    package init() {}

    /// Answers and connections that were not as they should be.
    package var errors: Int64 {
        badStatuses.values.reduce(0, +) + wrongAcknowledgements + brokenConnections + unanswered
    }

    package mutating func add(_ other: Tally) {
        latencies.add(other.latencies)
        goodInAll += other.goodInAll
        for (index, count) in other.perSecond.enumerated() {
            if index < perSecond.count { perSecond[index] += count } else { perSecond.append(count) }
        }
        badStatuses.merge(other.badStatuses, uniquingKeysWith: +)
        wrongAcknowledgements += other.wrongAcknowledgements
        brokenConnections += other.brokenConnections
        unanswered += other.unanswered
        measuredNanoseconds = max(measuredNanoseconds, other.measuredNanoseconds)
        driverNanoseconds += other.driverNanoseconds
        serverNanoseconds += other.serverNanoseconds
        bytesPerRequest = max(bytesPerRequest, other.bytesPerRequest)
        bytesPerBody = max(bytesPerBody, other.bytesPerBody)
        bytesPerAnswer = max(bytesPerAnswer, other.bytesPerAnswer)
    }
}
