#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Files that outlive a power cut, by the system's own calls: a phone's or a laptop's battery ends when it likes.
enum DurableFile {
    /// What the system refused.
    struct Failure: Error, Hashable, CustomStringConvertible {
        var path: String
        var number: Int32

        var description: String { "\(path): \(String(cString: strerror(number)))" }
    }

    /// Whoever reads the file, also after a power cut, finds the old content or the new.
    static func replace(_ path: String, with bytes: [UInt8]) throws(Failure) {
        try makeFolder(folder(of: path))
        // The process's own, so that two that write at once do not write into one another.
        let temporary = "\(path).\(getpid()).new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(path: path, number: errno) }
        let written = write(bytes, to: descriptor) && fsync(descriptor) == 0
        let number = errno
        close(descriptor)
        guard written else {
            unlink(temporary)
            throw Failure(path: path, number: number)
        }
        guard rename(temporary, path) == 0 else { throw Failure(path: path, number: errno) }
        synchronize(folder(of: path))
    }

    static func remove(_ path: String) {
        if unlink(path) == 0 { synchronize(folder(of: path)) }
    }

    /// Waits until no other process holds the lock file, and holds it for the time of `body`.
    static func alone(_ path: String, _ body: () throws -> Void) throws {
        try makeFolder(folder(of: path))
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(path: path, number: errno) }
        // Closing lets go of it, also where the process is killed.
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw Failure(path: path, number: errno) }
        }
        try body()
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            #if canImport(Glibc)
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            #else
            let count = rest.withUnsafeBytes { Darwin.write(descriptor, $0.baseAddress, $0.count) }
            #endif
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Makes a folder and those above it, for the owner alone.
    private static func makeFolder(_ path: String) throws(Failure) {
        if mkdir(path, 0o700) == 0 {
            synchronize(folder(of: path))
            return
        }
        switch errno {
        case EEXIST: return
        case ENOENT:
            try makeFolder(folder(of: path))
            guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw Failure(path: path, number: errno) }
            synchronize(folder(of: path))
        case let number: throw Failure(path: path, number: number)
        }
    }

    /// Makes what was renamed in a folder survive a power cut.
    private static func synchronize(_ folder: String) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
