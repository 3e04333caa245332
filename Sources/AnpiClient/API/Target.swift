extension APIClient {
    /// Path and query of a request; every part is percent-encoded, so that no id can leave its place.
    package struct Target: Hashable, Sendable {
        package private(set) var text: String
        private var hasQuery = false
        /// Whether it is about the sites and tasks of one fleet, of which a drill has its own.
        let isOfFleet: Bool

        /// The path of these parts below `/v1`.
        package init(_ parts: String...) {
            text = "/v1" + parts.map { "/" + Self.encoded($0) }.joined()
            isOfFleet = parts.first != "drills"
        }

        /// The same with one more parameter, or unchanged where the value is nil.
        package func with(_ name: String, _ value: String?) -> Target {
            guard let value else { return self }
            var target = self
            target.text += (hasQuery ? "&" : "?") + name + "=" + Self.encoded(value)
            target.hasQuery = true
            return target
        }

        package func with(_ name: String, _ value: Int?) -> Target { with(name, value.map { String($0) }) }

        private static func encoded(_ value: String) -> String {
            let digits = Array("0123456789ABCDEF".utf8)
            var bytes: [UInt8] = []
            for byte in value.utf8 {
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
                default: bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
