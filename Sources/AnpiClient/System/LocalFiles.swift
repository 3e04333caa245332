package import Glibc

/// Small reads and writes of files with the system's own calls, for what agent and command line keep on their machine:
/// Foundation stays out of the agent.
package enum LocalFiles {
    /// The bytes of a file of at most `bytesMax`; the number of the system's error otherwise (`EFBIG` when longer).
    package static func read(_ path: String, bytesMax: Int = 1 << 20) -> Result<[UInt8], SystemError> {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return .failure(.last) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1_024)
        while true {
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return .failure(.last) }
            if count == 0 { return .success(bytes) }
            guard bytes.count + count <= bytesMax else { return .failure(SystemError(number: EFBIG)) }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// Writes the whole of `bytes` to an open descriptor.
    package static func write(_ bytes: [UInt8], to descriptor: Int32) -> Result<Void, SystemError> {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return .failure(.last) }
            rest = rest.dropFirst(count)
        }
        return .success(())
    }

    /// Replaces a file as a whole: whoever reads it, also after a power cut, finds the old or the new content.
    ///
    /// - Parameter suffix: of the name that the new content has first; where several processes may write at once, each its
    ///   own, so that they do not write into one another.
    package static func replace(
        _ path: String, with bytes: [UInt8], mode: mode_t = 0o600, suffix: String = ".new"
    ) -> Result<Void, SystemError> {
        let temporary = path + suffix
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { return .failure(.last) }
        let written = write(bytes, to: descriptor)
        let isSynced = fsync(descriptor) == 0
        close(descriptor)
        if case .failure(let error) = written {
            unsafe unlink(temporary)
            return .failure(error)
        }
        guard isSynced, unsafe rename(temporary, path) == 0 else { return .failure(.last) }
        synchronize(directoryOf: path)
        return .success(())
    }

    /// Makes a rename in the directory of `path` survive a power cut.
    package static func synchronize(directoryOf path: String) {
        let descriptor = unsafe open(parent(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// Makes a directory and those above it.
    ///
    /// - Parameter aboveMode: of those above that are not there yet.
    package static func makeDirectory(
        _ path: String, mode: mode_t = 0o700, aboveMode: mode_t = 0o755
    ) -> Result<Void, SystemError> {
        if unsafe mkdir(path, mode) == 0 {
            synchronize(directoryOf: path)
            return .success(())
        }
        let number = errno
        switch number {
        case EEXIST:
            return isDirectory(path) ? .success(()) : .failure(SystemError(number: ENOTDIR))
        case ENOENT:
            let above = parent(of: path)
            guard above != path else { return .failure(SystemError(number: number)) }
            if case .failure(let error) = makeDirectory(above, mode: aboveMode, aboveMode: aboveMode) {
                return .failure(error)
            }
            return unsafe mkdir(path, mode) == 0 || errno == EEXIST ? .success(()) : .failure(.last)
        default:
            return .failure(SystemError(number: number))
        }
    }

    package static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Names in a directory, sorted by bytes, without `.` and `..`.
    package static func names(in path: String) -> Result<[String], SystemError> {
        guard let directory = unsafe opendir(path) else { return .failure(.last) }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return .success(names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    package static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// The number of an error of the operating system.
package struct SystemError: Error, Hashable {
    package let number: Int32

    package init(number: Int32) { self.number = number }

    package static var last: SystemError { SystemError(number: errno) }

    /// The system's words, `No such file or directory`.
    package var words: String {
        var buffer = [CChar](repeating: 0, count: 128)
        guard unsafe strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
        return unsafe buffer.withUnsafeBufferPointer { unsafe String(cString: $0.baseAddress!) }
    }
}
