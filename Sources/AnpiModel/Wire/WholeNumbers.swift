/// Whole numbers that name their place when they are none.
///
/// Foundation's decoder reports `1.5` where an integer belongs, or a number too large for one, as damage of the whole
/// document without a path (6.3). The synthesized conformances of this module find these overloads before its own and
/// so keep the promise that a wrong value is named by its path.
extension KeyedDecodingContainer {
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try wholeNumber(type, forKey: key) }

    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try wholeNumber(type, forKey: key) }

    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? {
        guard contains(key), try !decodeNil(forKey: key) else { return nil }
        return try wholeNumber(type, forKey: key)
    }

    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        guard contains(key), try !decodeNil(forKey: key) else { return nil }
        return try wholeNumber(type, forKey: key)
    }

    private func wholeNumber<Number: FixedWidthInteger & Decodable>(
        _ type: Number.Type, forKey key: Key
    ) throws -> Number {
        guard contains(key) else {
            throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "is missing"))
        }
        do {
            return try superDecoder(forKey: key).singleValueContainer().decode(type)
        } catch DecodingError.typeMismatch(let expected, let context) {
            throw DecodingError.typeMismatch(
                expected, .init(codingPath: codingPath + [key], debugDescription: context.debugDescription))
        } catch {
            // The decoder's own error for such a number; it becomes a `DecodingError` without a path at the top only.
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self, debugDescription: "is not a whole number of at most 19 digits")
        }
    }
}
