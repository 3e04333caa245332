import AnpiClient
import AnpiModel
import FoundationEssentials
import Synchronization
import Testing

@testable import anpi

/// What a run of the program printed and returned.
struct Run: Sendable {
    var status: Int32
    var output: String
    var complaints: String
}

/// A world of canned files and a fixed clock around the real program.
enum Bench {
    /// 24 September 2022, 11:05:03 in Japan.
    static let now = Timestamp(milliseconds: 1_663_985_103_000)

    /// Runs a command line; changes get the keys `key-1`, `key-2`, …
    ///
    /// - Parameter answers: what the person types at its questions; nil where nobody sits there.
    static func run(
        _ arguments: [String], collector: String? = nil, environment: [String: String] = [:],
        files: [String: String] = [:], columns: Int? = nil, written: Written? = nil, kept: Kept = Kept(),
        answers: [String]? = nil, at now: Timestamp = Bench.now
    ) -> Run {
        let collected = Collected()
        var environment = environment
        if let collector { environment["ANPI_COLLECTOR"] = collector }
        if environment["LANG"] == nil { environment["LANG"] = "ja_JP.UTF-8" }
        let world = World(
            environment: environment, now: { now }, pause: { collected.pauses.append($0) },
            drawKey: {
                collected.keys += 1
                return kept.drawnKey() ?? "key-\(collected.keys)"
            },
            connect: { (settings: Settings) throws(Complaint) in
                do throws(ClientError) {
                    return try HTTPTransport(collector: settings.collector, options: .init(caFile: settings.caFile))
                } catch {
                    throw Complaint(.failed, [error.description])
                }
            },
            files: Files(
                read: { path in kept.files.withLock { $0[path] } ?? files[path].map { Array($0.utf8) } },
                write: { path, text in written?.files.withLock { $0[path] = text } },
                list: { folder in
                    let paths = Array(files.keys) + kept.files.withLock { Array($0.keys) }
                    let inside = paths.filter { $0.hasPrefix(folder + "/") }
                    guard !inside.isEmpty || folder == "empty" else { return nil }
                    return inside.map { String($0.dropFirst(folder.count + 1)) }.sorted()
                },
                keep: { path, bytes in kept.files.withLock { $0[path] = bytes } },
                remove: { path in kept.files.withLock { $0[path] = nil } },
                alone: { _, body in try body() }),
            ask: answers.map { answers in
                var rest = answers[...]
                return { question in
                    collected.complaints.append(question)
                    return rest.popFirst()
                }
            },
            columns: columns, output: { collected.output.append($0) },
            complaints: { collected.complaints.append($0) })
        let status = Program.run(arguments, in: world)
        return Run(
            status: status, output: collected.output.joined(separator: "\n"),
            complaints: collected.complaints.joined(separator: "\n"))
    }

    /// Files that a run wrote.
    final class Written: Sendable {
        let files = Mutex<[String: String]>([:])
    }

    /// What runs keep on the machine; one for several runs is the same machine.
    final class Kept: Sendable {
        let files = Mutex<[String: [UInt8]]>([:])
        private let keys: Mutex<Int?>

        /// - Parameter countingKeys: Keys go on from run to run: `op-1`, `op-2`, …
        init(countingKeys: Bool = false) { keys = Mutex(countingKeys ? 0 : nil) }

        func drawnKey() -> String? {
            keys.withLock { count in
                guard let last = count else { return nil }
                count = last + 1
                return "op-\(last + 1)"
            }
        }

        /// The file whose path ends so, as text.
        func text(_ suffix: String) -> String? {
            files.withLock { files in
                files.first { $0.key.hasSuffix(suffix) }.map { String(decoding: $0.value, as: UTF8.self) }
            }
        }
    }

    private final class Collected {
        var output: [String] = []
        var complaints: [String] = []
        var pauses: [Duration] = []
        var keys = 0
    }

    static func paper(_ language: Language, _ width: Int, color: Bool = false) -> Paper {
        Paper(words: Words(language: language), width: width, hasColor: color, now: now)
    }

    /// The text of `Fixtures/<name>.json`.
    static func fixture(_ name: String) throws -> String {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: folder.appending(path: "Fixtures/\(name).json"))
        return String(decoding: data, as: UTF8.self)
    }

    static func decoded<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(try fixture(name).utf8))
    }
}
