/// A language in which people are spoken to.
package enum Language: String, Codable, CaseIterable, Sendable {
    case ja, en

    /// The language of a `LANG` value such as `ja_JP.UTF-8`; English for every other and for none.
    package init(environment value: String?) {
        let name = value?.prefix { $0 != "_" && $0 != "." && $0 != "@" } ?? ""
        self = name.lowercased() == "ja" ? .ja : .en
    }

    /// The language that a program's environment asks for: the first of `LC_ALL`, `LC_MESSAGES`, `LANG` that is set.
    package init(environment: [String: String]) {
        let names = ["LC_ALL", "LC_MESSAGES", "LANG"]
        self.init(environment: names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty })
    }
}
