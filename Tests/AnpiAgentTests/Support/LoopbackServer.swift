import AnpiClient
import AnpiModel
import Glibc
import Synchronization

@testable import AnpiAgent

/// A value that threads of a test share.
final class Shared<Value: Sendable>: Sendable {
    private let content: Mutex<Value>
    init(_ value: Value) { content = Mutex(value) }
    var value: Value { content.withLock { $0 } }
    func change<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        content.withLock { value in
            var copy = value
            let result = body(&copy)
            value = copy
            return result
        }
    }
}

/// An HTTP/1.1 server on loopback that answers by script: one thread a connection, small bodies only.
final class LoopbackServer: Sendable {
    struct Request: Sendable {
        var line: String
        var headers: [String: String]
        var body: String
    }

    /// The bytes of an answer; nil closes the connection without one.
    typealias Script = @Sendable (_ request: Request, _ number: Int) -> String?

    private let listener: Int32
    let port: UInt16
    private let seen = Shared<[Request]>([])
    private let connections = Shared(0)
    private let bell = Bell()

    init(_ script: @escaping Script) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, pointer, &length) == 0
            }
        }
        precondition(bound, "no loopback port")
        port = UInt16(bigEndian: address.sin_port)
        let (seen, connections, bell) = (seen, connections, bell)
        _ = Thread.start {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else {
                    close(listener)
                    return
                }
                connections.change { $0 += 1 }
                _ = Thread.start { Self.serve(connection, script, seen, bell) }
            }
        }
    }

    /// The accepting thread closes the socket: closed here, its number could be another test's by then.
    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [Request] { seen.value }
    var connectionCount: Int { connections.value }

    /// Waits until `isEnough` holds for what was received; false after 20 s.
    func wait(until isEnough: ([Request]) -> Bool) -> Bool {
        let deadline = SystemClock.steady + .seconds(20)
        while !isEnough(seen.value) {
            guard SystemClock.steady < deadline else { return false }
            bell.wait(atMost: deadline - SystemClock.steady)
        }
        return true
    }

    static func answer(_ status: String, _ body: String = "", headers: String = "") -> String {
        "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
    }

    /// What a collector answers to these heartbeats.
    static func accepted(
        _ request: Request, interval: Int = 1, rejected: String = "", directives: [Directive] = []
    ) -> String {
        answer(
            "200 OK",
            "{\"acknowledged\":9000000000,\"rejected\":[\(rejected)],\"interval\":\(interval),\"directives\":["
                + directives.map { "\"\($0.text)\"" }.joined(separator: ",") + "]}")
    }

    private static func serve(_ connection: Int32, _ script: Script, _ seen: Shared<[Request]>, _ bell: Bell) {
        defer { close(connection) }
        var bytes: [UInt8] = []
        while let request = read(connection, &bytes) {
            let number = seen.change { requests in
                requests.append(request)
                return requests.count
            }
            let answer = script(request, number)
            bell.ring()
            guard let answer, case .success = LocalFiles.write(Array(answer.utf8), to: connection) else { return }
        }
    }

    private static func read(_ connection: Int32, _ bytes: inout [UInt8]) -> Request? {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let request = parse(&bytes) { return request }
            let count = Glibc.read(connection, &chunk, chunk.count)
            guard count > 0 else { return nil }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    private static func parse(_ bytes: inout [UInt8]) -> Request? {
        guard
            let end = (0..<max(0, bytes.count - 3)).first(where: { bytes[$0..<($0 + 4)].elementsEqual("\r\n\r\n".utf8) }
            )
        else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n").map(String.init)
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        guard bytes.count >= end + 4 + length else { return nil }
        let body = String(decoding: bytes[(end + 4)..<(end + 4 + length)], as: UTF8.self)
        bytes.removeFirst(end + 4 + length)
        return Request(line: lines.first ?? "", headers: headers, body: body)
    }
}

/// A generator that repeats itself from its seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
