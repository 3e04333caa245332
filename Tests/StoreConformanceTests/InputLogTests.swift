import AnpiModel
import AnpiStore
import Testing

@Suite struct InputLogTests {
    @Test(arguments: StoreFactory.all)
    func appendedRowsAreReadOnceAndInOrderAcrossWriters(_ factory: StoreFactory) throws {
        try factory.run { store in
            let log = InputLog(store.database)
            for writer in ["b", "a"] { try log.openWriter(id: writer, at: .at(0)) }
            try log.append(writer: "b", rows: [LogRow("b", 1, 10), LogRow("b", 2, 20)], watermark: .at(20))
            try log.append(writer: "a", rows: [LogRow("a", 1, 10)], watermark: .at(12))
            try log.append(writer: "a", rows: [LogRow("a", 2, 15)], watermark: .at(30))
            let page = try log.read(after: Cursors())
            #expect(page.rows.map { "\($0.writer)\($0.seq)" } == ["a1", "b1", "a2", "b2"])
            #expect(page.openWatermark == .at(20))
            #expect(page.isComplete)

            var cursors = Cursors()
            var seen: [LogRow] = []
            while case let page = try log.read(after: cursors, limit: 1), let row = page.rows.first {
                seen.append(row)
                #expect(page.isComplete == (seen.count == 4))
                cursors[row.writer] = row.seq
            }
            #expect(seen == page.rows)
        }
    }

    @Test(arguments: StoreFactory.all)
    func nothingAboveTheLeastOpenWatermarkIsRead(_ factory: StoreFactory) throws {
        try factory.run { store in
            let log = InputLog(store.database)
            try log.openWriter(id: "a", at: .at(0))
            try log.openWriter(id: "b", at: .at(0))
            try log.append(writer: "a", rows: [LogRow("a", 1, 10), LogRow("a", 2, 30)], watermark: .at(30))
            let nothing = try log.read(after: Cursors())
            #expect(nothing.rows.isEmpty && nothing.leavesOut && nothing.reached == nil)
            try log.state(writer: "b", watermark: .at(20))
            let first = try log.read(after: Cursors())
            #expect(first.rows.map(\.seq) == [1])
            #expect(first.reached == .at(10), "what waits beyond the watermark may have been received before it")
            try log.state(writer: "b", watermark: .at(5))
            #expect(try log.read(after: Cursors()).openWatermark == .at(20))
            try log.state(writer: "b", watermark: .at(40))
            try log.state(writer: "a", watermark: .at(35))
            let all = try log.read(after: Cursors())
            #expect(all.rows.map(\.seq) == [1, 2])
            #expect(all.reached == .at(35))
        }
    }

    @Test(arguments: StoreFactory.all)
    func aClosedWriterIsShutOutAndItsWatermarkIsToldInTheLog(_ factory: StoreFactory) throws {
        try factory.run { store in
            let log = InputLog(store.database)
            try log.openWriter(id: "dead", at: .at(0))
            try log.append(writer: "dead", rows: [LogRow("dead", 1, 10)], watermark: .at(12))
            #expect(try log.openWriter(id: "new", at: .at(5)) == .at(12))
            let closed = try log.closeOthers(than: "new", watermark: .at(40)) { dead in
                #expect(dead.map(\.watermark) == [.at(12)])
                return [LogRow("new", 1, 40)]
            }
            #expect(closed.map(\.id) == ["dead"])
            #expect(
                store.code { try log.append(writer: "dead", rows: [LogRow("dead", 2, 50)], watermark: .at(50)) }
                    == .shutOut)
            #expect(store.code { try log.state(writer: "dead", watermark: .at(50)) } == .shutOut)
            #expect(try log.read(after: Cursors()).rows.map(\.writer) == ["dead", "new"])
            #expect(try log.closeOthers(than: "new", watermark: .at(50)) { _ in [LogRow("new", 2, 50)] }.isEmpty)
            #expect(try log.writers().first { $0.id == "new" }?.seq == 1)
        }
    }

    @Test(arguments: StoreFactory.all)
    func closingFailsWholeWhereItsRowCannotBeAppended(_ factory: StoreFactory) throws {
        try factory.run { store in
            let log = InputLog(store.database)
            try log.openWriter(id: "a", at: .at(0))
            try log.openWriter(id: "b", at: .at(0))
            #expect(
                store.code {
                    try log.closeWriter("a", by: "b", watermark: .at(9)) { _ in [LogRow("b", 7, 9)] }
                } == .misuse)
            #expect(try log.writers().allSatisfy { !$0.closed })
            #expect(try log.closeWriter("a", by: "b", watermark: .at(9)) { _ in [LogRow("b", 1, 9)] } == .at(0))
            #expect(
                store.code {
                    try log.closeWriter("a", by: "b", watermark: .at(11)) { _ in [LogRow("b", 2, 11)] }
                } == .conflict)
        }
    }

    @Test(arguments: StoreFactory.all)
    func sequencesHaveNoGapsAndTimesKeepTheOrderFinal(_ factory: StoreFactory) throws {
        try factory.run { store in
            let log = InputLog(store.database)
            try log.openWriter(id: "a", at: .at(0))
            func append(_ rows: [LogRow], _ watermark: Int64) -> StoreError.Code? {
                store.code { try log.append(writer: "a", rows: rows, watermark: .at(watermark)) }
            }
            #expect(append([LogRow("a", 2, 5)], 5) == .misuse)
            #expect(append([LogRow("a", 1, 5), LogRow("a", 3, 5)], 5) == .misuse)
            #expect(append([LogRow("a", 1, 6)], 5) == .misuse)
            #expect(append([LogRow("b", 1, 5)], 5) == .misuse)
            #expect(append([], 5) == .misuse)
            #expect(append([LogRow("a", 1, 5)], 7) == nil)
            #expect(append([LogRow("a", 2, 7)], 9) == .misuse)
            #expect(append([LogRow("a", 1, 8)], 9) == .misuse)
            #expect(append([LogRow("a", 2, 8)], 9) == nil)
            #expect(try log.writers().map(\.seq) == [2])
            #expect(store.code { try log.openWriter(id: "a", at: .at(9)) } == .constraint)
            #expect(store.code { try log.openWriter(id: "a:1", at: .at(9)) } == .misuse)
        }
    }

    @Test(arguments: StoreFactory.all)
    func rowsAreDeletedBelowEachWritersOwnCursor(_ factory: StoreFactory) throws {
        try factory.run { store in
            let log = InputLog(store.database)
            try log.openWriter(id: "a", at: .at(0))
            try log.openWriter(id: "b", at: .at(0))
            try log.append(writer: "a", rows: (1...300).map { LogRow("a", $0, $0) }, watermark: .at(300))
            try log.append(writer: "b", rows: (1...3).map { LogRow("b", $0, $0) }, watermark: .at(300))
            let folded = Cursors([.init(writer: "a", seq: 290), .init(writer: "b", seq: 3)])
            var counts: [Int] = []
            while case let count = try log.deleteBelow(folded), count > 0 { counts.append(count) }
            #expect(counts == [131, 128, 34])
            #expect(try log.read(after: Cursors()).rows.map(\.seq) == Array(291...300))
            try log.closeWriter("b", by: "a", watermark: .at(400)) { _ in [LogRow("a", 301, 400)] }
            try log.deleteBelow(folded)
            #expect(try log.writers().map(\.id) == ["a"])
        }
    }

    @Test(arguments: StoreFactory.all)
    func aReaderBesideTheWriterSeesWholeCommitsOnly(_ factory: StoreFactory) throws {
        try factory.run { store in
            let log = InputLog(store.database)
            try log.openWriter(id: "a", at: .at(0))
            let other = try store.second()
            let beside = InputLog(other)
            for seq in stride(from: Int64(1), to: 40, by: 2) {
                try store.database.transaction { _ in
                    // While a transaction is open the other connection still sees what was there before it.
                    let rows = try beside.read(after: Cursors()).rows
                    #expect(rows.count == Int(seq) - 1)
                }
                let pair = [LogRow("a", seq, seq), LogRow("a", seq + 1, seq)]
                try log.append(writer: "a", rows: pair, watermark: .at(seq))
                #expect(try beside.read(after: Cursors()).rows.count == Int(seq) + 1)
            }
        }
    }

    @Test(arguments: StoreFactory.all)
    func aSnapshotDoesNotSeeWhatCommitsMeanwhile(_ factory: StoreFactory) throws {
        try factory.run { store in
            let log = InputLog(store.database)
            try log.openWriter(id: "a", at: .at(0))
            try store.second().read { reader in
                let count = { try reader.first("SELECT COUNT(*) FROM input_log") { try $0.int(0) } }
                #expect(try count() == 0)
                try log.append(writer: "a", rows: [LogRow("a", 1, 1)], watermark: .at(1))
                #expect(try count() == 0)
            }
        }
    }

    @Test func cursorsAreSortedAndReadBackFromTheirText() throws {
        var cursors = Cursors([.init(writer: "w2", seq: 5), .init(writer: "W9", seq: 1), .init(writer: "w10", seq: 7)])
        #expect(cursors.entries.map(\.writer) == ["W9", "w10", "w2"])
        #expect(try Cursors(text: cursors.text) == cursors)
        #expect(cursors["w2"] == 5)
        #expect(cursors["none"] == 0)
        cursors.keep { $0 == "w10" }
        #expect(cursors.text == "w10:7")
        #expect(storeErrorCode { _ = try Cursors(text: "w1") } == .invalidValue)
    }
}
