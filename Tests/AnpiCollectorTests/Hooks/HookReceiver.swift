import Foundation
import Synchronization

/// A real HTTP receiver on loopback that keeps what it was sent; one connection after the other.
final class HookReceiver: Sendable {
    struct Received: Sendable {
        var target: String
        /// Names in small letters.
        var headers: [String: String]
        var body: [UInt8]

        var id: String { headers["webhook-id"] ?? "" }
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    struct Failure: Error {}

    let port: UInt16
    private let listener: Int32
    private let answer: @Sendable (Received) -> String
    private let received = Mutex<[Received]>([])
    private let arrived = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    static func status(_ status: Int, _ headers: String...) -> String {
        "HTTP/1.1 \(status) Status\r\n" + headers.map { $0 + "\r\n" }.joined()
            + "Content-Length: 0\r\nConnection: close\r\n\r\n"
    }

    /// - Parameter port: 0 for any that is free.
    init(port: UInt16 = 0, answer: @escaping @Sendable (Received) -> String = { _ in HookReceiver.status(204) }) throws
    {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        // By name and not by a structure of ours: in an optimised build the compiler takes its fields for another module's.
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo("127.0.0.1", String(port), nil, &found) == 0, let found else { throw Failure() }
        defer { freeaddrinfo(found) }
        let isBound =
            bind(listener, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0 && listen(listener, 64) == 0
        guard isBound else { throw Failure() }
        self.listener = listener
        self.answer = answer
        self.port = try Self.port(of: listener)
        let thread = Thread { [self] in
            serve()
            ended.signal()
        }
        thread.start()
    }

    /// The port that a socket is bound to.
    private static func port(of socket: Int32) throws -> UInt16 {
        let address = UnsafeMutableRawBufferPointer.allocate(byteCount: 128, alignment: 8)
        defer { address.deallocate() }
        var length = socklen_t(address.count)
        var service = [CChar](repeating: 0, count: 16)
        guard let start = address.baseAddress?.assumingMemoryBound(to: sockaddr.self),
            getsockname(socket, start, &length) == 0,
            getnameinfo(start, length, nil, 0, &service, socklen_t(service.count), NI_NUMERICSERV) == 0,
            let port = UInt16(String(decoding: service.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self))
        else { throw Failure() }
        return port
    }

    /// The next request that has been answered, nil where none comes in a time that only a broken program needs.
    func next() -> Received? {
        guard arrived.wait(timeout: .now() + 60) == .success else { return nil }
        return received.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }

    /// All that was answered and not taken by `next`.
    var all: [Received] { received.withLock { $0 } }

    /// Nobody listens afterwards.
    func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        ended.wait()
        Foundation.close(listener)
    }

    private func serve() {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { return }
            if let request = Self.read(connection) {
                let answer = Array(answer(request).utf8)
                received.withLock { $0.append(request) }
                _ = send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
                arrived.signal()
            }
            Foundation.close(connection)
        }
    }

    private static func read(_ connection: Int32) -> Received? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let request = parse(bytes) { return request }
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            bytes += chunk[..<count]
        }
    }

    private static func parse(_ bytes: [UInt8]) -> Received? {
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: [13, 10, 13, 10]) }) else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            headers[line[..<colon].lowercased()] = value
        }
        let body = Array(bytes[(end + 4)...])
        guard body.count >= Int(headers["content-length"] ?? "0") ?? 0 else { return nil }
        let words = lines[0].split(separator: " ")
        return Received(target: words.count > 1 ? String(words[1]) : "", headers: headers, body: body)
    }
}
