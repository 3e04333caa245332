import AnpiClient
import AnpiModel
import Glibc

/// Goes through a folder and those below it, follows no links and leaves no file system, and remembers the newest file.
struct FolderScan {
    static let entriesMax = 1_000_000
    static let depthMax = 32

    struct File: Hashable {
        var path: String
        var name: String
        var bytes: Int64
        var modified: Timestamp
    }

    enum Failure: Error, Hashable {
        case notThere
        case unreadable(String)
        case tooLong
        case tooMany
    }

    let pattern: String?
    let deadline: Duration
    private(set) var newest: File?
    private(set) var totalBytes: Int64 = 0
    private var entries = 0
    private var device: dev_t = 0

    init(pattern: String?, deadline: Duration) {
        self.pattern = pattern
        self.deadline = deadline
    }

    mutating func run(_ path: String) -> Result<Void, Failure> {
        var status = stat()
        guard stat(path, &status) == 0 else {
            return .failure(errno == ENOENT ? .notThere : .unreadable(SystemError.last.words))
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { return .failure(.unreadable("it is not a folder")) }
        device = status.st_dev
        var pending: [(path: String, depth: Int)] = [(path, 0)]
        while let (directory, depth) = pending.popLast() {
            switch look(directory) {
            case .failure(.unreadable(let words)):
                // A folder that goes away while we look is no failure; one that we may not read hides copies.
                if depth == 0 || LocalFiles.exists(directory) { return .failure(.unreadable(words)) }
            case .failure(let failure): return .failure(failure)
            case .success(let below):
                if depth < Self.depthMax { pending += below.map { ($0, depth + 1) } }
            }
        }
        return .success(())
    }

    /// Takes in the files of one directory; the directories below it.
    private mutating func look(_ directory: String) -> Result<[String], Failure> {
        guard let stream = opendir(directory) else { return .failure(.unreadable(SystemError.last.words)) }
        defer { closedir(stream) }
        var below: [String] = []
        while let entry = readdir(stream) {
            entries += 1
            guard entries <= Self.entriesMax else { return .failure(.tooMany) }
            guard entries % 64 != 0 || SystemClock.steady < deadline else { return .failure(.tooLong) }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            var status = stat()
            guard fstatat(dirfd(stream), name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR where status.st_dev == device: below.append(directory + "/" + name)
            case S_IFREG: take(name, status, in: directory)
            default: continue
            }
        }
        return .success(below)
    }

    private mutating func take(_ name: String, _ status: stat, in directory: String) {
        if name.hasSuffix(".sha256") { return }
        if let pattern, fnmatch(pattern, name, FNM_PERIOD) != 0 { return }
        let bytes = Int64(status.st_size)
        totalBytes += bytes
        let modified = Timestamp(
            milliseconds: Int64(status.st_mtim.tv_sec) * 1_000 + Int64(status.st_mtim.tv_nsec) / 1_000_000)
        let file = File(path: directory + "/" + name, name: name, bytes: bytes, modified: modified)
        // Of two of the same instant the later name: the same one at every look.
        guard let newest else { return self.newest = file }
        if (newest.modified, newest.path) < (file.modified, file.path) { self.newest = file }
    }
}
