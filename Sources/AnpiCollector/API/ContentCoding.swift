import HTTPTypes

/// What a client said about encodings of an answer (RFC 9110, 12.5.3).
enum ContentCoding {
    /// True where gzip is named, or everything is, and not with a weight of 0.
    static func acceptsGzip(_ headers: HTTPFields) -> Bool {
        var everything = false
        for header in headers[values: .acceptEncoding] {
            for part in header.split(separator: ",").prefix(32) {
                let fields = part.split(separator: ";").map { $0.trimmingSpaces().lowercased() }
                guard let name = fields.first else { continue }
                let isWanted = !fields.dropFirst().contains(where: isZero)
                if name == "gzip" || name == "x-gzip" { return isWanted }
                if name == "*" { everything = isWanted }
            }
        }
        return everything
    }

    /// `q=0`, `q=0.000`.
    private static func isZero(_ parameter: String) -> Bool {
        guard parameter.hasPrefix("q=") else { return false }
        let weight = parameter.dropFirst(2)
        return !weight.isEmpty && weight.allSatisfy { $0 == "0" || $0 == "." }
    }
}
