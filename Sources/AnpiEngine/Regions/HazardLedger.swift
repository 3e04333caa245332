package import AnpiModel

/// The official messages that count: what is in force where, what replaced what, and what has ended.
///
/// Messages arrive late, twice, out of order, and are taken back: what holds in the end follows from report times,
/// serials and references, and from the order of arrival only where these are equal. Drills and tests are kept to be
/// shown and never act.
package struct HazardLedger: Sendable {
    package struct Entry: Hashable, Sendable {
        /// Counts up with each message kept; never used again.
        package let number: Int
        package internal(set) var message: HazardMessage
        package let appliedAt: Timestamp
        package internal(set) var state: State
    }

    package enum State: Hashable, Sendable {
        /// Its statements hold from their beginning to their end.
        case acting
        /// A drill, a test or a note: shown only.
        case stored
        /// An entry of this number says newer things.
        case superseded(by: Int)
        /// Taken back by the entry of this number.
        case cancelled(by: Int)
        /// All that it said is over.
        case ended
    }

    /// What a message did.
    package struct Effect: Hashable, Sendable {
        package var outcome: Outcome
        /// Entries that stopped acting because of it.
        package var taken: Int
        /// Where something came into force or went out of it: sites elsewhere need not be judged again.
        package var touched: [HazardArea.Place]
    }

    package enum Outcome: Hashable, Sendable {
        /// It is in force now, will be, or put an end to what was.
        case applied
        /// A newer message of its series, or one that names it, was here first.
        case superseded
        /// It is known already.
        case duplicate
        /// A drill, a test or a note.
        case stored
        /// It took `taken` messages back, perhaps ones that are still to come.
        case cancelled
        /// All that it says was over when it came.
        case past
    }

    /// What nobody repeats for so long is not known any more: a lost 解除 must not hold a warning for ever.
    package static let unrepeatedMax: Duration = .seconds(72 * 3_600)
    /// Entries kept; beyond, the oldest that does not act leaves, and where all act the oldest.
    package static let entriesMax = 2_048

    /// Ascending by number.
    package private(set) var entries: [Entry] = []
    private var nextNumber = 1
    /// Everything up to here has begun and ended.
    private var clock: Timestamp = .distantPast
    /// The next instant at which a statement begins or ends, or one before it; nil where nothing is to come.
    package private(set) var nextChange: Timestamp?
    private var index = HazardAreaIndex()
    private var bySeries: [String: [Int]] = [:]
    private var byIdentifier: [String: Int] = [:]

    package init() {}

    // MARK: Messages

    /// A message arrived; time does not go back.
    package mutating func apply(_ message: HazardMessage, at now: Timestamp) -> Effect {
        var touched = advance(to: now)
        guard byIdentifier[message.identifier] == nil else {
            return Effect(outcome: .duplicate, taken: 0, touched: touched)
        }
        touched += makeRoom(at: now)
        let number = keep(message, at: now)
        guard message.status == .actual, message.action != .note else {
            return Effect(outcome: .stored, taken: 0, touched: touched)
        }
        if message.action == .cancel {
            let targets = targets(of: message, except: number)
            let taken = targets.count { self[$0].state == .acting }
            touched += targets.flatMap { stop($0, .cancelled(by: number)) }
            touched += targets.flatMap { bringBack(displacedBy: $0) }
            set(number, .ended)
            return Effect(outcome: .cancelled, taken: taken, touched: touched)
        }
        let newer = newer(than: message, except: number)
        // A late message still takes the place of those that it names.
        let targets = newer == nil || !message.references.isEmpty ? targets(of: message, except: number) : []
        let taken = targets.count { self[$0].state == .acting }
        touched += targets.flatMap { stop($0, .superseded(by: number)) }
        if let newer {
            set(number, displaced(by: newer))
            return Effect(outcome: .superseded, taken: taken, touched: touched)
        }
        touched += start(number)
        let isPast = !message.areas.isEmpty && self[number].state == .ended
        return Effect(outcome: isPast ? .past : .applied, taken: taken, touched: touched)
    }

    /// What `message` takes the place of, or takes back.
    private func targets(of message: HazardMessage, except number: Int) -> [Int] {
        let isCancel = message.action == .cancel
        guard isCancel || message.action == .replace else { return [] }
        let candidates = message.references.isEmpty ? bySeries[message.series] ?? [] : entries.map(\.number)
        return candidates.filter { other in
            let entry = self[other]
            guard other != number, entry.message.action != .cancel, !outranks(entry.message, message) else {
                return false
            }
            switch entry.state {
            case .acting, .ended: break
            // What is out of force already can still be taken back, so that it never comes back.
            case .superseded: guard isCancel else { return false }
            case .stored, .cancelled: return false
            }
            return message.references.isEmpty || names(message, entry.message)
                || message.action == .replace && areSiblings(message, entry.message)
        }
    }

    /// An entry that already says newer things than `message`, or took it back before it came.
    private func newer(than message: HazardMessage, except number: Int) -> Int? {
        let ofSeries = (bySeries[message.series] ?? []).first { other in
            let entry = self[other].message
            return other != number && isDecisive(other) && entry.action != .add && entry.references.isEmpty
                && outranks(entry, message)
        }
        if let ofSeries { return ofSeries }
        return entries.first { entry in
            entry.number != number && isDecisive(entry.number) && !entry.message.references.isEmpty
                && !outranks(message, entry.message)
                && (names(entry.message, message)
                    || entry.message.action == .replace && message.action == .replace
                        && areSiblings(entry.message, message)
                        && outranks(entry.message, message))
        }?.number
    }

    /// By report time, then serial; equal ones do not outrank each other, so that a correction of the same minute
    /// replaces.
    private func outranks(_ left: HazardMessage, _ right: HazardMessage) -> Bool {
        left.reportedAt != right.reportedAt ? left.reportedAt > right.reportedAt : left.serial > right.serial
    }

    /// `message` refers to `other` by its identifier or by the first parts of it.
    private func names(_ message: HazardMessage, _ other: HazardMessage) -> Bool {
        message.references.contains { $0 == other.identifier || other.identifier.hasPrefix($0 + ",") }
    }

    /// Both update the same message: an update that names only the first alert replaces the updates between too.
    private func areSiblings(_ left: HazardMessage, _ right: HazardMessage) -> Bool {
        right.action == .replace && left.references.contains(where: right.references.contains)
    }

    /// It acts or has acted in its turn: a message that was itself taken back decides nothing.
    private func isDecisive(_ number: Int) -> Bool {
        switch self[number].state {
        case .acting, .ended, .superseded: true
        case .stored, .cancelled: false
        }
    }

    private func displaced(by newer: Int) -> State {
        self[newer].message.action == .cancel ? .cancelled(by: newer) : .superseded(by: newer)
    }

    // MARK: In and out of force

    /// The entry begins to act; the places of what is in force at once.
    private mutating func start(_ number: Int) -> [HazardArea.Place] {
        let message = self[number].message
        set(number, .acting)
        var touched: [HazardArea.Place] = []
        for (place, area) in message.areas.enumerated() where isOpen(area, of: message) {
            index.insert(area.places, HazardAreaIndex.Reference(entry: number, area: place))
            if area.from <= clock { touched += area.places }
        }
        if let moment = change(of: message) {
            nextChange = min(nextChange ?? moment, moment)
        } else {
            set(number, .ended)
        }
        return touched
    }

    /// The entry acts no more; the places of what was in force.
    private mutating func stop(_ number: Int, _ state: State) -> [HazardArea.Place] {
        let message = self[number].message
        var touched: [HazardArea.Place] = []
        if self[number].state == .acting {
            for (place, area) in message.areas.enumerated() where isOpen(area, of: message) {
                index.remove(area.places, HazardAreaIndex.Reference(entry: number, area: place))
                if area.from <= clock { touched += area.places }
            }
        }
        set(number, state)
        if case .superseded = state {
            // Two steps back is further than any office goes: of what this one had displaced only the line stays.
            for older in entries where older.state == .superseded(by: number) { self[older.number].message.areas = [] }
        }
        return touched
    }

    /// A JMA 取消 makes a telegram void: what that one had displaced holds again. A CAP cancel ends the matter.
    private mutating func bringBack(displacedBy number: Int) -> [HazardArea.Place] {
        guard self[number].message.format == .jma else { return [] }
        var touched: [HazardArea.Place] = []
        for older in (bySeries[self[number].message.series] ?? []) where self[older].state == .superseded(by: number) {
            if let newer = newer(than: self[older].message, except: older) {
                set(older, displaced(by: newer))
            } else {
                touched += start(older)
            }
        }
        return touched
    }

    /// Whether the statement is of interest now or later; level 0 says that there is nothing.
    private func isOpen(_ area: HazardArea, of message: HazardMessage) -> Bool {
        area.level != 0 && Self.end(of: area, of: message) > clock
    }

    static func end(of area: HazardArea, of message: HazardMessage) -> Timestamp {
        area.until ?? message.reportedAt + unrepeatedMax
    }

    // MARK: Time

    /// When a statement of the message begins or ends next; nil where all is over.
    private func change(of message: HazardMessage) -> Timestamp? {
        var next: Timestamp?
        for area in message.areas where isOpen(area, of: message) {
            let moment = area.from > clock ? area.from : Self.end(of: area, of: message)
            next = min(next ?? moment, moment)
        }
        return next
    }

    /// Time passed; the places where a statement began or ended meanwhile.
    package mutating func advance(to now: Timestamp) -> [HazardArea.Place] {
        guard now > clock else { return [] }
        let before = clock
        clock = now
        guard let due = nextChange, due <= now else { return [] }
        nextChange = nil
        var touched: [HazardArea.Place] = []
        for entry in entries where entry.state == .acting {
            for (place, area) in entry.message.areas.enumerated() where area.level != 0 {
                let end = Self.end(of: area, of: entry.message)
                guard end > before else { continue }
                let begins = area.from > before && area.from <= now
                if begins || area.from <= before && end <= now { touched += area.places }
                if end <= now { index.remove(area.places, HazardAreaIndex.Reference(entry: entry.number, area: place)) }
            }
            if let moment = change(of: entry.message) {
                nextChange = min(nextChange ?? moment, moment)
            } else {
                set(entry.number, .ended)
            }
        }
        return touched
    }

    // MARK: Questions

    /// One statement that holds for a site.
    package struct Statement: Hashable, Sendable {
        package var entry: Int
        package var message: HazardMessage
        package var area: HazardArea

        /// The level it weighs with: "level ?" as 3.
        package var level: Int { area.level ?? 3 }
    }

    /// What is in force for the site, the highest level first, then in the order of application.
    package func statements(at location: HazardLocation) -> [Statement] {
        let found = index.references(at: location).compactMap { reference -> Statement? in
            let message = self[reference.entry].message
            let area = message.areas[reference.area]
            return area.from <= clock ? Statement(entry: reference.entry, message: message, area: area) : nil
        }
        return found.enumerated().sorted { left, right in
            left.element.level != right.element.level
                ? left.element.level > right.element.level : left.offset < right.offset
        }.map(\.element)
    }

    /// The entries with a statement in force.
    package var acting: [Entry] { entries.filter { $0.state == .acting } }

    // MARK: Keeping

    private subscript(number: Int) -> Entry {
        get { entries[position(of: number)] }
        set { entries[position(of: number)] = newValue }
    }

    private func position(of number: Int) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func set(_ number: Int, _ state: State) { self[number].state = state }

    private mutating func keep(_ message: HazardMessage, at now: Timestamp) -> Int {
        let number = nextNumber
        nextNumber += 1
        link(Entry(number: number, message: message, appliedAt: now, state: .stored))
        return number
    }

    private mutating func link(_ entry: Entry) {
        entries.append(entry)
        bySeries[entry.message.series, default: []].append(entry.number)
        byIdentifier[entry.message.identifier] = entry.number
    }

    private mutating func forget(_ number: Int) {
        let entry = self[number]
        bySeries[entry.message.series]?.removeAll { $0 == number }
        if bySeries[entry.message.series]?.isEmpty == true { bySeries[entry.message.series] = nil }
        byIdentifier[entry.message.identifier] = nil
        entries.remove(at: position(of: number))
    }

    /// Room for one more; the places of what had to leave while it acted.
    private mutating func makeRoom(at now: Timestamp) -> [HazardArea.Place] {
        let old = entries.filter {
            $0.state != .acting && max($0.message.reportedAt, $0.appliedAt) + Self.unrepeatedMax < now
        }
        for entry in old { forget(entry.number) }
        guard entries.count >= Self.entriesMax else { return [] }
        if let idle = entries.first(where: { $0.state != .acting }) {
            forget(idle.number)
            return []
        }
        let oldest = entries[0].number
        let touched = stop(oldest, .ended)
        forget(oldest)
        return touched
    }

    // MARK: Checkpoints

    init(entries: [Entry], nextNumber: Int, clock: Timestamp) {
        self.nextNumber = nextNumber
        self.clock = clock
        for entry in entries {
            link(entry)
            guard entry.state == .acting else { continue }
            for (place, area) in entry.message.areas.enumerated() where isOpen(area, of: entry.message) {
                index.insert(area.places, HazardAreaIndex.Reference(entry: entry.number, area: place))
            }
            if let moment = change(of: entry.message) { nextChange = min(nextChange ?? moment, moment) }
        }
    }

    /// What `init(entries:nextNumber:clock:)` needs beside the entries.
    var bookmark: (nextNumber: Int, clock: Timestamp) { (nextNumber, clock) }
}
