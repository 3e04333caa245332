import Glibc

/// Small reads and writes of files with the system's own calls; Foundation stays out of the agent.
enum Files {
    /// The bytes of a file of at most `bytesMax`; the number of the system's error otherwise (`EFBIG` when longer).
    static func read(_ path: String, bytesMax: Int = 1 << 20) -> Result<[UInt8], SystemError> {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return .failure(.last) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1_024)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return .failure(.last) }
            if count == 0 { return .success(bytes) }
            guard bytes.count + count <= bytesMax else { return .failure(SystemError(number: EFBIG)) }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// Writes the whole of `bytes` to an open descriptor.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Result<Void, SystemError> {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return .failure(.last) }
            rest = rest.dropFirst(count)
        }
        return .success(())
    }

    /// Replaces a file as a whole: whoever reads it, also after a power cut, finds the old or the new content.
    static func replace(_ path: String, with bytes: [UInt8], mode: mode_t = 0o600) -> Result<Void, SystemError> {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { return .failure(.last) }
        let written = write(bytes, to: descriptor)
        let isSynced = fsync(descriptor) == 0
        close(descriptor)
        if case .failure(let error) = written { return .failure(error) }
        guard isSynced, rename(temporary, path) == 0 else { return .failure(.last) }
        synchronize(directoryOf: path)
        return .success(())
    }

    /// Makes a rename in the directory of `path` survive a power cut.
    static func synchronize(directoryOf path: String) {
        let descriptor = open(parent(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// Makes a directory and those above it.
    static func makeDirectory(_ path: String, mode: mode_t = 0o700) -> Result<Void, SystemError> {
        if mkdir(path, mode) == 0 { return .success(()) }
        let number = errno
        switch number {
        case EEXIST:
            return isDirectory(path) ? .success(()) : .failure(SystemError(number: ENOTDIR))
        case ENOENT:
            let above = parent(of: path)
            guard above != path else { return .failure(SystemError(number: number)) }
            if case .failure(let error) = makeDirectory(above, mode: 0o755) { return .failure(error) }
            return mkdir(path, mode) == 0 || errno == EEXIST ? .success(()) : .failure(.last)
        default:
            return .failure(SystemError(number: number))
        }
    }

    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Names in a directory, sorted by bytes, without `.` and `..`.
    static func names(in path: String) -> Result<[String], SystemError> {
        guard let directory = opendir(path) else { return .failure(.last) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return .success(names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// The number of an error of the operating system.
struct SystemError: Error, Hashable {
    let number: Int32

    static var last: SystemError { SystemError(number: errno) }

    /// The system's words, `No such file or directory`.
    var words: String {
        var buffer = [CChar](repeating: 0, count: 128)
        guard strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
        return buffer.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }
}
