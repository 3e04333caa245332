import AnpiModel

/// The members of a JSON object's text, in their order and without reading their values.
///
/// Journal bodies are text that we wrote ourselves; they are shown with other members around them, and their own stay
/// byte for byte what was hashed.
enum JSONText {
    /// Nil where the text is not one object.
    static func members(of text: String) -> [JSON.Member]? {
        let bytes = Array(text.utf8)
        guard bytes.first == 0x7B, bytes.last == 0x7D else { return nil }
        if bytes.count == 2 { return [] }
        var members: [JSON.Member] = []
        var start = 1
        var depth = 0
        var inString = false
        var index = 1
        while index < bytes.count {
            let byte = bytes[index]
            if inString {
                if byte == 0x5C { index += 1 } else if byte == 0x22 { inString = false }
            } else {
                switch byte {
                case 0x22: inString = true
                case 0x7B, 0x5B: depth += 1
                case 0x2C where depth == 0, 0x7D where depth == 0:
                    guard let member = member(bytes[start..<index]) else { return nil }
                    members.append(member)
                    start = index + 1
                case 0x7D, 0x5D: depth -= 1
                default: break
                }
            }
            index += 1
        }
        return start == bytes.count && !inString ? members : nil
    }

    /// `"key":value`; keys of ours need no unescaping.
    private static func member(_ bytes: ArraySlice<UInt8>) -> JSON.Member? {
        guard bytes.first == 0x22, let end = bytes.dropFirst().firstIndex(of: 0x22), end + 1 < bytes.endIndex,
            bytes[end + 1] == 0x3A
        else { return nil }
        let key = String(decoding: bytes[(bytes.startIndex + 1)..<end], as: UTF8.self)
        return JSON.Member(key, .raw(String(decoding: bytes[(end + 2)...], as: UTF8.self)))
    }
}
