/// Records with numbers that people say aloud: counted from 1, never used again.
///
/// What is finished leaves from the front after a while; the store keeps its row.
struct NumberedLedger<Record: Sendable>: Sendable {
    /// The number of `records[0]`.
    private(set) var first = 1
    private(set) var records: [Record?] = []
    /// Numbers of what is not finished, ascending.
    private(set) var open: [Int] = []

    init() {}

    init(first: Int, records: [Record?], open: [Int]) {
        self.first = first
        self.records = records
        self.open = open
    }

    /// The number that the next record gets.
    var next: Int { first + records.count }

    /// The numbers that still have a record, ascending.
    var numbers: [Int] { records.indices.filter { records[$0] != nil }.map { first + $0 } }

    /// The record, or nil where the number was never given or has left the memory.
    subscript(number: Int) -> Record? {
        get {
            let index = number - first
            return records.indices.contains(index) ? records[index] : nil
        }
        set {
            let index = number - first
            if records.indices.contains(index) { records[index] = newValue }
        }
    }

    mutating func append(_ record: Record) {
        open.append(next)
        records.append(record)
    }

    /// Numbers go on at the first of a thousand, at least a thousand further on.
    mutating func leap() {
        let target = (next / 1_000 + 2) * 1_000 + 1
        records.append(contentsOf: repeatElement(nil, count: target - next))
    }

    /// The record is finished.
    mutating func close(_ number: Int) {
        if let index = open.firstIndex(of: number) { open.remove(at: index) }
    }

    /// Lets go of finished records for which `isOld` holds.
    mutating func forget(where isOld: (Record) -> Bool) {
        var isOpen = open[...]
        for index in records.indices {
            if isOpen.first == first + index {
                isOpen = isOpen.dropFirst()
            } else if let record = records[index], isOld(record) {
                records[index] = nil
            }
        }
        let gone = records.firstIndex { $0 != nil } ?? records.count
        records.removeFirst(gone)
        first += gone
    }
}
