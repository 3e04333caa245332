import AnpiDigest
import Testing

@Suite struct TextCodingTests {
    /// RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func base64MatchesThePublishedVectors(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
    }

    @Test func everyAlphabetReadsBackWhatItWrote() {
        for count in 0..<70 {
            let bytes = SecureRandom.bytes(count)
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
            let url = Base64.encode(bytes, alphabet: .url)
            #expect(Base64.decode(url, alphabet: .url) == bytes)
            #expect(!url.contains { "+/=".contains($0) })
            #expect(Hexadecimal.decode(Hexadecimal.encode(bytes)) == bytes)
        }
        #expect(Base64.encode([0xFB, 0xFF]) == "+/8=")
        #expect(Base64.encode([0xFB, 0xFF], alphabet: .url) == "-_8")
    }

    @Test(arguments: ["Zg", "Zg=", "Zh==", "Z===", "Zg==Zg==", "Z g=", "-_8=", "Zm9v\n"])
    func aSecondSpellingIsNotRead(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test(arguments: ["0", "0g", " 00"])
    func brokenHexadecimalIsNotRead(text: String) {
        #expect(Hexadecimal.decode(text) == nil)
    }
}
