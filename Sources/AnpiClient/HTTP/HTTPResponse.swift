package import AnpiModel

/// The answer to a request, whatever its status.
package struct HTTPResponse: Sendable {
    package var status: Int
    /// In the order they came, names as they were spelled.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first header of this name, in any spelling.
    package func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }

    /// The body as text; bytes that are not UTF-8 show as replacement characters.
    package var text: String { String(decoding: body, as: UTF8.self) }

    /// How long the other side asks to be left alone (`Retry-After`, RFC 9110 §10.2.3): seconds or a date.
    /// Nil where it does not say, or says it in a way that cannot be read; never negative.
    package func retryAfter(at now: Timestamp) -> Duration? {
        guard let value = header("Retry-After") else { return nil }
        if let seconds = Int64(value) { return seconds < 0 ? nil : .seconds(min(seconds, 86_400 * 365)) }
        guard let instant = Self.date(value) else { return nil }
        return max(.zero, instant - now)
    }

    /// Reads the form of HTTP's dates that is still sent, `Sun, 06 Nov 1994 08:49:37 GMT`; nil for anything else.
    package static func date(_ text: String) -> Timestamp? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let fields = text.split(separator: " ")
        guard fields.count == 6, fields[5] == "GMT", let day = Int(fields[1]),
            let month = months.firstIndex(of: String(fields[2])), let year = Int(fields[3]),
            let date = CivilDate(year: year, month: month + 1, day: day)
        else { return nil }
        let clock = fields[4].split(separator: ":").map { Int($0) ?? -1 }
        guard clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]), (0...60).contains(clock[2])
        else { return nil }
        let seconds = Int64(date.daysSinceEpoch) * 86_400 + Int64(clock[0] * 3_600 + clock[1] * 60 + clock[2])
        return Timestamp(milliseconds: seconds * 1_000)
    }
}
