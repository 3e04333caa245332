#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file to which processes of several machines append, in a folder that they share.
enum SharedFile {
    /// Appends `bytes` whole, behind what others append at the same time, and returns when they are on the disk; where
    /// there is no room, what was there stays as it was.
    static func append(_ bytes: [UInt8], to path: String) throws(Failure) {
        #if canImport(Glibc)
        let file = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        #else
        let file = Darwin.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        #endif
        guard file >= 0 else { throw Failure(path: path, number: errno) }
        // With it goes the lock.
        defer { close(file) }
        // On a network's file system O_APPEND alone does not keep two from the same place.
        while flock(file, LOCK_EX) != 0 {
            guard errno == EINTR else { throw Failure(path: path, number: errno) }
        }
        let end = lseek(file, 0, SEEK_END)
        guard write(all: bytes, to: file), fsync(file) == 0 else {
            let failure = Failure(path: path, number: errno)
            _ = ftruncate(file, end)
            throw failure
        }
    }

    private static func write(all bytes: [UInt8], to file: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { unistdWrite(file, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return false }
            rest = rest.dropFirst(written)
        }
        return true
    }

    private static func unistdWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.write(file, bytes, count)
        #else
        Darwin.write(file, bytes, count)
        #endif
    }

    /// What the system said, as an operator can look it up.
    struct Failure: Error, CustomStringConvertible {
        var path: String
        var number: Int32

        var description: String { "\(path) cannot be appended to: \(String(cString: strerror(number)))" }
    }
}
