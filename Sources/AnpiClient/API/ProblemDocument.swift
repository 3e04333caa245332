import FoundationEssentials

/// RFC 9457 problem details, as far as people need them.
package struct ProblemDocument: Decodable, Hashable, Sendable {
    package var title: String?
    package var detail: String?
    package var errors: [Place]?

    /// One wrong place in what was sent: `beats[3].interval`, `sites.csv:14: column kana`.
    package struct Place: Decodable, Hashable, Sendable {
        package var path: String?
        package var message: String

        package init(path: String? = nil, message: String) {
            self.path = path
            self.message = message
        }
    }

    package init(title: String? = nil, detail: String? = nil, errors: [Place]? = nil) {
        self.title = title
        self.detail = detail
        self.errors = errors
    }

    /// Nil where the body is something else, such as a page of a proxy in between.
    init?(body: [UInt8]) {
        guard let problem = try? JSONDecoder().decode(ProblemDocument.self, from: Data(body)) else { return nil }
        self = problem
    }
}
