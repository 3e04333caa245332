import AnpiClient
import Glibc

/// Lines for the journal or a terminal: a fixed sentence, then `key=value`. No tokens, no bodies.
package struct AgentLog: Sendable {
    /// The numbers are syslog's.
    package enum Level: Int, Sendable {
        case error = 3
        case warning = 4
        case notice = 5
        case info = 6
    }

    private let isForJournal: Bool
    private let writeLine: @Sendable (String) -> Void

    /// Writes to standard error; under systemd each line carries its level in the journal's own way.
    package init(environment: [String: String]) {
        isForJournal = environment["JOURNAL_STREAM"] != nil
        writeLine = { line in _ = LocalFiles.write(Array((line + "\n").utf8), to: STDERR_FILENO) }
    }

    /// Hands every line to `sink`: for tests.
    init(sink: @escaping @Sendable (String) -> Void) {
        isForJournal = false
        writeLine = sink
    }

    package func callAsFunction(
        _ level: Level, _ message: StaticString, _ metadata: KeyValuePairs<String, String> = [:]
    ) {
        var line = isForJournal ? "<\(level.rawValue)>" : "\(level): "
        line += message.description
        for (key, value) in metadata {
            // One line is one message, whatever a program that we started has printed.
            let clean = String(String.UnicodeScalarView(value.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
            line += clean.contains(" ") ? " \(key)=\"\(clean)\"" : " \(key)=\(clean)"
        }
        writeLine(line)
    }
}
