import AnpiModel
import AnpiStore
import Testing

@Suite struct HazardMessagesTests {
    private func row(_ digest: UInt8, at: Int64, name: String? = nil) -> HazardMessages.Row {
        HazardMessages.Row(
            digest: [digest], receivedAt: .at(at), feed: "f", name: name, raw: [0, 255, digest], status: .quarantined,
            reason: "why")
    }

    @Test(arguments: StoreFactory.all)
    func aMessageIsKeptOnceUnderItsDigest(_ factory: StoreFactory) throws {
        try factory.run { store in
            let messages = HazardMessages(store.database)
            try messages.keep(row(1, at: 0, name: "a"))
            try messages.keep(row(1, at: 1, name: "a"))
            try messages.keep(row(2, at: 5, name: "b"))
            #expect(try messages.raw([1]) == [0, 255, 1])
            #expect(try messages.raw([9]) == nil)
            #expect(try messages.names(from: "f", since: .at(0)) == ["a", "b"])
            #expect(try messages.names(from: "f", since: .at(2)) == ["b"])
            #expect(try messages.names(from: "other", since: .at(0)) == [])
        }
    }

    @Test(arguments: StoreFactory.all)
    func oldMessagesLeaveAFewAtATime(_ factory: StoreFactory) throws {
        try factory.run { store in
            let messages = HazardMessages(store.database)
            for number in UInt8(0)..<120 { try messages.keep(row(number, at: Int64(number))) }
            #expect(try messages.purge(before: .at(110)) == 100)
            #expect(try messages.purge(before: .at(110)) == 10)
            #expect(try messages.purge(before: .at(110)) == 0)
            #expect(try messages.raw([119]) != nil)
        }
    }
}
