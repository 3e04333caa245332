/// Appends values to bytes in the form that log rows and checkpoints are kept in.
///
/// Integers are variable-length (7 bits a byte, signs folded in), strings and lists carry their count before them.
package struct ByteWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init(reserving capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    package mutating func put(byte: UInt8) { bytes.append(byte) }

    package mutating func put(unsigned value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    package mutating func put(_ value: Int64) {
        put(unsigned: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    package mutating func put(_ value: Int) { put(Int64(value)) }

    package mutating func put(_ value: Bool) { put(byte: value ? 1 : 0) }

    package mutating func put(_ value: Double) {
        let bits = value.bitPattern
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
    }

    package mutating func put(_ value: Timestamp) { put(value.milliseconds) }

    package mutating func put(_ value: String) {
        put(unsigned: UInt64(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    package mutating func put(raw value: some Collection<UInt8>) {
        put(unsigned: UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// A flag byte, then the value where there is one; so do the next three, which heartbeats are made of: a generic
    /// function of another module is not specialised, and looks its types up at every call.
    package mutating func put(_ value: Int64?) {
        put(value != nil)
        if let value { put(value) }
    }

    package mutating func put(_ value: Double?) {
        put(value != nil)
        if let value { put(value) }
    }

    package mutating func put(_ value: Timestamp?) { put(value?.milliseconds) }

    package mutating func put(_ value: String?) {
        put(value != nil)
        if let value { put(value) }
    }

    /// The same for any value.
    package mutating func put<Value>(_ value: Value?, _ write: (inout ByteWriter, Value) -> Void) {
        guard let value else { return put(false) }
        put(true)
        write(&self, value)
    }

    /// What `write` appends, with its count before it.
    package mutating func put(counted write: (inout ByteWriter) -> Void) {
        let start = bytes.count
        write(&self)
        var count = ByteWriter()
        count.put(unsigned: UInt64(bytes.count - start))
        bytes.insert(contentsOf: count.bytes, at: start)
    }

    /// The count, then each element.
    package mutating func put<Element>(list: some Collection<Element>, _ write: (inout ByteWriter, Element) -> Void) {
        put(unsigned: UInt64(list.count))
        for element in list { write(&self, element) }
    }
}

/// Why bytes could not be read back.
package enum ByteCodingError: Error, Hashable, Sendable {
    /// The bytes end in the middle of a value.
    case truncated
    /// A value that no writer of this version writes.
    case malformed
}

/// Reads back what a `ByteWriter` wrote; every length is checked against what is there.
package struct ByteReader: Sendable {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    package init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    package init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    package var isAtEnd: Bool { position == bytes.endIndex }

    package mutating func byte() throws(ByteCodingError) -> UInt8 {
        guard position < bytes.endIndex else { throw .truncated }
        defer { position += 1 }
        return bytes[position]
    }

    package mutating func unsigned() throws(ByteCodingError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            guard shift < 63 || next <= 1 else { throw .malformed }
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
            shift += 7
        }
    }

    package mutating func integer64() throws(ByteCodingError) -> Int64 {
        let folded = try unsigned()
        return Int64(bitPattern: folded >> 1) ^ -Int64(bitPattern: folded & 1)
    }

    package mutating func integer() throws(ByteCodingError) -> Int { Int(try integer64()) }

    package mutating func bool() throws(ByteCodingError) -> Bool {
        switch try byte() {
        case 0: false
        case 1: true
        default: throw .malformed
        }
    }

    package mutating func double() throws(ByteCodingError) -> Double {
        var bits: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bits |= UInt64(try byte()) << shift }
        return Double(bitPattern: bits)
    }

    package mutating func timestamp() throws(ByteCodingError) -> Timestamp {
        Timestamp(milliseconds: try integer64())
    }

    package mutating func string() throws(ByteCodingError) -> String {
        String(decoding: try slice(), as: UTF8.self)
    }

    package mutating func raw() throws(ByteCodingError) -> [UInt8] { Array(try slice()) }

    /// Bytes with their count before them, not copied.
    package mutating func slice() throws(ByteCodingError) -> ArraySlice<UInt8> {
        let count = try unsigned()
        guard count <= UInt64(bytes.endIndex - position) else { throw .truncated }
        defer { position += Int(count) }
        return bytes[position..<(position + Int(count))]
    }

    package mutating func optionalInteger64() throws(ByteCodingError) -> Int64? { try bool() ? try integer64() : nil }

    package mutating func optionalDouble() throws(ByteCodingError) -> Double? { try bool() ? try double() : nil }

    package mutating func optionalTimestamp() throws(ByteCodingError) -> Timestamp? {
        try bool() ? try timestamp() : nil
    }

    package mutating func optionalString() throws(ByteCodingError) -> String? { try bool() ? try string() : nil }

    /// The same for any value; the ones above are for what is read often.
    package mutating func optional<Value>(
        _ read: (inout ByteReader) throws(ByteCodingError) -> Value
    ) throws(ByteCodingError) -> Value? {
        try bool() ? try read(&self) : nil
    }

    package mutating func list<Element>(
        _ read: (inout ByteReader) throws(ByteCodingError) -> Element
    ) throws(ByteCodingError) -> [Element] {
        let count = try count()
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try read(&self)) }
        return elements
    }

    /// How many elements follow. Each takes at least a byte: a count beyond what is there is damage, not a reason to
    /// reserve memory.
    package mutating func count() throws(ByteCodingError) -> Int {
        let count = try unsigned()
        guard count <= UInt64(bytes.endIndex - position) else { throw .truncated }
        return Int(count)
    }
}

extension ByteWriter {
    /// A word of the vocabulary by its place in `cases`, which must never be reordered, only appended to.
    package mutating func put<Word: Equatable>(_ word: Word, in cases: [Word]) {
        put(byte: UInt8(cases.firstIndex(of: word)!))
    }
}

extension ByteReader {
    package mutating func word<Word>(in cases: [Word]) throws(ByteCodingError) -> Word {
        let index = Int(try byte())
        guard index < cases.count else { throw .malformed }
        return cases[index]
    }
}

extension ByteWriter {
    /// Bytes that another writer made, without a count.
    package mutating func append(frames: [UInt8]) { bytes.append(contentsOf: frames) }
}
