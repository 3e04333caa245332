/// The bytes of an XML document as clean UTF-8 text without its XML declaration.
///
/// Only UTF-8 (with US-ASCII) and ISO-8859-1 are read, the two that official sources send. One encoding behind this
/// point means that the refusal of declarations cannot be walked around in another one (UTF-16, UTF-7, EBCDIC).
enum MarkupText {
    static func read(_ bytes: [UInt8], bytesMax: Int) throws(HazardError) -> [UInt8] {
        guard bytes.count <= bytesMax else {
            throw HazardError(
                .tooLarge, "it is larger than any official one (2 MiB, a feed's list 8 MiB); send one alert or report",
                at: "message")
        }
        var rest = bytes[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        rest = rest.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        guard rest.first == Self.less else {
            // UTF-16 and UTF-32 end here: a byte order mark or a zero byte stands first or second.
            throw rest.isEmpty
                ? HazardError(.malformed, "the message is empty; send the XML of one alert or report", at: "message")
                : HazardError(.encoding, "this is not XML in UTF-8; send the message as UTF-8", at: "message")
        }
        guard rest.dropFirst().first != 0 else {
            throw HazardError(.encoding, "this is UTF-16 or UTF-32; send the message as UTF-8", at: "message")
        }
        let encoding: Encoding
        (encoding, rest) = try withoutDeclaration(rest)
        if contains("<!doctype", in: rest) || contains("<!entity", in: rest) {
            throw HazardError(
                .declaration, "document types and entities are refused; send the message without them", at: "message")
        }
        return clean(rest, encoding)
    }

    private enum Encoding { case utf8, latin1 }

    private static let less = UInt8(ascii: "<")

    private static func withoutDeclaration(_ text: ArraySlice<UInt8>) throws(HazardError) -> (
        Encoding, ArraySlice<UInt8>
    ) {
        guard text.starts(with: Array("<?xml".utf8)), let space = text.dropFirst(5).first, space <= 0x20 else {
            return (.utf8, text)
        }
        let head = text.prefix(200)
        guard
            let end = head.indices.first(where: {
                head[$0] == 0x3F && head.dropFirst($0 - head.startIndex + 1).first == 0x3E
            })
        else {
            throw HazardError(
                .malformed, "the XML declaration does not end; write <?xml version=\"1.0\"?>", at: "message")
        }
        let rest = text[(end + 2)...]
        let declaration = String(decoding: text[..<end], as: UTF8.self).lowercased()
        guard let label = declaration.split(separator: "encoding", maxSplits: 1).dropFirst().first else {
            return (.utf8, rest)
        }
        let name = label.drop { $0 != "\"" && $0 != "'" }.dropFirst().prefix { $0 != "\"" && $0 != "'" }
        switch name {
        case "utf-8", "utf8", "us-ascii", "ascii": return (.utf8, rest)
        case "iso-8859-1", "iso8859-1", "latin1", "latin-1": return (.latin1, rest)
        default:
            throw HazardError(.encoding, "only UTF-8 and ISO-8859-1 are read; send the message as UTF-8", at: "?xml")
        }
    }

    /// Without regard to case; `word` is lower case.
    private static func contains(_ word: StaticString, in text: ArraySlice<UInt8>) -> Bool {
        let word = Array("\(word)".utf8)
        var start = text.startIndex
        while let found = text[start...].firstIndex(of: less) {
            let candidate = text[found...].prefix(word.count)
            if candidate.count == word.count, zip(candidate, word).allSatisfy({ lowercase($0) == $1 }) { return true }
            start = found + 1
        }
        return false
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte + 0x20 : byte }

    /// A warning with one garbled name is better than none: bytes that are not text become U+FFFD, control characters
    /// (which XML forbids) spaces.
    private static func clean(_ text: ArraySlice<UInt8>, _ encoding: Encoding) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        func put(_ byte: UInt8) {
            let isControl = byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D
            result.append(isControl ? 0x20 : byte)
        }
        switch encoding {
        case .utf8:
            for byte in String(decoding: text, as: UTF8.self).utf8 { put(byte) }
        case .latin1:
            for byte in text {
                if byte < 0x80 {
                    put(byte)
                } else {
                    result.append(0xC0 | byte >> 6)
                    result.append(0x80 | byte & 0x3F)
                }
            }
        }
        return result
    }
}
