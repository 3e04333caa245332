import AnpiDigest
import Testing

@Suite struct SHA256Tests {
    @Test(arguments: [
        // FIPS 180-4 examples and the NIST short messages.
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ])
    func digestsMatchThePublishedVectors(message: String, digest: String) {
        #expect(Hexadecimal.encode(SHA256.hash(Array(message.utf8))) == digest)
    }

    @Test func aMillionLettersFedInPiecesMatchTheVector() {
        var hasher = SHA256.Hasher()
        let piece = [UInt8](repeating: 0x61, count: 1_000)
        for _ in 0..<1_000 { hasher.update(piece) }
        let digest = hasher.finalize()
        #expect(Hexadecimal.encode(digest) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func anyCutOfAMessageGivesTheSameDigest() {
        let message = (0..<200).map { UInt8($0) }
        let whole = SHA256.hash(message)
        for cut in 0...message.count {
            var hasher = SHA256.Hasher()
            hasher.update(Array(message[..<cut]))
            hasher.update(Array(message[cut...]))
            #expect(hasher.finalize() == whole)
        }
    }

    @Test func threadsDoNotDisturbEachOther() async {
        let messages = (0..<64).map { [UInt8](repeating: UInt8($0), count: 40) }
        let expected = messages.map { SHA256.hash($0) }
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<50).allSatisfy { _ in messages.map { SHA256.hash($0) } == expected } }
            }
            for await isEqual in group { #expect(isEqual) }
        }
    }
}
