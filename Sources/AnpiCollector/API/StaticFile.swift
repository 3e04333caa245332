import AnpiDigest

/// A file that is served as it is, kept in memory with its entity tag, and packed once for those who take gzip.
package struct StaticFile: Hashable, Sendable {
    /// The URL's path, beginning with a slash; `/` for the page itself.
    package var path: String
    package var type: String
    /// The bytes as they are.
    package var plain: Form
    /// The same as gzip, where that is smaller.
    package var packed: Form?

    /// One encoding of the file; each has a tag of its own, since a strong tag names bytes.
    package struct Form: Hashable, Sendable {
        package var bytes: [UInt8]
        /// Quoted.
        package var tag: String
    }

    package init(path: String, type: String, bytes: [UInt8]) {
        self.path = path
        self.type = type
        let name = Hexadecimal.encode(SHA256.hash(bytes).prefix(12))
        plain = Form(bytes: bytes, tag: "\"\(name)\"")
        let packed = bytes.withUnsafeBytes { gzip($0, effort: .thorough) }
        self.packed = packed.flatMap { $0.count < bytes.count ? Form(bytes: $0, tag: "\"\(name)-gzip\"") : nil }
    }
}
