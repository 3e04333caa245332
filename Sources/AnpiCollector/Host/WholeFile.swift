import Foundation

/// A file that is there whole or not at all, whenever the power goes.
enum WholeFile {
    /// Writes `bytes` beside `path`, flushes them to the disk and renames the file; only its user may read it.
    static func write(_ bytes: [UInt8], to path: String) throws {
        let partial = path + ".partial"
        guard FileManager.default.createFile(atPath: partial, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: partial)
        else {
            throw CollectorError(.storeFailed, "nothing can be kept: the archive's folder cannot be written")
        }
        do {
            try file.write(contentsOf: Data(bytes))
            try file.synchronize()
            try file.close()
            guard rename(partial, path) == 0 else {
                throw CollectorError(.storeFailed, "a file of the archive cannot be renamed")
            }
            try flushFolder(of: path)
        } catch {
            try? FileManager.default.removeItem(atPath: partial)
            throw error
        }
    }

    /// The name is in the folder, and the folder is a file too.
    private static func flushFolder(of path: String) throws {
        let folder = open((path as NSString).deletingLastPathComponent, O_RDONLY | O_DIRECTORY)
        guard folder >= 0 else { return }
        defer { close(folder) }
        guard fsync(folder) == 0 else {
            throw CollectorError(.storeFailed, "the archive's folder cannot be flushed to the disk")
        }
    }
}
