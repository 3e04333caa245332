package import AnpiModel

/// The text of a token, `anpi_<kind>_<id>_<secret>`.
///
/// The id is 12 characters of base 32 (60 bits), so that it packs into one integer and a look-up needs no string; the
/// secret is 40 of them (200 random bits).
package enum TokenText {
    package static let idLength = 12
    package static let secretLength = 40
    static let prefix: StaticString = "anpi_"
    /// Longest role word; a longer kind cannot be a token of ours.
    static let kindLengthMax = 16

    /// The parts of a token's text, as views into it.
    struct Parts {
        var kind: Kind
        var number: UInt64
        var secret: Slice<UnsafeBufferPointer<UInt8>>
    }

    /// The word between `anpi_` and the id, packed so that it compares without a loop.
    struct Kind: Hashable, Sendable {
        private let high: UInt64
        private let low: UInt64

        /// At most `kindLengthMax` bytes.
        init(_ bytes: some Collection<UInt8>) {
            precondition(bytes.count <= kindLengthMax, "a kind is at most 16 bytes")
            var high: UInt64 = 0
            var low: UInt64 = 0
            for byte in bytes {
                high = high << 8 | low >> 56
                low = low << 8 | UInt64(byte)
            }
            self.high = high
            self.low = low
        }

        init(_ role: Role) { self.init(role.rawValue.utf8) }
    }

    /// Takes the text apart without looking anything up; nil where it cannot be a token.
    static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Parts? {
        let tail = 1 + idLength + 1 + secretLength
        guard bytes.count > 5 + tail, bytes.count <= 5 + kindLengthMax + tail,
            bytes[0] == 0x61, bytes[1] == 0x6E, bytes[2] == 0x70, bytes[3] == 0x69, bytes[4] == 0x5F
        else { return nil }
        let kindEnd = bytes.count - tail
        let idStart = kindEnd + 1
        let secretStart = idStart + idLength + 1
        guard bytes[kindEnd] == 0x5F, bytes[secretStart - 1] == 0x5F,
            let number = number(of: bytes[idStart..<(idStart + idLength)])
        else { return nil }
        return Parts(kind: Kind(bytes[5..<kindEnd]), number: number, secret: bytes[secretStart...])
    }

    /// The id as an integer; nil where it has another length or alphabet.
    static func number(of id: some Collection<UInt8>) -> UInt64? {
        guard id.count == idLength else { return nil }
        var number: UInt64 = 0
        for byte in id {
            let digit: UInt8
            switch byte {
            case 0x61...0x7A: digit = byte - 0x61
            case 0x32...0x37: digit = byte - 0x32 + 26
            default: return nil
            }
            number = number << 5 | UInt64(digit)
        }
        return number
    }

    /// The whole text that is shown once, when the token is made.
    package static func format(role: Role, id: String, secret: String) -> String {
        "anpi_\(role.rawValue)_\(id)_\(secret)"
    }

    /// `length` random characters of base 32, five bits each, from the system's generator.
    package static func random(length: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return String(unsafeUninitializedCapacity: length) { buffer in
            for index in 0..<length {
                let digit = UInt8(truncatingIfNeeded: generator.next() as UInt64) & 31
                buffer[index] = digit < 26 ? 0x61 + digit : 0x32 + digit - 26
            }
            return length
        }
    }

    /// The first `length` characters of `bytes` in base 32; five bits each must be there.
    static func text(of bytes: [UInt8], length: Int) -> String {
        precondition(bytes.count * 8 >= length * 5, "too few bytes")
        var text = ""
        var held: UInt32 = 0
        var bits = 0
        var rest = bytes[...]
        while text.utf8.count < length {
            if bits < 5, let byte = rest.popFirst() {
                held = held << 8 | UInt32(byte)
                bits += 8
            }
            bits -= 5
            let digit = UInt8(truncatingIfNeeded: held >> UInt32(bits)) & 31
            text.unicodeScalars.append(Unicode.Scalar(digit < 26 ? 0x61 + digit : 0x32 + digit - 26))
        }
        return text
    }

    /// A random UUID (version 4: 122 random bits) in lower case, the secret of a ping URL.
    package static func randomUUID() -> String {
        var generator = SystemRandomNumberGenerator()
        let high = generator.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        let low = generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        var text = ""
        for (index, digit) in (hex(high) + hex(low)).enumerated() {
            if index == 8 || index == 12 || index == 16 || index == 20 { text += "-" }
            text.append(digit)
        }
        return text
    }

    private static func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
