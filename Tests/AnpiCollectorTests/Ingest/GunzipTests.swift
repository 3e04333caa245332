import Testing

@testable import AnpiCollector

@Suite struct GunzipTests {
    /// `printf hello | gzip -n`
    private static let hello: [UInt8] = [
        0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 7, 0, 0x86, 0xA6, 0x10, 0x36, 5, 0, 0, 0,
    ]

    private func inflate(_ bytes: [UInt8], limit: Int) throws -> [UInt8] {
        try bytes.withUnsafeBufferPointer { try gunzip($0, limit: limit) }
    }

    @Test func whatWasZippedComesBack() throws {
        #expect(String(decoding: try inflate(Self.hello, limit: 5), as: UTF8.self) == "hello")
    }

    @Test func oneByteOverTheCapIsRefused() {
        #expect(throws: GunzipError.tooLarge) { try inflate(Self.hello, limit: 4) }
    }

    @Test func everyTruncationIsMalformed() {
        for count in 0..<Self.hello.count {
            #expect(throws: GunzipError.malformed, "\(count)") { try inflate(Array(Self.hello[..<count]), limit: 100) }
        }
    }

    @Test func bytesBehindTheEndAreMalformed() {
        #expect(throws: GunzipError.malformed) { try inflate(Self.hello + [0], limit: 100) }
    }
}
