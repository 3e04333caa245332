/// One request whose changing fields are patched in place; owned by one thread.
///
/// All fields have a fixed width. What changes with every request (agent, token) is copied in; what changes with time
/// or with a pass over the fleet is written only then, so that making a request costs some nanoseconds and the load
/// leaves the processor to the server.
package final class RequestTemplate {
    /// Digits of a sequence number: milliseconds since the epoch fit until the year 2286.
    static let sequenceDigits = 13
    /// Seconds between the beats of a backlog.
    static let backlogIntervalSeconds: Int64 = 60

    private let storage: UnsafeMutableBufferPointer<UInt8>
    private var idPlaces: [Int] = []
    private var secretPlace = 0
    private var sentAtPlace = 0
    private var beats: [(sequence: Int, at: Int)] = []
    private let firstSequence: Int64
    private var preparedPass: Int64 = -1
    private var preparedMillisecond: Int64 = -1
    private var preparedSecond: Int64 = -1

    /// Bytes of the body, the same for every request.
    package let bodyBytes: Int

    /// - Parameters:
    ///   - beats: single beats in a request; one is the usual heartbeat with the state of a copy, more is a backlog.
    ///   - firstSequence: number of the first beat; must rise from run to run for beats to be fresh.
    package init(beats: Int, firstSequence: Int64) {
        self.firstSequence = firstSequence
        var body = Draft()
        body.text("{\"agent\":\"")
        body.field("id", AgentTable.idLength)
        body.text("\",\"boot\":\"6f9c2a51\",\"sentAt\":\"")
        body.field("sentAt", Instants.textLength)
        body.text("\",\"version\":\"1.4.0\",\"beats\":[")
        for number in 0..<beats {
            if number > 0 { body.text(",") }
            body.text("{\"seq\":")
            body.field("seq", Self.sequenceDigits)
            body.text(",\"at\":\"")
            body.field("at", Instants.textLength)
            body.text(
                "\",\"interval\":\(Self.backlogIntervalSeconds),\"power\":{\"source\":\"mains\"},\"link\":\"fixed\"")
            if beats == 1 {
                body.text(
                    ",\"copies\":[{\"tier\":\"external\",\"state\":\"good\","
                        + "\"goodAt\":\"2022-09-24T02:00:00.000+09:00\"}]")
            }
            body.text("}")
        }
        body.text("]}")
        bodyBytes = body.bytes.count

        var draft = Draft()
        draft.text("POST /v1/heartbeats HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer anpi_agent_")
        draft.field("secret", AgentTable.secretLength)
        draft.text("\r\ncontent-type: application/json\r\ncontent-length: \(bodyBytes)\r\n\r\n")
        let head = draft.bytes.count
        storage = .allocate(capacity: head + bodyBytes)
        _ = storage.initialize(from: draft.bytes + body.bytes)
        secretPlace = draft.places["secret"]?.first ?? 0
        idPlaces = (body.places["id"] ?? []).map { $0 + head }
        sentAtPlace = (body.places["sentAt"]?.first ?? 0) + head
        self.beats = zip(body.places["seq"] ?? [], body.places["at"] ?? []).map { ($0 + head, $1 + head) }
    }

    deinit { storage.deallocate() }

    /// Bytes of a request, head and body, the same for every request.
    package var requestBytes: Int { storage.count }

    /// Lends the request as it stands; the view ends with `body`.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        // The storage goes with this object, which a caller may hold as a temporary only.
        withExtendedLifetime(self) { body(UnsafeRawBufferPointer(storage)) }
    }

    /// Highest sequence number of a request in `pass`; it is what the collector acknowledges.
    package func lastSequence(pass: Int64) -> Int64 { firstSequence + (pass + 1) * Int64(beats.count) - 1 }

    /// Numbers of the `pass`-th time that each agent sends.
    package func prepare(pass: Int64) {
        guard pass != preparedPass, let base = storage.baseAddress else { return }
        preparedPass = pass
        let first = firstSequence + pass * Int64(beats.count)
        for (index, beat) in beats.enumerated() {
            Instants.write(Int(first) + index, digits: Self.sequenceDigits, to: base + beat.sequence)
        }
    }

    /// Times of requests sent now: the newest beat is of now, a backlog's others each an interval older.
    package func prepare(wallMilliseconds now: Int64) {
        guard now != preparedMillisecond, let base = storage.baseAddress else { return }
        preparedMillisecond = now
        Instants.write(milliseconds: now, to: base + sentAtPlace)
        if let last = beats.last { Instants.write(milliseconds: now, to: base + last.at) }
        let second = now / 1_000
        guard second != preparedSecond else { return }
        preparedSecond = second
        for (age, beat) in beats.reversed().enumerated().dropFirst() {
            let at = second * 1_000 - Int64(age) * Self.backlogIntervalSeconds * 1_000
            Instants.write(milliseconds: at, to: base + beat.at)
        }
    }

    /// Makes it the request of one agent.
    package func address(to agent: Int, of agents: AgentTable) {
        guard let base = storage.baseAddress else { return }
        for place in idPlaces { agents.copy(agent, id: base + place, secret: base + secretPlace) }
    }

    /// Text under construction that remembers where its fields lie.
    private struct Draft {
        var bytes: [UInt8] = []
        var places: [String: [Int]] = [:]

        mutating func text(_ text: String) { bytes.append(contentsOf: text.utf8) }

        mutating func field(_ name: String, _ length: Int) {
            places[name, default: []].append(bytes.count)
            bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: length))
        }
    }
}
