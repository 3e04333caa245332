package import AnpiModel

/// A list of messages as JMA publishes it (Atom, RFC 4287).
package struct AtomFeed: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package var id: String
        /// `Control/Title` of the report.
        package var title: String
        package var updatedAt: Timestamp
        /// Where the message is.
        package var link: String

        /// A report of a kind that `HazardParser` reads.
        package var isRead: Bool { JMATelegram(title: title, fileName: nil) != nil }
    }

    /// Entries that can be used, as they stand; one without id, time or link is left out.
    package var entries: [Entry]

    /// Several days of all reports are about 2 MB.
    package static let bytesMax = 8 * 1_024 * 1_024

    package init(_ bytes: [UInt8]) throws(HazardError) {
        let root = try MarkupReader.read(bytes, bytesMax: Self.bytesMax)
        guard root.name == "feed" else {
            throw HazardError(
                .format, "the outermost element is not Atom's <feed>; check the feed's address", at: "feed")
        }
        entries = root.children("entry").compactMap { entry in
            guard let link = entry.child("link")?.attributes["href"],
                let updatedAt = entry.text("updated").flatMap({ Timestamp(rfc3339: $0) })
            else { return nil }
            return Entry(
                id: entry.text("id") ?? link, title: entry.text("title") ?? "", updatedAt: updatedAt, link: link)
        }
    }
}
