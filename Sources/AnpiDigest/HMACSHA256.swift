internal import CCrypto

/// HMAC with SHA-256 (RFC 2104): signatures of webhooks.
package enum HMACSHA256 {
    /// The authentication code of `bytes` under `key`; 32 bytes.
    package static func authenticate(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: SHA256.byteCount) { buffer, count in
            let isDone = unsafe anpi_hmac_sha256(key, key.count, bytes, bytes.count, buffer.baseAddress)
            precondition(isDone == 1, "libcrypto cannot compute HMAC-SHA-256")
            count = SHA256.byteCount
        }
    }
}

/// Whether both are the same bytes, in a time that does not tell where they differ; their lengths are no secret.
package func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return unsafe anpi_equal_in_constant_time(left, right, left.count) == 1
}
