import CEpoll
import Glibc

/// One thread of a load: an epoll loop over its connections, one request outstanding on each.
///
/// Closed loop: a connection sends its next request when the last one is answered, so that the server is always asked
/// for as much as it can do and the latencies are those of a server at its limit.
final class LoadWorker {
    /// Broken connections after which a run is given up: the server is gone.
    static let brokenMax: Int64 = 2_000
    /// Outstanding answers are waited for this long at the end.
    static let drainNanoseconds: Int64 = 5_000_000_000
    private static let answerBytesMax = 64 << 10

    private struct Connection {
        var descriptor: Int32 = -1
        var sentAt: Int64 = 0
        /// Highest sequence of the request that is outstanding.
        var sequence: Int64 = 0
        var isWaiting = false
        /// The beginning of an answer that came in pieces.
        var held: [UInt8] = []
    }

    private enum Part {
        case warmingUp, measuring
        /// Nothing more is sent; the answers that are due are waited for.
        case draining
    }

    /// Times, by the steady clock, at which the run goes from one part to the next.
    private struct Schedule {
        var measureFrom: Int64
        var measureUntil: Int64
    }

    private let plan: LoadPlan
    private let agents: AgentTable
    private let share: Range<Int>
    private let readsServer: Bool
    private let template: RequestTemplate
    private let poll: Int32
    private var connections: [Connection]
    private var buffer = [UInt8](repeating: 0, count: LoadWorker.answerBytesMax)
    private var tally = Tally()
    private var nextAgent: Int
    private var pass: Int64 = 0
    private var requestsLeft: Int64
    private var outstanding = 0
    private var part = Part.warmingUp
    private var drainingFrom: Int64 = 0
    private var acknowledgement = ExpectedAcknowledgement()

    /// - Parameters:
    ///   - share: the agents this thread speaks for; no other thread does, so that sequences ascend.
    ///   - readsServer: one thread of a load watches the server's processes.
    init(
        plan: LoadPlan, agents: AgentTable, share: Range<Int>, connections: Int, firstSequence: Int64,
        readsServer: Bool
    ) throws(LoadError) {
        self.plan = plan
        self.agents = agents
        self.share = share
        self.readsServer = readsServer
        self.connections = Array(repeating: Connection(), count: connections)
        template = RequestTemplate(beats: plan.beats, firstSequence: firstSequence)
        nextAgent = share.lowerBound
        requestsLeft = plan.requests.map { $0 / Int64(plan.threads) } ?? .max
        poll = anpi_epoll_create()
        guard poll >= 0 else { throw LoadError("no epoll, errno \(errno)") }
        tally.bytesPerRequest = template.requestBytes
        tally.bytesPerBody = template.bodyBytes
    }

    deinit {
        for connection in connections where connection.descriptor >= 0 { close(connection.descriptor) }
        close(poll)
    }

    func run() throws(LoadError) -> Tally {
        for index in connections.indices { try open(index) }
        let start = Instants.steadyNanoseconds()
        let measureFrom = plan.requests == nil ? start + Int64(plan.warmUpSeconds * 1e9) : start
        let schedule = Schedule(
            measureFrom: measureFrom,
            measureUntil: plan.requests == nil ? measureFrom + Int64(plan.measuredSeconds * 1e9) : .max)
        template.prepare(wallMilliseconds: Instants.wallMilliseconds())
        for index in connections.indices { send(index, at: start) }
        try turnUntilEnd(schedule)
        return tally
    }

    // MARK: The loop

    private func turnUntilEnd(_ schedule: Schedule) throws(LoadError) {
        var tags = [UInt32](repeating: 0, count: Int(ANPI_EPOLL_READY_MAX))
        while part != .draining || outstanding > 0 {
            let ready = anpi_epoll_wait(poll, &tags, 100)
            guard ready >= 0 || errno == EINTR else { throw LoadError("epoll_wait failed, errno \(errno)") }
            let now = Instants.steadyNanoseconds()
            switch part {
            case .warmingUp:
                if now >= schedule.measureFrom { beginMeasuring(at: now) }
            case .measuring:
                if now >= schedule.measureUntil || (requestsLeft == 0 && outstanding == 0) { endMeasuring(at: now) }
            case .draining:
                if now - drainingFrom > Self.drainNanoseconds { return tally.unanswered = Int64(outstanding) }
            }
            template.prepare(wallMilliseconds: Instants.wallMilliseconds())
            for index in 0..<Int(max(ready, 0)) {
                try receive(Int(tags[index]), from: schedule.measureFrom)
            }
        }
    }

    private func beginMeasuring(at now: Int64) {
        part = .measuring
        tally.measuredNanoseconds = -now
        tally.driverNanoseconds = -Instants.threadProcessorNanoseconds()
        tally.serverNanoseconds = readsServer ? -ServerProcesses.nanoseconds(of: plan.serverProcesses) : 0
    }

    private func endMeasuring(at now: Int64) {
        part = .draining
        drainingFrom = now
        tally.measuredNanoseconds += now
        tally.driverNanoseconds += Instants.threadProcessorNanoseconds()
        tally.serverNanoseconds += readsServer ? ServerProcesses.nanoseconds(of: plan.serverProcesses) : 0
    }

    private func send(_ index: Int, at now: Int64) {
        guard part != .draining, requestsLeft > 0 else { return }
        requestsLeft -= 1
        template.prepare(pass: pass)
        template.address(to: nextAgent, of: agents)
        connections[index].sequence = template.lastSequence(pass: pass)
        nextAgent += 1
        if nextAgent == share.upperBound {
            nextAgent = share.lowerBound
            pass += 1
        }
        // The socket's buffer holds a whole request, so a short write means that the peer is gone.
        let descriptor = connections[index].descriptor
        let isSent = template.withBytes { bytes in
            Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
        }
        guard isSent else {
            tally.brokenConnections += 1
            return
        }
        connections[index].sentAt = now
        connections[index].isWaiting = true
        outstanding += 1
    }

    private func receive(_ index: Int, from start: Int64) throws(LoadError) {
        let count = recv(connections[index].descriptor, &buffer, buffer.count, 0)
        guard count > 0 else {
            if count < 0, errno == EAGAIN || errno == EINTR { return }
            return try replace(index)
        }
        let outcome: AnswerReader.Outcome
        if connections[index].held.isEmpty {
            outcome = buffer.withUnsafeBytes { AnswerReader.read(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        } else {
            connections[index].held += buffer[..<count]
            outcome = connections[index].held.withUnsafeBytes { AnswerReader.read($0) }
        }
        switch outcome {
        case .partial:
            if connections[index].held.isEmpty { connections[index].held = Array(buffer[..<count]) }
            if connections[index].held.count > Self.answerBytesMax { try replace(index) }
        case .malformed: try replace(index)
        case .whole(let status, let length, let bodyLength):
            guard connections[index].isWaiting else { return try replace(index) }
            let now = Instants.steadyNanoseconds()
            connections[index].isWaiting = false
            outstanding -= 1
            let isGood = check(index, status: status, length: length, bodyLength: bodyLength)
            if isGood {
                tally.goodInAll += 1
                tally.bytesPerAnswer = length
                if part == .measuring {
                    record(now - connections[index].sentAt, second: Int((now - start) / 1_000_000_000))
                }
            }
            if !connections[index].held.isEmpty { connections[index].held = [] }
            send(index, at: now)
        }
    }

    private func record(_ nanoseconds: Int64, second: Int) {
        tally.latencies.record(nanoseconds: nanoseconds)
        while tally.perSecond.count <= second { tally.perSecond.append(0) }
        tally.perSecond[second] += 1
    }

    private func check(_ index: Int, status: Int, length: Int, bodyLength: Int) -> Bool {
        guard (200..<300).contains(status) else {
            tally.badStatuses[status, default: 0] += 1
            return false
        }
        guard plan.expectsAcknowledgement else { return true }
        acknowledgement.expect(connections[index].sequence)
        let body = (length - bodyLength)..<length
        let isAcknowledged =
            connections[index].held.isEmpty
            ? acknowledgement.begins(buffer[body]) : acknowledgement.begins(connections[index].held[body])
        if !isAcknowledged { tally.wrongAcknowledgements += 1 }
        return isAcknowledged
    }

    // MARK: Connections

    private func open(_ index: Int) throws(LoadError) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw LoadError("no socket, errno \(errno)") }
        connections[index] = Connection(descriptor: descriptor)
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        var bytes = Int32(256 << 10)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        let port = plan.ports[index % plan.ports.count]
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw LoadError("nothing listens on port \(port), errno \(errno)") }
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        guard anpi_epoll_watch(poll, descriptor, UInt32(index)) == 0 else {
            throw LoadError("epoll_ctl failed, errno \(errno)")
        }
    }

    /// A connection has failed: it is counted and opened anew.
    private func replace(_ index: Int) throws(LoadError) {
        tally.brokenConnections += 1
        guard tally.brokenConnections <= Self.brokenMax else { throw LoadError("the server drops its connections") }
        if connections[index].isWaiting { outstanding -= 1 }
        close(connections[index].descriptor)
        try open(index)
        send(index, at: Instants.steadyNanoseconds())
    }
}
