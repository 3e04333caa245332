import Testing

@testable import AnpiModel

@Suite struct ByteCodingTests {
    @Test(arguments: [21, 22, 23] as [UInt64])
    func whatIsWrittenReadsBackEqual(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            let integer = Int64(bitPattern: random.next()) >> Int64.random(in: 0...63, using: &random)
            let unsigned = random.next() >> UInt64.random(in: 0...63, using: &random)
            let double = Double(bitPattern: random.next())
            let text = String(integer, radix: 36) + "施設\u{0}"
            var writer = ByteWriter()
            writer.put(integer)
            writer.put(unsigned: unsigned)
            writer.put(double)
            writer.put(text)
            writer.put(integer as Int64?) { $0.put($1) }
            writer.put(nil as String?) { $0.put($1) }
            writer.put(list: [1, -1, integer]) { $0.put($1) }
            var reader = ByteReader(writer.bytes)
            #expect(try reader.integer64() == integer, "seed \(seed)")
            #expect(try reader.unsigned() == unsigned, "seed \(seed)")
            #expect(try reader.double().bitPattern == double.bitPattern, "seed \(seed)")
            #expect(try reader.string() == text, "seed \(seed)")
            #expect(try reader.optional { (next) throws(ByteCodingError) in try next.integer64() } == integer)
            #expect(try reader.optional { (next) throws(ByteCodingError) in try next.string() } == nil)
            #expect(try reader.list { (next) throws(ByteCodingError) in try next.integer64() } == [1, -1, integer])
            #expect(reader.isAtEnd)
        }
    }

    @Test func optionalValuesAreWrittenAsTheGeneralWayWritesThem() throws {
        var concrete = ByteWriter()
        var general = ByteWriter()
        let instant = Timestamp(milliseconds: 1_663_966_680_250)
        for isThere in [true, false] {
            concrete.put(isThere ? 7 : nil as Int64?)
            general.put(isThere ? 7 : nil as Int64?) { $0.put($1) }
            concrete.put(isThere ? 0.25 : nil as Double?)
            general.put(isThere ? 0.25 : nil as Double?) { $0.put($1) }
            concrete.put(isThere ? instant : nil as Timestamp?)
            general.put(isThere ? instant : nil as Timestamp?) { $0.put($1) }
            concrete.put(isThere ? "施設" : nil as String?)
            general.put(isThere ? "施設" : nil as String?) { $0.put($1) }
        }
        #expect(concrete.bytes == general.bytes)
        var reader = ByteReader(concrete.bytes)
        for isThere in [true, false] {
            #expect(try reader.optionalInteger64() == (isThere ? 7 : nil))
            #expect(try reader.optionalDouble() == (isThere ? 0.25 : nil))
            #expect(try reader.optionalTimestamp() == (isThere ? instant : nil))
            #expect(try reader.optionalString() == (isThere ? "施設" : nil))
        }
        #expect(reader.isAtEnd)
    }

    @Test(arguments: [0, 1, 127, 128, 16_384])
    func whatIsCountedReadsBackAsASlice(_ count: Int) throws {
        var writer = ByteWriter()
        writer.put(byte: 9)
        writer.put(counted: { for index in 0..<count { $0.put(byte: UInt8(truncatingIfNeeded: index)) } })
        writer.put(byte: 10)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.byte() == 9)
        #expect(try Array(reader.slice()) == (0..<count).map { UInt8(truncatingIfNeeded: $0) })
        #expect(try reader.byte() == 10)
        #expect(reader.isAtEnd)
    }

    @Test func extremesReadBackEqual() throws {
        for integer in [Int64.min, -1, 0, 1, .max] {
            var writer = ByteWriter()
            writer.put(integer)
            var reader = ByteReader(writer.bytes)
            #expect(try reader.integer64() == integer)
        }
    }

    @Test func damagedBytesThrowAndNeverTrap() {
        var random = SeededRandom(seed: 24)
        for _ in 0..<3_000 {
            let bytes = (0..<Int.random(in: 0...24, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random) | (Bool.random(using: &random) ? 0x80 : 0)
            }
            var reader = ByteReader(bytes)
            while !reader.isAtEnd {
                do throws(ByteCodingError) {
                    switch random.next() % 5 {
                    case 0: _ = try reader.integer64()
                    case 1: _ = try reader.string()
                    case 2: _ = try reader.list { (next) throws(ByteCodingError) in try next.double() }
                    case 3: _ = try reader.word(in: Contact.allCases)
                    default: _ = try reader.bool()
                    }
                } catch {
                    break
                }
            }
        }
        var reader = ByteReader([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02])
        #expect(throws: ByteCodingError.malformed) { try reader.unsigned() }
    }
}
