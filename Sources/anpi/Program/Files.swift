import FoundationEssentials

/// The few things the program does with files.
struct Files: Sendable {
    /// Nil where there is no such file.
    var read: @Sendable (String) throws -> [UInt8]?
    var write: @Sendable (String, String) throws -> Void
    /// Names of the files in a folder, in order; nil where it is none.
    var list: @Sendable (String) -> [String]?

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
        list: { try? FileManager.default.contentsOfDirectory(atPath: $0).sorted() })
}
