/// That a photo belongs to a task; its bytes are kept beside, under their digest.
package struct TaskPhoto: Hashable, Codable, Sendable {
    /// SHA-256 of the bytes in lower-case hexadecimal: what a photo is called.
    package var digest: String
    package var bytes: Int
    package var type: PhotoType
    /// When it was taken or recorded in the field, where that was before it was sent.
    package var doneAt: Timestamp?

    /// Longest photo: a phone's picture at full size is 3 to 6 MB.
    package static let bytesMax = 8 << 20
    /// Most photos of one task.
    package static let countMax = 20

    package init(digest: String, bytes: Int, type: PhotoType, doneAt: Timestamp? = nil) {
        self.digest = digest
        self.bytes = bytes
        self.type = type
        self.doneAt = doneAt
    }
}

/// The kinds of pictures that are taken, by their first bytes and not by what a sender calls them.
package enum PhotoType: String, Hashable, Codable, CaseIterable, Sendable {
    case jpeg = "image/jpeg"
    case png = "image/png"
    case webp = "image/webp"

    /// Nil where the bytes begin like none of them.
    package init?(of bytes: [UInt8]) {
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if bytes.count >= 12, bytes.starts(with: Array("RIFF".utf8)),
            bytes[8..<12].elementsEqual(Array("WEBP".utf8))
        {
            self = .webp
        } else {
            return nil
        }
    }
}
