import AnpiModel

/// Silences of the last days, kept until their days are old enough to learn from (ENGINE §5): by block of sites, because
/// each block learns at a time of its own.
struct RecentSilences: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        var agent: Int32
        var from: Timestamp
        var to: Timestamp
    }

    struct Block: Hashable, Sendable {
        /// When the block's next day is learned from; once a day.
        var dueAt: Timestamp
        /// In the order they ended.
        var entries: [Entry] = []
    }

    private(set) var blocks: [Block] = []

    /// A day is learned from when it is this old: by then it is known what was unusual about it.
    static let ageDays = 7
    /// Silences kept for a block; beyond, the oldest is forgotten, and its device is taken to be better than it is.
    static let entriesMax = 16_384

    init() {}

    init(blocks: [Block]) { self.blocks = blocks }

    /// New blocks learn at their own minute after midnight in Japan, so that a fleet never learns all at once.
    mutating func grow(toSites count: Int, at now: Timestamp) -> [Int] {
        let wanted = (count + DirtyBlocks.sitesInBlock - 1) / DirtyBlocks.sitesInBlock
        var added: [Int] = []
        while blocks.count < wanted {
            let minute = 30 + blocks.count * 7 % 1_380
            let midnight = Timestamp(now.civil().date.adding(days: 1), minuteOfDay: 0, offset: .japan)
            added.append(blocks.count)
            blocks.append(Block(dueAt: midnight + .seconds(Int64(minute) * 60)))
        }
        return added
    }

    mutating func append(_ entry: Entry, toBlock block: Int) {
        blocks[block].entries.append(entry)
        if blocks[block].entries.count > Self.entriesMax { blocks[block].entries.removeFirst() }
    }

    /// The block has learned from everything before `limit`.
    mutating func learned(block: Int, before limit: Timestamp, next: Timestamp) {
        blocks[block].dueAt = next
        blocks[block].entries.removeAll { $0.to <= limit }
    }
}
