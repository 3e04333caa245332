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
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, pointer, &length) == 0
            }
        }
        guard isBound else { throw Failure() }
        self.listener = listener
        self.answer = answer
        self.port = UInt16(bigEndian: address.sin_port)
        let thread = Thread { [self] in
            serve()
            ended.signal()
        }
        thread.start()
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
