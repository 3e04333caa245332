import Testing

@testable import AnpiEngine

@Suite struct ByteTableTests {
    private func holds(_ table: ByteTable, _ text: String, at number: Int) -> Bool {
        Array(text.utf8).withUnsafeBufferPointer { table.holds($0, at: number) }
    }

    @Test func rowsComeBackByTheirNumberAlsoWhenReplacedAndPacked() {
        var table = ByteTable()
        for text in ["server", "", "医院の窓口", "mirror"] { table.append(text.utf8) }
        table.replace(0, by: "a longer name than before".utf8)
        table.replace(3, by: "m".utf8)
        for _ in 0..<2 {
            #expect(table.count == 4)
            let texts = (0..<4).map { String(decoding: table[$0], as: UTF8.self) }
            #expect(texts == ["a longer name than before", "", "医院の窓口", "m"])
            table.pack()
        }
    }

    @Test func aRowIsOnlyItself() {
        var table = ByteTable()
        for text in ["shz-0041-server", "shz-0041-mirror", ""] { table.append(text.utf8) }
        #expect(holds(table, "shz-0041-mirror", at: 1) && holds(table, "", at: 2))
        for wrong in ["shz-0041-server", "shz-0041-mirro", "shz-0041-mirrors", ""] {
            #expect(!holds(table, wrong, at: 1))
        }
    }

    /// A hundred thousand of each: a field more is to be noticed.
    @Test func whatIsHeldOfEachSiteStaysSmall() {
        #expect(MemoryLayout<AgentState>.stride <= 208)
        #expect(MemoryLayout<SiteState>.stride <= 128)
        #expect(MemoryLayout<CopyRecord>.stride <= 40)
        #expect(MemoryLayout<FleetIndex.AgentEntry>.stride <= 20)
        #expect(MemoryLayout<FleetIndex.SiteEntry>.stride <= 64)
    }
}
