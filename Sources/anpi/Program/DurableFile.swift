import AnpiClient

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Files that outlive a power cut, for the owner alone: a phone's or a laptop's battery ends when it likes.
enum DurableFile {
    /// What the system refused.
    struct Failure: Error, Hashable, CustomStringConvertible {
        var path: String
        var error: SystemError

        var description: String { "\(path): \(error.words)" }
    }

    /// Whoever reads the file, also after a power cut, finds the old content or the new.
    static func replace(_ path: String, with bytes: [UInt8]) throws(Failure) {
        try makeFolder(of: path)
        try check(LocalFiles.replace(path, with: bytes, suffix: ".\(getpid()).new"), path)
    }

    static func remove(_ path: String) {
        if unlink(path) == 0 { LocalFiles.synchronize(directoryOf: path) }
    }

    /// Waits until no other process holds the lock file, and holds it for the time of `body`.
    static func alone(_ path: String, _ body: () throws -> Void) throws {
        try makeFolder(of: path)
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(path: path, error: .last) }
        // Closing lets go of it, also where the process is killed.
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw Failure(path: path, error: .last) }
        }
        try body()
    }

    private static func makeFolder(of path: String) throws(Failure) {
        try check(LocalFiles.makeDirectory(LocalFiles.parent(of: path), aboveMode: 0o700), path)
    }

    private static func check(_ result: Result<Void, SystemError>, _ path: String) throws(Failure) {
        if case .failure(let error) = result { throw Failure(path: path, error: error) }
    }
}
