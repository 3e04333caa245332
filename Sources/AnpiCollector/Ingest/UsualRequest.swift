import NIOCore

/// A heartbeat request in the one form that nearly all of them have, found in the bytes of one read without a parser.
///
/// `POST /v1/heartbeats HTTP/1.1`, header fields that are known here and change nothing about how it is read, a length,
/// and the whole body behind it: of such a request every HTTP parser says the same. Whatever differs by a byte is nil,
/// and SwiftNIO's decoder takes it. Its strings and arrays of fields are a sixth of what a beat costs.
struct UsualRequest: Hashable {
    /// Of the value of `authorization`.
    let authorization: Range<Int>
    let body: Range<Int>

    private static let line = Array("POST /v1/heartbeats HTTP/1.1\r\n".utf8)
    private static let keepAlive = Array("keep-alive".utf8)
    /// A longer head is the decoder's, which has limits of its own.
    private static let headBytesMax = 4 << 10
    /// Seven digits hold every length that the door takes.
    private static let lengthDigitsMax = 7

    /// Fields by what they mean here.
    private enum Field {
        case authorization, contentLength, connection, ignored
    }

    private static let fields: [(name: [UInt8], field: Field)] = {
        let ignored = [
            "content-type", "host", "user-agent", "accept", "accept-encoding", "x-forwarded-for", "x-forwarded-proto",
        ]
        let read: [(String, Field)] = [
            ("authorization", .authorization), ("content-length", .contentLength), ("connection", .connection),
        ]
        return (read + ignored.map { ($0, .ignored) }).map { (Array($0.0.utf8), $0.1) }
    }()

    /// The request that `bytes` are, whole and alone; nil where it is another or may be read otherwise.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > Self.line.count, Self.has(Self.line, in: bytes, at: 0) else { return nil }
        var authorization: Range<Int>?
        var length: Int?
        var at = Self.line.count
        while true {
            guard let end = Self.lineEnd(bytes, from: at) else { return nil }
            if end == at {
                at += 2
                break
            }
            guard let (field, value) = Self.field(bytes, at..<end) else { return nil }
            switch field {
            case .ignored: break
            case .authorization:
                guard authorization == nil else { return nil }
                authorization = value
            case .contentLength:
                guard length == nil, let digits = Self.number(bytes, value) else { return nil }
                length = digits
            case .connection:
                guard value.count == Self.keepAlive.count, Self.has(Self.keepAlive, in: bytes, at: value.lowerBound)
                else {
                    return nil
                }
            }
            at = end + 2
        }
        guard let authorization, let length, at + length == bytes.count else { return nil }
        self.authorization = authorization
        body = at..<bytes.count
    }

    /// Where the line from `start` on ends in CR LF, with nothing but printable ASCII before; nil where it does not.
    private static func lineEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var index = start
        let limit = min(bytes.count - 1, headBytesMax)
        while index < limit {
            let byte = bytes[index]
            if byte < 0x20 || byte > 0x7E {
                return byte == 0x0D && bytes[index + 1] == 0x0A ? index : nil
            }
            index += 1
        }
        return nil
    }

    /// A known field with its value, without the spaces before it; one with spaces behind it is the decoder's.
    private static func field(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) -> (Field, Range<Int>)? {
        for (name, field) in fields where line.count > name.count && bytes[line.lowerBound + name.count] == 0x3A {
            guard hasFolded(name, in: bytes, at: line.lowerBound) else { continue }
            var value = (line.lowerBound + name.count + 1)..<line.upperBound
            while let first = value.first, bytes[first] == 0x20 { value = (first + 1)..<value.upperBound }
            guard let last = value.last, bytes[last] != 0x20 else { return nil }
            return (field, value)
        }
        return nil
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int? {
        guard range.count <= lengthDigitsMax else { return nil }
        var number = 0
        for index in range {
            guard case 0x30...0x39 = bytes[index] else { return nil }
            number = number * 10 + Int(bytes[index] - 0x30)
        }
        return number
    }

    private static func has(_ text: [UInt8], in bytes: UnsafeRawBufferPointer, at start: Int) -> Bool {
        for index in text.indices where bytes[start + index] != text[index] { return false }
        return true
    }

    /// The same for a name in lower case, which may be written in any.
    private static func hasFolded(_ name: [UInt8], in bytes: UnsafeRawBufferPointer, at start: Int) -> Bool {
        for index in name.indices {
            let byte = bytes[start + index]
            let folded = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
            guard folded == name[index] else { return false }
        }
        return true
    }
}

/// Stands before the decoder of a connection and hands usual requests to the door as they are.
///
/// From the first read that holds anything else on, all of the connection is the decoder's: what it may have kept of a
/// request can never be overtaken.
final class UsualRequestHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let door: AgentDoorHandler
    private var isUsual = true

    init(before door: AgentDoorHandler) { self.door = door }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isUsual {
            let bytes = unwrapInboundIn(data)
            if bytes.withUnsafeReadableBytes({ door.takes($0) }) { return }
            isUsual = false
        }
        context.fireChannelRead(data)
    }
}
