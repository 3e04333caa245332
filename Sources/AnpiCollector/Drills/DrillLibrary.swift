import AnpiModel
import AnpiReplay
import Foundation

/// The folder of drills: one folder each, with the files of its fleet and its feed.
///
/// `truth.csv`, which tells what really happened, is never opened: only a scorer reads it.
struct DrillLibrary: Sendable {
    static let feedFile = "feed.jsonl"
    static let nameCharactersMax = 40
    static let fleetBytesMax = 64 << 20
    static let feedBytesMax = 256 << 20

    /// Nil: there are none.
    let folder: String?

    /// A drill that can be played.
    struct Drill: Sendable {
        var fleet: Fleet
        var from: Timestamp
        var to: Timestamp
    }

    /// Why a drill's files cannot be played, each mistake with its place.
    struct Mistakes: Error, Hashable, CustomStringConvertible {
        var lines: [String]

        var description: String { lines.joined(separator: "; ") }
    }

    /// Small letters, digits and hyphens: a name is never a path.
    static func isName(_ text: String) -> Bool {
        (1...nameCharactersMax).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }

    /// In order.
    var names: [String] {
        guard let folder, let entries = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return [] }
        return entries.filter { Self.isName($0) && FileManager.default.fileExists(atPath: feed(of: $0)) }.sorted()
    }

    func feed(of name: String) -> String { path(of: name) + "/" + Self.feedFile }

    /// The fleet and the whole feed, looked through once: half a feed would play something that never happened.
    func read(_ name: String) throws(Mistakes) -> Drill {
        let fleet = try fleet(of: name)
        try checkSize(of: feed(of: name), upTo: Self.feedBytesMax)
        do throws(FeedError) {
            var reader = try FeedReader(path: feed(of: name))
            guard let first = try reader.next() else { throw FeedError(file: Self.feedFile, message: "has no line") }
            var last = first.at
            while let line = try reader.next() { last = line.at }
            return Drill(fleet: fleet, from: first.at, to: last)
        } catch {
            throw Mistakes(lines: [Self.withoutFolder(error)])
        }
    }

    func fleet(of name: String) throws(Mistakes) -> Fleet {
        var files: [String: [UInt8]] = [:]
        for kind in FleetKind.allCases {
            let path = path(of: name) + "/" + kind.file
            guard FileManager.default.fileExists(atPath: path) else { continue }
            try checkSize(of: path, upTo: Self.fleetBytesMax)
            guard let data = FileManager.default.contents(atPath: path) else {
                throw Mistakes(lines: ["\(kind.file): cannot be read"])
            }
            files[kind.file] = Array(data)
        }
        do throws(FleetProblems) { return try FleetFiles.read(files) } catch {
            throw Mistakes(lines: error.problems.map(\.description))
        }
    }

    private func path(of name: String) -> String { (folder ?? "") + "/" + name }

    private func checkSize(of path: String, upTo limit: Int) throws(Mistakes) {
        let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int ?? 0
        guard size <= limit else {
            throw Mistakes(lines: ["\(path.split(separator: "/").last ?? ""): is larger than \(limit >> 20) MiB"])
        }
    }

    /// People are told the file's name, not where it lies on the server.
    static func withoutFolder(_ error: FeedError) -> String {
        var error = error
        error.file = error.file.split(separator: "/").last.map(String.init) ?? error.file
        return error.description
    }
}
