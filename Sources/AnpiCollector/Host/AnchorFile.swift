import AnpiEngine
import AnpiModel

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Where the heads of the journal are noted outside the database, a line each time (`--anchor FILE`).
///
/// Lines are only ever appended and on the disk before `append` returns: best a file on another machine's disk or one
/// that this process may only append to.
struct AnchorFile: Sendable {
    private let path: String

    /// Throws where the file cannot be written: better at the start than unnoticed.
    init(_ path: String) throws {
        self.path = path
        close(try Self.open(path))
    }

    func append(_ anchored: Input.Anchored, at now: Timestamp) throws {
        let line: JSON = ["at": .time(now), "chains": .array(anchored.chains.map(\.json))]
        let bytes = Array((line.text + "\n").utf8)
        let descriptor = try Self.open(path)
        defer { close(descriptor) }
        guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            throw Failure(path: path, number: errno)
        }
    }

    private static func open(_ path: String) throws -> Int32 {
        #if canImport(Glibc)
        let descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        #else
        let descriptor = Darwin.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        #endif
        guard descriptor >= 0 else { throw Failure(path: path, number: errno) }
        return descriptor
    }

    struct Failure: Error, CustomStringConvertible {
        var path: String
        var number: Int32

        var description: String { "\(path), the --anchor file, cannot be written (errno \(number))" }
    }
}
