package import AnpiEngine
import AnpiModel

/// What a ping URL says, taken apart (CONTRACTS §2): `/ping/<uuid>[/what]` or `/ping/<key>/<slug>[/what]`.
package struct PingPath: Hashable, Sendable {
    /// A longer body is cut here; the answer says so in `Ping-Body-Limit`.
    package static let bodyBytesMax = 10_000

    package enum Credential: Hashable, Sendable {
        /// The UUID of one copy's URL.
        case copy(String)
        /// A key that serves many copies, and the slug of one.
        case key(String, slug: String)
    }

    package var credential: Credential
    package var kind: Ping.Kind

    /// Nil where no ping route has this shape; `path` may have its query cut off already or not.
    package init?(path: some StringProtocol) {
        let plain = String(path.prefix { $0 != "?" })
        let parts = plain.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { String($0) }
        guard parts.first == "ping", parts.count >= 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        let rest: ArraySlice<String>
        if Self.isUUID(parts[1]) {
            credential = .copy(parts[1].lowercased())
            rest = parts[2...]
        } else {
            guard parts.count >= 3, Self.isSlug(parts[2]) else { return nil }
            credential = .key(parts[1], slug: parts[2])
            rest = parts[3...]
        }
        guard rest.count <= 1, let kind = Self.kind(rest.first) else { return nil }
        self.kind = kind
    }

    /// An exit status is 0…255; 0 is success.
    private static func kind(_ word: String?) -> Ping.Kind? {
        switch word {
        case nil: return .success
        case "start": return .start
        case "fail": return .fail
        case "log": return .log
        case let word?:
            guard (1...3).contains(word.utf8.count), word.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let status = Int(word), status <= 255
            else { return nil }
            return status == 0 ? .success : .fail
        }
    }

    private static func isUUID(_ text: String) -> Bool {
        guard text.utf8.count == 36 else { return false }
        return text.utf8.enumerated().allSatisfy { index, byte in
            switch index {
            case 8, 13, 18, 23: byte == 0x2D
            default:
                (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) || (0x41...0x46).contains(byte)
            }
        }
    }

    private static func isSlug(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D || $0 == 0x5F
            }
    }

    /// `rid` of the query: pairs a start with its end; nil where absent or not fit (1 to 64 visible ASCII characters).
    package static func run(query: String?) -> String? {
        guard let query else { return nil }
        for pair in query.split(separator: "&") {
            guard pair.hasPrefix("rid=") else { continue }
            let value = pair.dropFirst(4)
            guard (1...64).contains(value.utf8.count), value.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else { return nil }
            return String(value)
        }
        return nil
    }
}
