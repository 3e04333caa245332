import Glibc

/// Finds the end of an HTTP/1.1 answer: status line, `content-length`, nothing more.
///
/// The servers measured here answer with a length or without a body; an answer in chunks is read as malformed, because
/// what is not understood must not be counted as a success.
package enum AnswerReader {
    package enum Outcome: Equatable {
        /// More bytes are needed.
        case partial
        /// One whole answer of `length` bytes, of which the last `bodyLength` are its body.
        case whole(status: Int, length: Int, bodyLength: Int)
        case malformed
    }

    package static func read(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        guard let base = bytes.baseAddress, bytes.count >= 16 else { return .partial }
        guard bytes[0] == UInt8(ascii: "H"), bytes[8] == UInt8(ascii: " "), bytes[9] &- 0x30 <= 9,
            bytes[10] &- 0x30 <= 9, bytes[11] &- 0x30 <= 9
        else { return .malformed }
        let status = Int(bytes[9] &- 0x30) * 100 + Int(bytes[10] &- 0x30) * 10 + Int(bytes[11] &- 0x30)
        var bodyLength: Int?
        var line = 0
        while let end = memchr(base + line, 0x0A, bytes.count - line) {
            let next = base.distance(to: UnsafeRawPointer(end)) + 1
            if next - line <= 2 {
                let body = status == 204 || status == 304 ? 0 : bodyLength
                guard let body else { return .malformed }
                return bytes.count >= next + body
                    ? .whole(status: status, length: next + body, bodyLength: body) : .partial
            }
            if bytes[line] | 0x20 == UInt8(ascii: "c"), let length = contentLength(bytes[line..<next]) {
                bodyLength = length
            }
            line = next
        }
        return .partial
    }

    private static let name: StaticString = "content-length:"

    /// The value where the line is the header `content-length`.
    private static func contentLength(_ line: Slice<UnsafeRawBufferPointer>) -> Int? {
        let count = name.utf8CodeUnitCount
        guard line.count > count, let base = line.base.baseAddress,
            strncasecmp(
                (base + line.startIndex).assumingMemoryBound(to: CChar.self),
                UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self), count) == 0
        else { return nil }
        var value = 0
        for byte in line.dropFirst(count) where byte &- 0x30 <= 9 { value = value * 10 + Int(byte &- 0x30) }
        return value
    }
}
