import Testing

@testable import AnpiCollector

@Suite struct GzipTests {
    private func packed(_ bytes: [UInt8], _ effort: GzipEffort) -> [UInt8]? {
        bytes.withUnsafeBytes { gzip($0, effort: effort) }
    }

    @Test(arguments: [0, 1, 1_000, 100_000])
    func whatIsPackedComesBack(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }
        for effort in [GzipEffort.quick, .thorough] {
            let packed = try #require(self.packed(bytes, effort))
            let back = try packed.withUnsafeBufferPointer { try gunzip($0, limit: count) }
            #expect(back == bytes)
        }
    }

    @Test func repetitionBecomesSmallAndNoiseHardlyLarger() throws {
        let same = try #require(packed([UInt8](repeating: 0x61, count: 10_000), .quick))
        #expect(same.count < 100)
        var generator = SystemRandomNumberGenerator()
        let noise = (0..<10_000).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        #expect(try #require(packed(noise, .thorough)).count < 10_100)
    }
}
