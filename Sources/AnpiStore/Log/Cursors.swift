/// How far each writer's rows have been read: the last sequence of every writer, in byte order of their ids.
///
/// One cursor a writer, because no bound spans writers (ENGINE §1).
package struct Cursors: Hashable, Codable, Sendable {
    package struct Entry: Hashable, Codable, Sendable {
        package var writer: String
        package var seq: Int64

        package init(writer: String, seq: Int64) {
            self.writer = writer
            self.seq = seq
        }
    }

    /// Ascending by writer, each writer once.
    package private(set) var entries: [Entry] = []

    package init() {}

    package init(_ entries: [Entry]) {
        for entry in entries { self[entry.writer] = entry.seq }
    }

    /// The last sequence read of `writer`; 0 where none was.
    package subscript(writer: String) -> Int64 {
        get {
            let index = position(of: writer)
            return index < entries.count && entries[index].writer == writer ? entries[index].seq : 0
        }
        set {
            let index = position(of: writer)
            if index < entries.count, entries[index].writer == writer {
                entries[index].seq = newValue
            } else {
                entries.insert(Entry(writer: writer, seq: newValue), at: index)
            }
        }
    }

    /// Drops the writers that `isKept` does not name: those whose rows have left the log.
    package mutating func keep(where isKept: (String) -> Bool) {
        entries.removeAll { !isKept($0.writer) }
    }

    private func position(of writer: String) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].writer.utf8.lexicographicallyPrecedes(writer.utf8) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}

extension Cursors {
    /// The form in which rows keep it: `writer:seq` separated by spaces.
    package var text: String {
        entries.map { "\($0.writer):\($0.seq)" }.joined(separator: " ")
    }

    /// Reads `text` back.
    package init(text: String) throws {
        for part in text.split(separator: " ") {
            guard let colon = part.lastIndex(of: ":"), let seq = Int64(part[part.index(after: colon)...]) else {
                throw StoreError(.invalidValue, "cursors are not in the form writer:seq")
            }
            self[String(part[..<colon])] = seq
        }
    }
}
