internal import AnpiStore

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Keeps every other process away from a database file, by a lock that the kernel drops when we die.
///
/// SQLite up to 3.51.2 can damage a WAL that two connections write or checkpoint at a bad moment, which `LogCarrier`
/// keeps away from within one process only, and acknowledged rows rest on one writer: one process a file.
struct ProcessLock: ~Copyable {
    private let descriptor: Int32

    /// Takes the lock beside `path`, or throws `.inUse` with the number of the process that has it.
    init(path: String) throws {
        let lockPath = path + ".lock"
        let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StoreError(
                .unavailable, "the database's lock file cannot be opened: does its folder exist, is it ours to write?",
                detail: "\(lockPath), errno \(errno)")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.holder(descriptor)
            close(descriptor)
            throw StoreError(
                .inUse, "another process has this database open: stop it first, the embedded store serves one process",
                detail: holder.map { "process \($0), \(lockPath)" } ?? lockPath)
        }
        self.descriptor = descriptor
        let text = Array("\(getpid())\n".utf8)
        // The number is only a hint for people; the lock is what counts, so a full disk is no reason to stop here.
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, text, text.count, 0) }
    }

    deinit { close(descriptor) }

    /// Makes the database file where there is none, for its owner's eyes alone; SQLite gives its WAL the same mode.
    static func createFile(_ path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StoreError(.unavailable, "the database file cannot be opened", detail: "\(path), errno \(errno)")
        }
        close(descriptor)
    }

    private static func holder(_ descriptor: Int32) -> String? {
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        guard count > 1 else { return nil }
        return String(decoding: buffer[..<count].prefix { $0 != 0x0A }, as: UTF8.self)
    }
}
