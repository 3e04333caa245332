import AnpiHazards
import AnpiModel
import Testing

@Suite struct AtomFeedTests {
    private static let text = """
        <?xml version="1.0" encoding="utf-8"?>
        <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ja"><title>高頻度（随時）</title>
        <updated>2026-06-23T05:11:00+09:00</updated><id>https://feeds.example/extra.xml</id>
        <entry><title>気象警報・注意報（Ｒ０６）（大雨）</title><id>https://feeds.example/data/1.xml</id>
        <updated>2026-06-22T20:10:03Z</updated><author><name>静岡地方気象台</name></author>
        <link type="application/xml" href="https://feeds.example/data/1.xml"/><content type="text">…</content></entry>
        <entry><title>府県天気予報（Ｒ１）</title><updated>2026-06-22T20:00:00Z</updated><link href="https://feeds.example/data/2.xml"/></entry>
        <entry><title>no link</title><updated>2026-06-22T20:00:00Z</updated></entry>
        <entry><title>no time</title><link href="https://feeds.example/data/3.xml"/></entry>
        </feed>
        """

    @Test func entriesThatCanBeUsedAreRead() throws {
        let entries = try AtomFeed(Array(Self.text.utf8)).entries
        #expect(entries.map(\.link) == ["https://feeds.example/data/1.xml", "https://feeds.example/data/2.xml"])
        #expect(entries.map(\.isRead) == [true, false])
        #expect(entries[0].updatedAt == time("2026-06-23T05:10:03+09:00"))
    }

    @Test(arguments: ["<html/>", "<feed>", "<!DOCTYPE feed><feed/>", "{}"])
    func whatIsNoFeedIsRefused(text: String) {
        #expect(throws: HazardError.self) { try AtomFeed(Array(text.utf8)) }
    }
}
