import AnpiHazards
import AnpiModel

/// Decides what to ask of one Atom feed and when; pure.
///
/// JMA keeps two lists for each feed: a short one (`extra.xml`, the last ten minutes or more, made anew each minute)
/// and a long one (`extra_l.xml`, several days). The long one is read at the start and after every gap, because nobody
/// delivers twice what we missed.
struct FeedPlan: Sendable {
    /// Entries whose message was taken or given up, so that each is fetched once.
    static let seenMax = 20_000
    /// Messages fetched after one look; the rest follows at the next.
    static let fetchesMax = 500
    /// An entry that cannot be fetched so often is given up.
    static let triesMax = 5
    /// Without an answer for so long the short list may have lost entries.
    static let gap = Duration.seconds(600)
    /// What is older says nothing any more.
    static let oldest = Duration.seconds(72 * 3_600)
    /// Seconds past the minute: the lists are made anew on the minute.
    static let second = Duration.seconds(20)

    let address: String
    private var validators: [String: Validators] = [:]
    private var seen: Set<String> = []
    private var order: [String] = []
    private var tries: [String: Int] = [:]
    private var succeededAt: Timestamp?
    /// The short list alone may not name all that is missing.
    private var isBehind = true
    private var hasLong: Bool

    struct Validators: Hashable, Sendable {
        var eTag: String?
        var lastModified: String?
    }

    /// - Parameter known: links whose messages are in the store.
    init(address: String, known: [String] = []) {
        self.address = address
        hasLong = Self.long(of: address) != nil
        for link in known { remember(link) }
    }

    /// The next look: `every` apart, at 20 s past where that is a minute.
    static func nextLook(after now: Timestamp, every: Duration) -> Timestamp {
        let period = max(1, every.wholeMilliseconds)
        let offset = second.wholeMilliseconds % period
        let passed = (now.milliseconds - offset) % period
        return Timestamp(milliseconds: now.milliseconds - passed + period)
    }

    /// A look begins: the lists to read, in this order.
    mutating func lists(at now: Timestamp) -> [String] {
        let isGap = succeededAt.map { now - $0 > Self.gap } ?? true
        let needsLong = isBehind || isGap
        isBehind = false
        return needsLong && hasLong ? [Self.long(of: address), address].compactMap(\.self) : [address]
    }

    /// `…/extra.xml` → `…/extra_l.xml`; nil for a feed of another kind.
    static func long(of address: String) -> String? {
        guard address.hasSuffix(".xml"), !address.hasSuffix("_l.xml") else { return nil }
        return address.dropLast(4) + "_l.xml"
    }

    /// What to send with the request for a list, so that an unchanged one is not sent again.
    func validators(of list: String) -> Validators { validators[list] ?? Validators() }

    /// A list was read whole: its validators count from now on.
    mutating func wasRead(_ list: String, _ validators: Validators, at now: Timestamp) {
        self.validators[list] = validators
        if list == address { succeededAt = now }
    }

    /// A list could not be read; `isGone` where there is none at its address.
    mutating func wasUnreadable(_ list: String, isGone: Bool) {
        if list != address, isGone { hasLong = false } else { isBehind = true }
    }

    /// The links to fetch, oldest first: of a kind that is read, at the feed's own host, not older than three days.
    mutating func wanted(_ entries: [AtomFeed.Entry], at now: Timestamp) -> [AtomFeed.Entry] {
        var links: Set<String> = []
        let fresh = entries.filter { entry in
            entry.isRead && entry.updatedAt > now - Self.oldest && !seen.contains(entry.link)
                && Self.origin(of: entry.link) == Self.origin(of: address) && links.insert(entry.link).inserted
        }
        let sorted = fresh.sorted { ($0.updatedAt, $0.link) < ($1.updatedAt, $1.link) }
        if sorted.count > Self.fetchesMax { comeBack() }
        return Array(sorted.prefix(Self.fetchesMax))
    }

    /// The message is in the log.
    mutating func wasTaken(_ link: String) {
        tries[link] = nil
        remember(link)
    }

    /// The message could not be fetched; true where it is given up.
    mutating func wasMissed(_ link: String) -> Bool {
        let count = (tries[link] ?? 0) + 1
        guard count < Self.triesMax else {
            wasTaken(link)
            return true
        }
        tries[link] = count
        comeBack()
        return false
    }

    /// Something is left that only the lists name: they must come whole again.
    private mutating func comeBack() {
        validators = [:]
        isBehind = true
    }

    private mutating func remember(_ link: String) {
        guard seen.insert(link).inserted else { return }
        order.append(link)
        guard order.count > Self.seenMax else { return }
        // A quarter at a time, so that not each new entry moves all others.
        for old in order.prefix(Self.seenMax / 4) { seen.remove(old) }
        order.removeFirst(Self.seenMax / 4)
    }

    /// Scheme, host and port.
    private static func origin(of address: String) -> Substring? {
        guard let scheme = address.firstRange(of: "://") else { return nil }
        let end = address[scheme.upperBound...].firstIndex { "/?#".contains($0) } ?? address.endIndex
        return address[..<end]
    }
}
