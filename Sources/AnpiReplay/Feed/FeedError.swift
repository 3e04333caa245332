/// Why a feed cannot be read on, for the person who made it.
package struct FeedError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The feed's name as it was given, usually a path.
    package var file: String
    /// From 1; nil where the file as a whole is meant.
    package var line: Int?
    /// Such as `heartbeat.beats[0].interval`; empty where the whole line is meant.
    package var path: String
    package var message: String

    package init(file: String, line: Int? = nil, path: String = "", message: String) {
        self.file = file
        self.line = line
        self.path = path
        self.message = message
    }

    /// `feed.jsonl:17: heartbeat.beats[0].interval: is missing`.
    package var description: String {
        file + (line.map { ":\($0)" } ?? "") + ": " + (path.isEmpty ? "" : path + ": ") + message
    }
}
