package import AnpiEngine

/// Which decisions a hook asks for: names of the closed list, `incident.*`, or `*`.
package struct HookEvents: Hashable, Sendable {
    /// What a hook gets that does not say: all about incidents and tasks.
    package static let standard = HookEvents(
        words: ["incident.*", "task.*"], names: names(of: ["incident.*", "task.*"]))

    /// As they stand in the file.
    package let words: [String]
    private let names: Set<DecisionName>

    /// The first of `words` that names no event.
    package struct Refusal: Error, Hashable {
        package let word: String
    }

    package init(_ words: [String]) throws(Refusal) {
        for word in words where Self.names(of: [word]).isEmpty { throw Refusal(word: word) }
        self.init(words: words, names: Self.names(of: words))
    }

    private init(words: [String], names: Set<DecisionName>) {
        self.words = words
        self.names = names
    }

    package func contains(_ name: DecisionName) -> Bool { names.contains(name) }

    private static func names(of words: [String]) -> Set<DecisionName> {
        Set(DecisionName.allCases.filter { name in words.contains { matches($0, name.rawValue) } })
    }

    private static func matches(_ word: String, _ name: String) -> Bool {
        guard word.hasSuffix("*") else { return word == name }
        // Only whole words before the point: "inc*" would be a surprise when the list grows.
        return word == "*" || word.hasSuffix(".*") && name.hasPrefix(word.dropLast())
    }
}
