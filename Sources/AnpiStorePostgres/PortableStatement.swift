internal import AnpiStore

/// A portable statement (docs/decisions/0003) in PostgreSQL's spelling.
struct PortableStatement: Hashable {
    /// The text with `$1`, `$2`, … for its placeholders.
    let text: String
    let placeholderCount: Int
    /// False for definitions and locks of tables, which are run once and not worth keeping prepared.
    let isKept: Bool

    /// Numbers the placeholders of `portable`: every `?` outside quotes.
    init(_ portable: String) {
        var text: [UInt8] = []
        text.reserveCapacity(portable.utf8.count + 16)
        var count = 0
        var quote: UInt8?
        for byte in portable.utf8 {
            switch (quote, byte) {
            case (nil, UInt8(ascii: "?")):
                count += 1
                text.append(UInt8(ascii: "$"))
                text += Array(String(count).utf8)
                continue
            case (nil, UInt8(ascii: "'")), (nil, UInt8(ascii: "\"")): quote = byte
            // A doubled quote closes and opens again, which comes to the same.
            case (let open?, _) where byte == open: quote = nil
            default: break
            }
            text.append(byte)
        }
        self.text = String(decoding: text, as: UTF8.self)
        placeholderCount = count
        isKept = !["CREATE ", "ALTER ", "DROP ", "LOCK "].contains { portable.hasPrefix($0) }
    }
}
