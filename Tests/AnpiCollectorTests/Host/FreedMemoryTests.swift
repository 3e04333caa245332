import AnpiModel
import Testing

@testable import AnpiCollector

@Suite struct FreedMemoryTests {
    @Test func memoryIsGivenBackOnceSomeTimeAfterTheLastImport() {
        let start = Timestamp(milliseconds: 1_663_966_680_000)
        var freed = FreedMemory()
        let isDue = freed.isDue(at: start)
        #expect(!isDue)
        freed.muchWasFreed(at: start)
        freed.muchWasFreed(at: start + .seconds(3))
        let answers = [4, 7, 8, 9].map { freed.isDue(at: start + .seconds($0)) }
        #expect(answers == [false, false, true, false])
    }
}
