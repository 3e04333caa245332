import AnpiModel

/// Sites whose agents are asked to bring their data away before a storm, and since when.
struct Askings: Hashable, Sendable {
    private struct Asking: Hashable, Sendable {
        var site: Int32
        var at: Timestamp
    }

    /// By site, ascending.
    private var all: [Asking] = []
    /// Grows with every change: who answers agents looks at it and asks for the rest only then.
    private(set) var version = 0

    init() {}

    var isEmpty: Bool { all.isEmpty }

    /// Those asked, ascending, each with the time of the asking.
    var sites: [(site: Int, at: Timestamp)] { all.map { (Int($0.site), $0.at) } }

    /// When the site was asked; nil where it is not.
    subscript(site: Int) -> Timestamp? {
        var range = 0..<all.count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if all[middle].site == Int32(site) { return all[middle].at }
            range = all[middle].site < Int32(site) ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }

    /// These are asked from now on, and those are not any more; `begun` holds nobody who is asked already.
    mutating func change(begun: [Int], ended: [Int], at now: Timestamp) {
        guard !begun.isEmpty || !ended.isEmpty else { return }
        let gone = Set(ended.map(Int32.init))
        all.removeAll { gone.contains($0.site) }
        all += begun.map { Asking(site: Int32($0), at: now) }
        all.sort { $0.site < $1.site }
        version += 1
    }

    /// The fleet set was replaced: who has left is asked no more, and who has come to a site that is asked is.
    mutating func fleetWasReplaced(keeping isKept: (Int) -> Bool) {
        guard !all.isEmpty else { return }
        all.removeAll { !isKept(Int($0.site)) }
        version += 1
    }

    func write(to writer: inout ByteWriter) {
        writer.put(list: all) { writer, asking in
            writer.put(Int(asking.site))
            writer.put(asking.at)
        }
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        all = try reader.list { reader throws(ByteCodingError) in
            Asking(site: try reader.number32(), at: try reader.timestamp())
        }
    }
}
