internal import CCrypto

/// SHA-256 (FIPS 180-4) through libcrypto, which libcurl has loaded already: no second implementation in the agent.
package enum SHA256 {
    /// Bytes of a digest.
    package static let byteCount = 32

    /// The digest of `bytes`; the fast path for tokens and journal rows, without an allocation beyond the result.
    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        unsafe bytes.withUnsafeBytes { unsafe hash($0) }
    }

    /// The digest of bytes that are not in an array: part of a request, a mapped file.
    package static func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            let isDone = unsafe anpi_sha256(bytes.baseAddress, bytes.count, buffer.baseAddress)
            // Only without memory, or with a libcrypto that has no SHA-256: nothing that follows could be trusted.
            precondition(isDone == 1, "libcrypto cannot compute SHA-256")
            count = byteCount
        }
    }

    /// The digest of `bytes` as four words, first byte highest: without any allocation, for a look-up once a request.
    package static func words(_ bytes: UnsafeRawBufferPointer) -> (UInt64, UInt64, UInt64, UInt64) {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        let isDone = unsafe withUnsafeMutableBytes(of: &words) { buffer in
            unsafe anpi_sha256(bytes.baseAddress, bytes.count, buffer.baseAddress)
        }
        precondition(isDone == 1, "libcrypto cannot compute SHA-256")
        return (
            UInt64(bigEndian: words.0), UInt64(bigEndian: words.1), UInt64(bigEndian: words.2),
            UInt64(bigEndian: words.3)
        )
    }

    /// A digest that is fed piece by piece, for what does not lie in memory at once.
    @safe package struct Hasher: ~Copyable {
        private let handle: UnsafeMutableRawPointer

        package init() {
            guard let handle = unsafe anpi_sha256_new() else {
                preconditionFailure("libcrypto cannot compute SHA-256")
            }
            unsafe self.handle = unsafe handle
        }

        deinit { unsafe anpi_sha256_free(handle) }

        package mutating func update(_ bytes: [UInt8]) {
            unsafe bytes.withUnsafeBytes { unsafe update($0) }
        }

        package mutating func update(_ bytes: UnsafeRawBufferPointer) {
            let isDone = unsafe anpi_sha256_update(handle, bytes.baseAddress, bytes.count)
            precondition(isDone == 1, "libcrypto cannot compute SHA-256")
        }

        /// The digest of all that was fed; ends the hasher.
        package consuming func finalize() -> [UInt8] {
            unsafe [UInt8](unsafeUninitializedCapacity: SHA256.byteCount) { buffer, count in
                let isDone = unsafe anpi_sha256_final(handle, buffer.baseAddress)
                precondition(isDone == 1, "libcrypto cannot compute SHA-256")
                count = SHA256.byteCount
            }
        }
    }
}
