import AnpiClient
import AnpiModel

/// Everything the program takes from outside, so that a test can be the outside.
struct World {
    var environment: [String: String]
    var now: () -> Timestamp
    /// Waits between two attempts of a change.
    var pause: (Duration) -> Void
    /// A fresh key for a change.
    var drawKey: () -> String
    var connect: (Settings) throws(Complaint) -> any APITransport
    var files: Files
    /// Shows a question and waits for the line that answers it, nil at the end of input; nil itself where nobody sits
    /// at a terminal.
    var ask: ((String) -> String?)?
    /// Cells in a line of the terminal; nil where the output is no terminal.
    var columns: Int?
    /// Standard output and standard error, whole lines.
    var output: (String) -> Void
    var complaints: (String) -> Void

    /// Lines are this long where nobody says otherwise.
    static let usualColumns = 100

    /// `COLUMNS` where it is a number, else the terminal's own, else the usual.
    var width: Int {
        if let asked = environment["COLUMNS"].flatMap({ Int($0) }), asked > 0 { return min(asked, 1_000) }
        return columns ?? Self.usualColumns
    }

    /// Colour only on a terminal that can show it, and not where `NO_COLOR` (no-color.org) is set.
    var hasColor: Bool {
        columns != nil && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }
}
