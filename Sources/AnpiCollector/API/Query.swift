import AnpiModel
import Hummingbird

/// The query of a request, read with the names of what is wrong.
struct Query {
    static let limitDefault = 100
    static let limitMax = 500

    private let values: [String: String]

    /// Twice the same name, or a name that no route knows, is refused: a misspelt filter must not answer everything.
    init(_ request: Request, allowed: Set<String>) throws {
        var values: [String: String] = [:]
        for (name, value) in request.uri.queryParameters {
            let name = String(name)
            guard allowed.contains(name) else {
                let known = allowed.sorted().joined(separator: ", ")
                throw Problem(path: "query.\(name)", "is not known here; known: \(known)")
            }
            guard values[name] == nil else { throw Problem(path: "query.\(name)", "is given twice") }
            let text = String(value)
            guard text.utf8.count <= 512 else { throw Problem(path: "query.\(name)", "is longer than 512 bytes") }
            if !text.isEmpty { values[name] = text }
        }
        self.values = values
    }

    func text(_ name: String) -> String? { values[name] }

    func word<Word: RawRepresentable<String> & CaseIterable>(_ name: String, as type: Word.Type) throws -> Word? {
        guard let text = values[name] else { return nil }
        guard let word = Word(rawValue: text) else {
            let allowed = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(path: "query.\(name)", "must be one of: \(allowed)")
        }
        return word
    }

    func id<Kind>(_ name: String, as type: Identifier<Kind>.Type) throws -> Identifier<Kind>? {
        guard let text = values[name] else { return nil }
        guard let id = Identifier<Kind>(text) else {
            throw Problem(path: "query.\(name)", "is not an identifier: letters, digits and '-', 1 to 40 of them")
        }
        return id
    }

    func spoken<Kind>(_ name: String, as type: SpokenID<Kind>.Type) throws -> SpokenID<Kind>? {
        guard let text = values[name] else { return nil }
        guard let id = SpokenID<Kind>(text) else {
            throw Problem(path: "query.\(name)", "is not an identifier like \(Kind.letter)-412")
        }
        return id
    }

    func time(_ name: String) throws -> Timestamp? {
        guard let text = values[name] else { return nil }
        guard let instant = Timestamp(rfc3339: text) else {
            throw Problem(path: "query.\(name)", "must be a time as RFC 3339 writes it, with offset")
        }
        return instant
    }

    func flag(_ name: String) throws -> Bool {
        switch values[name] {
        case nil, "false": return false
        case "true": return true
        default: throw Problem(path: "query.\(name)", "must be true or false")
        }
    }

    func number(_ name: String, in range: ClosedRange<Int64>) throws -> Int64? {
        guard let text = values[name] else { return nil }
        guard let number = Int64(text), range.contains(number) else {
            throw Problem(
                path: "query.\(name)", "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func limit(max: Int = limitMax) throws -> Int {
        Int(try number("limit", in: 1...Int64(max)) ?? Int64(min(Self.limitDefault, max)))
    }
}
