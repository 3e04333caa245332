package import AnpiModel

extension HazardLedger {
    /// Appends the ledger as a checkpoint holds it.
    package func write(to writer: inout ByteWriter) {
        writer.put(bookmark.nextNumber)
        writer.put(bookmark.clock)
        writer.put(list: entries) { writer, entry in
            writer.put(entry.number)
            writer.put(entry.message)
            writer.put(entry.appliedAt)
            switch entry.state {
            case .acting: writer.put(byte: 0)
            case .stored: writer.put(byte: 1)
            case .superseded(let number):
                writer.put(byte: 2)
                writer.put(number)
            case .cancelled(let number):
                writer.put(byte: 3)
                writer.put(number)
            case .ended: writer.put(byte: 4)
            }
        }
    }

    /// What `write(to:)` wrote.
    package init(from reader: inout ByteReader) throws(ByteCodingError) {
        let nextNumber = try reader.integer()
        let clock = try reader.timestamp()
        let entries = try reader.list { reader throws(ByteCodingError) in
            Entry(
                number: try reader.integer(), message: try reader.hazardMessage(), appliedAt: try reader.timestamp(),
                state: try reader.hazardState())
        }
        // The ledger finds entries by halving: numbers that do not ascend are damage.
        guard zip(entries, entries.dropFirst()).allSatisfy({ $0.number < $1.number }),
            entries.last.map({ $0.number < nextNumber }) ?? true
        else { throw .malformed }
        self.init(entries: entries, nextNumber: nextNumber, clock: clock)
    }
}

extension ByteReader {
    fileprivate mutating func hazardState() throws(ByteCodingError) -> HazardLedger.State {
        switch try byte() {
        case 0: .acting
        case 1: .stored
        case 2: .superseded(by: try integer())
        case 3: .cancelled(by: try integer())
        case 4: .ended
        default: throw .malformed
        }
    }
}
