import AnpiClient
import AnpiDigest
import AnpiModel
import FoundationEssentials

/// What one engineer's command line keeps on this machine: the last answers, and what waits to be told.
///
/// Plain files below `ANPI_STATE`, each replaced as a whole and on the disk before anybody is told that something is
/// stored. Two processes may use it at once: the outbox is read, changed and written under a lock.
struct FieldStore: Sendable {
    private let files: Files
    private let folder: String

    /// - Parameters:
    ///   - collector: Its address: engineers of different collectors have the same ids.
    ///   - engineer: Whose it is; a new token of the same engineer finds what the old one left.
    init(root: String, collector: String, engineer: String, files: Files) {
        self.files = files
        folder = Self.folder(root, collector) + "/" + Self.name(engineer)
    }

    /// Where it lies unless `ANPI_STATE` says otherwise.
    static func root(_ environment: [String: String]) -> String {
        if let root = environment.present("ANPI_STATE") { return root }
        let state = environment.present("XDG_STATE_HOME") ?? (environment.present("HOME") ?? ".") + "/.local/state"
        return state + "/anpi"
    }

    static func folder(_ root: String, _ collector: String) -> String { root + "/" + name(collector) }

    /// A file name of any text: bytes that a name may not have as `%XX`, so that two texts never share one.
    static func name(_ text: String) -> String {
        var name = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: name.unicodeScalars.append(Unicode.Scalar(byte))
            // Dots only inside: "..", and hidden files, are no names.
            case 0x2E where !name.isEmpty: name += "."
            default: name += "%" + Hexadecimal.encode([byte])
            }
        }
        return name
    }

    // MARK: Answers

    /// An answer as it came, and when.
    struct Kept: Hashable, Sendable {
        var at: Timestamp
        var body: [UInt8]

        /// Nil where it is not what is asked for: kept by another release.
        func value<Value: Decodable>(_ type: Value.Type) -> Value? {
            try? JSONDecoder().decode(type, from: Data(body))
        }

        /// The time in the first line, the answer after it.
        var bytes: [UInt8] { Array("\(at.rfc3339())\n".utf8) + body }

        init(at: Timestamp, body: [UInt8]) {
            self.at = at
            self.body = body
        }

        init?(_ bytes: [UInt8]) {
            guard let end = bytes.firstIndex(of: 0x0A),
                let at = Timestamp(rfc3339: String(decoding: bytes[..<end], as: UTF8.self))
            else { return nil }
            self.init(at: at, body: Array(bytes[(end + 1)...]))
        }
    }

    /// Keeps an answer. One that cannot be kept is no reason to withhold it from who asked: they are on line.
    func keep(_ name: String, _ answer: Kept) { try? files.keep(path(name), answer.bytes) }

    func kept(_ name: String) -> Kept? { (try? files.read(path(name))).flatMap { $0 }.flatMap { Kept($0) } }

    /// Lets go of tasks that are no longer the engineer's.
    func forgetTasks(but ids: Set<String>) {
        for name in files.list(folder) ?? [] {
            let prefixes = [Self.taskPrefix, Self.rowPrefix]
            guard name.hasSuffix(Self.suffix), let prefix = prefixes.first(where: { name.hasPrefix($0) }) else {
                continue
            }
            let id = name.dropFirst(prefix.count).dropLast(Self.suffix.count)
            if !ids.contains(String(id)) { files.remove(folder + "/" + name) }
        }
    }

    static let queue = "queue"
    private static let taskPrefix = "task-"
    static let rowPrefix = "row-"
    private static let suffix = ".json"
    static func task(_ id: String) -> String { taskPrefix + id }

    private func path(_ name: String) -> String { folder + "/" + name + Self.suffix }

    // MARK: The outbox

    /// What waits to be told. Throws where the file is there and cannot be read: what was done must not be forgotten.
    func outbox() throws(Trouble) -> FieldOutbox {
        let bytes: [UInt8]?
        do { bytes = try files.read(outboxPath) } catch { throw Trouble(path: outboxPath) }
        guard let bytes else { return FieldOutbox() }
        guard let outbox = try? JSONDecoder().decode(FieldOutbox.self, from: Data(bytes)) else {
            throw Trouble(path: outboxPath)
        }
        return outbox
    }

    /// Changes the outbox; it is on the disk when this returns.
    @discardableResult
    func change<Result>(_ body: (inout FieldOutbox) -> Result) throws(Trouble) -> Result {
        var result: Result?
        do {
            try files.alone(folder + "/lock") {
                var outbox = try outbox()
                let before = outbox
                result = body(&outbox)
                guard outbox != before else { return }
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                try files.keep(outboxPath, Array(try encoder.encode(outbox)))
            }
        } catch {
            throw error as? Trouble ?? Trouble(path: outboxPath)
        }
        guard let result else { throw Trouble(path: outboxPath) }
        return result
    }

    private var outboxPath: String { path("outbox") }

    // MARK: Photos

    /// Keeps the bytes of a photo until they are sent.
    func keepPhoto(_ bytes: [UInt8], digest: String) throws(Trouble) {
        do { try files.keep(photoPath(digest), bytes) } catch { throw Trouble(path: photoPath(digest)) }
    }

    /// Nil where the photo is gone, or no longer what it was.
    func photo(_ digest: String) -> [UInt8]? {
        guard let bytes = try? files.read(photoPath(digest)), Hexadecimal.encode(SHA256.hash(bytes)) == digest else {
            return nil
        }
        return bytes
    }

    func removePhoto(_ digest: String) { files.remove(photoPath(digest)) }

    private func photoPath(_ digest: String) -> String { folder + "/photos/" + digest }

    /// A file that cannot be read or written.
    struct Trouble: Error, Hashable {
        var path: String
    }
}
