package import AnpiModel
import FoundationEssentials

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Reads a feed line by line: JSON Lines in order of `at`, from a file of any length or from bytes.
///
/// Blank lines, a byte-order mark and CR LF are tolerated. The first mistake ends the feed: a replay of half a feed
/// would show something that never happened.
package struct FeedReader: ~Copyable {
    /// The longest line: an official message of half a megabyte with every character escaped fits.
    package static let lineBytesMax = 8 << 20
    private static let chunkBytes = 1 << 20

    /// The feed's name in errors.
    private let name: String
    /// Nil for a feed in memory, or after the file's end.
    private var descriptor: Int32?
    /// What was read and not yet given out lies in `start..<end`.
    private var buffer: [UInt8]
    private var start = 0
    private var end: Int
    private var lineNumber = 0
    /// When the newest line was received, of this feed or of the one before.
    package private(set) var last: Timestamp?

    /// Opens the file at `path`; "-" is the standard input.
    ///
    /// - Parameter last: where the feed before this one ended: what is earlier is a mistake.
    package init(path: String, after last: Timestamp? = nil) throws(FeedError) {
        let descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw FeedError(file: path, message: "cannot be opened: \(String(cString: strerror(errno)))")
        }
        name = path
        self.descriptor = descriptor
        buffer = [UInt8](repeating: 0, count: Self.chunkBytes)
        end = 0
        self.last = last
    }

    /// A feed that is in memory already.
    package init(name: String, bytes: [UInt8]) {
        self.name = name
        descriptor = nil
        buffer = bytes
        end = bytes.count
    }

    deinit {
        if let descriptor { close(descriptor) }
    }

    /// The number of the line that was given out last, from 1; 0 before the first.
    package var line: Int { lineNumber }

    /// The next line; nil at the end.
    package mutating func next() throws(FeedError) -> FeedLine? {
        while let range = try nextRange() {
            lineNumber += 1
            guard let line = try read(range) else { continue }
            if let last, line.at < last {
                throw FeedError(
                    file: name, line: lineNumber, path: "at", message: "is earlier than on the line before (\(last))")
            }
            last = line.at
            return line
        }
        return nil
    }

    /// The line in `range` of the buffer; nil where it is blank.
    private func read(_ range: Range<Int>) throws(FeedError) -> FeedLine? {
        var problem: FieldProblem?
        let line: FeedLine? = buffer.withUnsafeBufferPointer { bytes in
            var text = UnsafeBufferPointer(rebasing: bytes[range])
            if lineNumber == 1, text.starts(with: [0xEF, 0xBB, 0xBF]) {
                text = UnsafeBufferPointer(rebasing: text[3...])
            }
            if text.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return nil }
            do {
                let line = try FeedScanner.scan(text) ?? JSONDecoder().decode(FeedLine.self, from: Data(buffer: text))
                try FeedRules.check(line)
                return line
            } catch let error as FieldProblem {
                problem = error
            } catch let error as DecodingError {
                problem = FieldProblem(error)
            } catch {
                problem = FieldProblem(path: "", message: "cannot be read")
            }
            return nil
        }
        guard let problem else { return line }
        throw FeedError(file: name, line: lineNumber, path: problem.path, message: problem.message)
    }

    /// Where the next line lies in the buffer, its end excluded.
    private mutating func nextRange() throws(FeedError) -> Range<Int>? {
        var searched = start
        while true {
            if let found = newline(from: searched) {
                defer { start = found + 1 }
                return start..<found
            }
            searched = end
            guard try readMore(&searched) else {
                guard start < end else { return nil }
                defer { start = end }
                return start..<end
            }
        }
    }

    private func newline(from: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard from < end, let base = bytes.baseAddress, let found = memchr(base + from, 0x0A, end - from) else {
                return nil
            }
            return UnsafeRawPointer(found) - base
        }
    }

    /// Reads on behind what is there, and moves that to the front where room is needed; false at the end of the file.
    private mutating func readMore(_ searched: inout Int) throws(FeedError) -> Bool {
        guard let descriptor else { return false }
        if start > 0 {
            buffer.replaceSubrange(0..<(end - start), with: buffer[start..<end])
            searched -= start
            end -= start
            start = 0
        }
        if end == buffer.count {
            guard buffer.count < Self.lineBytesMax else {
                throw FeedError(
                    file: name, line: lineNumber + 1, message: "is longer than \(Self.lineBytesMax) bytes")
            }
            buffer.append(contentsOf: repeatElement(0, count: buffer.count))
        }
        let position = end
        let count = buffer.withUnsafeMutableBytes { bytes in
            while true {
                let count = Self.read(descriptor, UnsafeMutableRawBufferPointer(rebasing: bytes[position...]))
                if count >= 0 || errno != EINTR { return count }
            }
        }
        guard count >= 0 else {
            throw FeedError(file: name, message: "cannot be read: \(String(cString: strerror(errno)))")
        }
        if count == 0 {
            close(descriptor)
            self.descriptor = nil
        }
        end += count
        return count > 0
    }

    private static func read(_ descriptor: Int32, _ room: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.read(descriptor, room.baseAddress, room.count)
        #else
        Darwin.read(descriptor, room.baseAddress, room.count)
        #endif
    }
}
