/// A reason in words: a key into the label table with what goes into the sentence, or plain text.
package enum Sentence: Hashable, Sendable {
    case text(String)
    case labelled(key: String, arguments: [String: String])
}

extension Sentence: Decodable {
    private enum CodingKeys: String, CodingKey {
        case key, arguments, text
    }

    package init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            self = .text(text)
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard let key = try container.decodeIfPresent(String.self, forKey: .key) else {
            self = .text(try container.decodeIfPresent(String.self, forKey: .text) ?? "")
            return
        }
        let arguments = try container.decodeIfPresent([String: Argument].self, forKey: .arguments) ?? [:]
        self = .labelled(key: key, arguments: arguments.compactMapValues(\.text))
    }

    /// Texts, numbers and flags all end up in a sentence as text; anything else is left out of it.
    private struct Argument: Decodable {
        let text: String?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let value = try? container.decode(String.self) {
                text = value
            } else if let value = try? container.decode(Int.self) {
                text = String(value)
            } else if let value = try? container.decode(Double.self) {
                text = String(value)
            } else if let value = try? container.decode(Bool.self) {
                text = String(value)
            } else {
                text = nil
            }
        }
    }
}
