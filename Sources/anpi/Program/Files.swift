import FoundationEssentials

/// The few things the program does with files.
struct Files: Sendable {
    /// Nil where there is no such file.
    var read: @Sendable (String) throws -> [UInt8]?
    var write: @Sendable (String, String) throws -> Void
    /// Names of the files in a folder, in order; nil where it is none.
    var list: @Sendable (String) -> [String]?

    /// Replaces a file as a whole and has it on the disk when it returns; missing folders are made. For its owner only.
    var keep: @Sendable (String, [UInt8]) throws -> Void
    /// Removes a file; one that is not there is as good as removed.
    var remove: @Sendable (String) -> Void
    /// Runs the body while no other process does so under the same path.
    var alone: @Sendable (String, () throws -> Void) throws -> Void

    /// Longest file that is read: a fleet of the whole nation stays well below it.
    static let bytesMax = 256 << 20

    static let real = Files(
        read: { path in
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
            if let size = attributes[.size] as? Int, size > bytesMax {
                throw CocoaError(.fileReadTooLarge)
            }
            return [UInt8](try Data(contentsOf: URL(filePath: path)))
        },
        write: { path, text in try Data(text.utf8).write(to: URL(filePath: path), options: .atomic) },
        list: { try? FileManager.default.contentsOfDirectory(atPath: $0).sorted() },
        keep: { path, bytes in try DurableFile.replace(path, with: bytes) },
        remove: { path in DurableFile.remove(path) },
        alone: { path, body in try DurableFile.alone(path, body) })
}
