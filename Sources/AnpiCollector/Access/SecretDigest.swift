import AnpiDigest

/// SHA-256 of a secret as four words, so that it compares without a branch a byte and hashes quickly.
struct SecretDigest: Hashable, Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// Nil unless there are 32 bytes.
    init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        func word(_ start: Int) -> UInt64 {
            bytes[start..<(start + 8)].reduce(0) { $0 << 8 | UInt64($1) }
        }
        words = (word(0), word(8), word(16), word(24))
    }

    init(of secret: UnsafeBufferPointer<UInt8>) {
        words = SHA256.words(UnsafeRawBufferPointer(secret))
    }

    init(of secret: some StringProtocol) {
        words = Array(secret.utf8).withUnsafeBytes { SHA256.words($0) }
    }

    /// The 32 bytes, as they are kept.
    var bytes: [UInt8] {
        [words.0, words.1, words.2, words.3].flatMap { word in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt64($0)) }
        }
    }

    /// Constant in time: how far two digests agree tells nothing.
    func matches(_ other: SecretDigest) -> Bool {
        let difference =
            (words.0 ^ other.words.0) | (words.1 ^ other.words.1) | (words.2 ^ other.words.2)
            | (words.3 ^ other.words.3)
        return difference == 0
    }

    static func == (left: Self, right: Self) -> Bool { left.matches(right) }

    func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
    }
}
