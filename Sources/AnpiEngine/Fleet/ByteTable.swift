/// Rows of bytes by number in one block of memory: an array for each would cost a header, a pointer and what an
/// allocation is rounded up to, fifty bytes a row.
struct ByteTable: Sendable {
    private var bytes: [UInt8] = []
    private var places: [Place] = []

    private struct Place: Sendable {
        var start: UInt32
        var count: UInt32

        var range: Range<Int> { Int(start)..<Int(start) + Int(count) }
    }

    var count: Int { places.count }

    /// A view: whoever changes the table while holding one pays for a copy of everything.
    subscript(number: Int) -> ArraySlice<UInt8> { bytes[places[number].range] }

    /// Whether the row is these bytes.
    func holds(_ row: UnsafeBufferPointer<UInt8>, at number: Int) -> Bool {
        let range = places[number].range
        guard range.count == row.count else { return false }
        return bytes.withUnsafeBufferPointer { $0[range].elementsEqual(row) }
    }

    mutating func append(_ row: some Collection<UInt8>) { places.append(write(row)) }

    /// The bytes that were there stay until `pack()`.
    mutating func replace(_ number: Int, by row: some Collection<UInt8>) { places[number] = write(row) }

    mutating func reserve(_ count: Int) { places.reserveCapacity(count) }

    /// Lets go of what was replaced and of the room that growing has left.
    mutating func pack() {
        let needed = places.reduce(0) { $0 + Int($1.count) }
        guard bytes.capacity > needed + needed / 16 else { return }
        var packed = ByteTable()
        packed.bytes.reserveCapacity(needed)
        packed.places.reserveCapacity(count)
        for number in places.indices { packed.append(self[number]) }
        self = packed
    }

    private mutating func write(_ row: some Collection<UInt8>) -> Place {
        // A fleet of a million sites has 200 MB.
        precondition(bytes.count + row.count <= UInt32.max, "the rows of the fleet are longer than four gigabytes")
        defer { bytes.append(contentsOf: row) }
        return Place(start: UInt32(bytes.count), count: UInt32(row.count))
    }
}
