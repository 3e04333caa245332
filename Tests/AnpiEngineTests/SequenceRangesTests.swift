import AnpiModel
import Testing

@testable import AnpiEngine

@Suite struct SequenceRangesTests {
    @Test func theNewestFirstThenTheBacklogIsRememberedExactly() {
        var ranges = SequenceRanges(1...100)
        #expect(ranges.insert(500...500) == .new)
        #expect(ranges.insert(101...300) == .new)
        #expect(ranges.insert(200...310) == .partlyNew([301...310]))
        #expect(ranges.insert(311...499) == .new)
        #expect(ranges.low == 1 && ranges.high == 500 && ranges.older.isEmpty)
        #expect(ranges.insert(250...260) == .known)
    }

    @Test func memoryIsBoundedByForgettingTheOldestGap() {
        var ranges = SequenceRanges(0...0)
        for number in 1...100 { _ = ranges.insert(Int64(number * 10)...Int64(number * 10)) }
        #expect(ranges.older.count == SequenceRanges.olderMax)
        #expect(ranges.insert(5...5) == .known)
        #expect(ranges.insert(995...995) == .new)
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func randomRunsAreTheSameAsASet(seed: UInt64) {
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        var ranges = SequenceRanges(50...50)
        var set: Set<Int64> = [50]
        for _ in 0..<200 {
            // Never more than eight ranges apart: multiples of ten with neighbours.
            let first = Int64.random(in: 46...60, using: &random)
            let run = first...(first + Int64.random(in: 0...3, using: &random))
            let expected = run.filter { !set.contains($0) }
            let got = ranges.insert(run).parts(of: run).flatMap { Array($0) }
            #expect(got == expected)
            set.formUnion(run)
        }
    }
}
