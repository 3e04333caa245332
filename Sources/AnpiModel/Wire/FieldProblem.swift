/// A place in a message that breaks a rule of the contract.
package struct FieldProblem: Error, Hashable, Sendable {
    /// Such as `beats[3].interval`; empty where it is about the whole message.
    package var path: String
    /// Continues the sentence that begins with the path.
    package var message: String

    package init(path: String, message: String) {
        self.path = path
        self.message = message
    }

    /// A missing member, a wrong type or a wrong value, told with its path.
    package init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            self.init(path: Self.path(context.codingPath + [key]), message: "is missing")
        case .typeMismatch(let type, let context):
            self.init(path: Self.path(context.codingPath), message: "must be \(Self.word(for: type))")
        case .valueNotFound(let type, let context):
            self.init(path: Self.path(context.codingPath), message: "must be \(Self.word(for: type)), not null")
        case .dataCorrupted(let context):
            let message = context.codingPath.isEmpty ? "is not JSON in UTF-8" : Self.reason(context.debugDescription)
            self.init(path: Self.path(context.codingPath), message: message)
        @unknown default:
            self.init(path: "", message: "cannot be read")
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        var text = ""
        for key in keys {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
        return text
    }

    private static func word(for type: any Any.Type) -> String {
        switch type {
        case is String.Type: return "a string"
        case is Bool.Type: return "true or false"
        case is Int.Type, is Int64.Type, is Int32.Type: return "a whole number"
        case is Double.Type: return "a number"
        default:
            let name = "\(type)"
            if name.hasPrefix("Array") { return "a list" }
            if name.hasPrefix("Dictionary") { return "an object" }
            return "of another type"
        }
    }

    /// Foundation's sentence for an enum names Swift types; ours are kept as they are.
    private static func reason(_ description: String) -> String {
        if description.hasPrefix("Cannot initialize") { return "is not one of the allowed words" }
        return description.hasPrefix("not ") ? "is \(description)" : description
    }
}
