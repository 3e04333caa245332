import AnpiModel
import Testing

@Suite struct ReplayPageTests {
    private static let page: ReplayPage = {
        var page = ReplayPage(
            base: .init(
                engineTime: Timestamp(milliseconds: 5), journalSeq: 7,
                quarantined: [LogPlace(writer: "w", seq: 3, index: LogPlace.wholeRow)],
                state: .init(head: [1, 2], blocks: [0: [3], 7: []])),
            until: Timestamp(milliseconds: 9))
        page.rows = [LogRow(writer: "w", seq: 4, at: Timestamp(milliseconds: 8), batch: [1, 2, 3])]
        page.lines = [
            .init(number: 8, at: Timestamp(milliseconds: 8), kind: "site.contact", body: #"{"site":"医院"}"#),
            .init(number: 9, at: Timestamp(milliseconds: 8), kind: "command.finding", body: nil),
        ]
        page.next = "behind this"
        return page
    }()

    /// A piece of a replay from history.
    private static let retold: ReplayPage = {
        var page = ReplayPage(until: Timestamp(milliseconds: 9))
        page.retold = [
            .fleet(at: Timestamp(milliseconds: 1), [1, 2]), .feed([3]), .fleet(at: Timestamp(milliseconds: 4), []),
        ]
        page.approximated = ReplayApproximation.allCases
        return page
    }()

    @Test func aPieceComesBackAsItWas() throws {
        #expect(try ReplayPage(Self.page.bytes) == Self.page)
        #expect(try ReplayPage(Self.retold.bytes) == Self.retold)
        let last = ReplayPage(until: Timestamp(milliseconds: -1))
        #expect(try ReplayPage(last.bytes) == last)
    }

    @Test func aPieceThatWasCutIsAnErrorAtEveryByte() {
        for bytes in [Self.page.bytes, Self.retold.bytes] {
            for count in 0..<bytes.count {
                #expect(throws: ByteCodingError.self) { try ReplayPage(Array(bytes[..<count])) }
            }
        }
    }

    @Test func anotherVersionIsNotGuessedAt() {
        var bytes = Self.page.bytes
        bytes[0] = ReplayPage.version + 1
        #expect(throws: ByteCodingError.malformed) { try ReplayPage(bytes) }
    }
}
