extension Timestamp {
    /// Reads an RFC 3339 date-time with offset; digits of a second beyond the millisecond are dropped.
    ///
    /// A leap second (`:60`) counts as the last millisecond before it. Nil for everything that RFC 3339 does not allow.
    package init?(rfc3339 text: some StringProtocol) {
        var text = String(text)
        let instant = text.withUTF8 { Timestamp(rfc3339: $0) }
        guard let instant else { return nil }
        self = instant
    }

    /// The same from the bytes of a wire message, without making a string of them.
    package init?(rfc3339 bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count >= 20 else { return nil }
        func number(_ start: Int, _ count: Int) -> Int? {
            var value = 0
            for index in start..<(start + count) {
                let digit = bytes[index] &- 0x30
                guard digit <= 9 else { return nil }
                value = value * 10 + Int(digit)
            }
            return value
        }
        guard let year = number(0, 4), bytes[4] == 0x2D, let month = number(5, 2), bytes[7] == 0x2D,
            let day = number(8, 2), bytes[10] == 0x54 || bytes[10] == 0x74 || bytes[10] == 0x20,
            let hour = number(11, 2), bytes[13] == 0x3A, let minute = number(14, 2), bytes[16] == 0x3A,
            let second = number(17, 2), hour < 24, minute < 60, second <= 60,
            let date = CivilDate(year: year, month: month, day: day)
        else { return nil }

        var position = 19
        var millisecond = 0
        if bytes[position] == 0x2E {
            position += 1
            let start = position
            var scale = 100
            while position < bytes.count, bytes[position] &- 0x30 <= 9 {
                millisecond += Int(bytes[position] &- 0x30) * scale
                scale /= 10
                position += 1
            }
            guard position > start, position < bytes.count else { return nil }
        }
        if second == 60 { millisecond = 999 }

        let offsetMinutes: Int
        switch bytes[position] {
        case 0x5A, 0x7A:
            guard position + 1 == bytes.count else { return nil }
            offsetMinutes = 0
        case let sign where sign == 0x2B || sign == 0x2D:
            guard position + 6 == bytes.count, let offsetHour = number(position + 1, 2), bytes[position + 3] == 0x3A,
                let offsetMinute = number(position + 4, 2), offsetHour < 24, offsetMinute < 60
            else { return nil }
            offsetMinutes = (offsetHour * 60 + offsetMinute) * (sign == 0x2B ? 1 : -1)
        default:
            return nil
        }
        let minutes = Int64(date.daysSinceEpoch) * 1_440 + Int64(hour * 60 + minute - offsetMinutes)
        self.init(milliseconds: minutes * 60_000 + Int64(min(second, 59)) * 1_000 + Int64(millisecond))
    }

    /// The instant in RFC 3339 with milliseconds, `2022-09-24T05:58:00.250+09:00`.
    ///
    /// RFC 3339 has four digits for the year: an instant that has more of them at `offset` is written at UTC, and one
    /// beyond year 9999 (or before year 0) as the last (or first) that can be written.
    package func rfc3339(at offset: UTCOffset = .japan) -> String {
        let writable = Timestamp(milliseconds: min(max(milliseconds, -62_167_219_200_000), 253_402_300_799_999))
        guard (0...9_999).contains(writable.civil(at: offset).date.year) else { return writable.rfc3339(at: .utc) }
        return writable.written(at: offset)
    }

    private func written(at offset: UTCOffset) -> String {
        let (date, millisecondOfDay) = civil(at: offset)
        let magnitude = abs(offset.minutes)
        return String(unsafeUninitializedCapacity: 29) { buffer in
            var length = 0
            func put(_ byte: UInt8) {
                buffer[length] = byte
                length += 1
            }
            func put(_ value: Int, digits: Int) {
                var divisor = 1
                for _ in 1..<digits { divisor *= 10 }
                while divisor > 0 {
                    put(0x30 + UInt8(value / divisor % 10))
                    divisor /= 10
                }
            }
            put(date.year, digits: 4)
            put(0x2D)
            put(date.month, digits: 2)
            put(0x2D)
            put(date.day, digits: 2)
            put(0x54)
            put(millisecondOfDay / 3_600_000, digits: 2)
            put(0x3A)
            put(millisecondOfDay / 60_000 % 60, digits: 2)
            put(0x3A)
            put(millisecondOfDay / 1_000 % 60, digits: 2)
            put(0x2E)
            put(millisecondOfDay % 1_000, digits: 3)
            put(offset.minutes < 0 ? 0x2D : 0x2B)
            put(magnitude / 60, digits: 2)
            put(0x3A)
            put(magnitude % 60, digits: 2)
            return length
        }
    }
}

extension Timestamp: CustomStringConvertible {
    @usableFromInline
    package var description: String { rfc3339() }
}

extension Timestamp: Codable {
    @usableFromInline
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let instant = Timestamp(rfc3339: text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not an RFC 3339 date-time with offset")
        }
        self = instant
    }

    @usableFromInline
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rfc3339())
    }
}
