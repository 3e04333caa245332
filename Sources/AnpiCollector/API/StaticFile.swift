import AnpiDigest

/// A file that is served as it is, kept in memory with its entity tag.
package struct StaticFile: Hashable, Sendable {
    /// The URL's path, beginning with a slash; `/` for the page itself.
    package var path: String
    package var type: String
    package var bytes: [UInt8]
    /// Quoted, from the SHA-256 of the bytes.
    package var tag: String

    package init(path: String, type: String, bytes: [UInt8]) {
        self.path = path
        self.type = type
        self.bytes = bytes
        self.tag = "\"\(Hexadecimal.encode(SHA256.hash(bytes).prefix(12)))\""
    }
}
