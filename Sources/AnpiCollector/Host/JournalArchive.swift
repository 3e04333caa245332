import AnpiDigest
import AnpiModel
package import AnpiStore
import Foundation

/// Lines of the journal that have left the database, in files beside the archived log (ENGINE §5).
///
/// A file is `journal-<lane>-<chain>-<first>-<last>.jsonl.gz`: one line of JSON a line of the journal, with all that its
/// hash rests on, so that the chain can be walked from its very first line. Two files may hold the same lines, where the
/// process ended between writing here and removing there.
package struct JournalArchive: Sendable {
    package let folder: String
    package let lane: Int

    package init(folder: String, lane: Int = 0) {
        self.folder = folder
        self.lane = lane
    }

    /// What walking the files of a chain found.
    package struct Verdict: Hashable, Sendable {
        /// Lines that were checked, and of these the erased ones.
        package var entries: Int64 = 0
        package var erased: Int64 = 0
        /// Lines that have left the database and are not here: their files have been carried away, or lost.
        package var missing: Int64 = 0
        /// The first line that was changed.
        package var firstBad: Int64?
    }

    /// Writes consecutive lines as one file, and returns when it is on the disk.
    func write(_ lines: [StoredJournalLine], of chain: String) throws {
        guard let first = lines.first?.seq, let last = lines.last?.seq else { return }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try put(lines, to: path(of: chain, first, last))
    }

    /// Walks the lines of `chain` that have left, `archived` being the last of them.
    package func verify(_ chain: String, upTo archived: ChainHead) throws -> Verdict {
        var verdict = Verdict()
        var last = ChainHead.origin(of: chain)
        for file in files(of: chain) where file.last > last.seq {
            guard let lines = try? lines(in: file) else {
                verdict.firstBad = max(file.first, last.seq + 1)
                return verdict
            }
            for line in lines where line.seq > last.seq && line.seq <= archived.seq {
                let gap = line.seq - last.seq - 1
                verdict.missing += gap
                // Behind a gap the first line's hash is taken at its word; the next ones, and the database, hold it to it.
                guard gap > 0 ? line.isWhole : line.follows(last) else {
                    verdict.firstBad = line.seq
                    return verdict
                }
                verdict.entries += 1
                if line.body == nil { verdict.erased += 1 }
                last = ChainHead(chain: chain, seq: line.seq, hash: line.hash)
            }
        }
        verdict.missing += archived.seq - last.seq
        if last.seq == archived.seq, last.hash != archived.hash { verdict.firstBad = archived.seq }
        return verdict
    }

    /// Blanks what a line tells, and who did it, in every file that holds it; false where none does.
    package func erase(_ seq: Int64, in chain: String) throws -> Bool {
        var isFound = false
        for file in files(of: chain) where file.first <= seq && seq <= file.last {
            try put(try lines(in: file).map { $0.seq == seq ? $0.erased : $0 }, to: file.path)
            isFound = true
        }
        return isFound
    }

    /// One line; nil where no file holds it.
    package func line(_ seq: Int64, of chain: String) throws -> StoredJournalLine? {
        for file in files(of: chain) where file.first <= seq && seq <= file.last {
            if let line = try lines(in: file).first(where: { $0.seq == seq }) { return line }
        }
        return nil
    }

    // MARK: Files

    private struct File {
        var path: String
        var first: Int64
        var last: Int64
    }

    private func path(of chain: String, _ first: Int64, _ last: Int64) -> String {
        // Twelve digits, so that names sort as numbers do.
        func padded(_ number: Int64) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, 12 - digits.utf8.count)) + digits
        }
        return "\(folder)/journal-\(lane)-\(chain)-\(padded(first))-\(padded(last)).jsonl.gz"
    }

    private func files(of chain: String) -> [File] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let prefix = "journal-\(lane)-\(chain)-"
        return names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(".jsonl.gz") }.sorted().compactMap { name in
            let numbers = name.dropFirst(prefix.count).dropLast(".jsonl.gz".count).split(separator: "-")
            guard numbers.count == 2, let first = Int64(numbers[0]), let last = Int64(numbers[1]) else { return nil }
            return File(path: folder + "/" + name, first: first, last: last)
        }
    }

    private func put(_ lines: [StoredJournalLine], to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var text: [UInt8] = []
        for line in lines {
            text += try encoder.encode(ArchivedLine(line))
            text.append(UInt8(ascii: "\n"))
        }
        guard let packed = text.withUnsafeBytes({ gzip($0, effort: .thorough) }) else {
            throw CollectorError(.storeFailed, "lines of the journal could not be packed")
        }
        try WholeFile.write(packed, to: path)
    }

    private func lines(in file: File) throws -> [StoredJournalLine] {
        let packed = try Data(contentsOf: URL(fileURLWithPath: file.path))
        let text = try packed.withUnsafeBytes { try gunzipMember($0).bytes }
        let decoder = JSONDecoder()
        return try text.split(separator: UInt8(ascii: "\n")).map { line in
            guard let line = try? decoder.decode(ArchivedLine.self, from: Data(line)).stored else {
                throw CollectorError(.storeFailed, "a file of the journal's archive holds a line that cannot be read")
            }
            return line
        }
    }
}

/// A line as its file has it; bytes in hexadecimal.
private struct ArchivedLine: Codable {
    var seq: Int64
    var at: Int64
    var head: String
    var actor: String?
    var body: String?
    var salt: String?
    var bodyDigest: String
    var hash: String

    init(_ line: StoredJournalLine) {
        seq = line.seq
        at = line.at.milliseconds
        head = line.head
        actor = line.actor
        body = line.body
        salt = line.salt.map(Hexadecimal.encode)
        bodyDigest = Hexadecimal.encode(line.bodyDigest)
        hash = Hexadecimal.encode(line.hash)
    }

    /// Nil where bytes are not hexadecimal.
    var stored: StoredJournalLine? {
        guard let digest = Hexadecimal.decode(bodyDigest), let bytes = Hexadecimal.decode(hash) else { return nil }
        let plain = salt.flatMap { Hexadecimal.decode($0) }
        guard (plain == nil) == (salt == nil) else { return nil }
        return StoredJournalLine(
            seq: seq, at: Timestamp(milliseconds: at), head: head, actor: actor, body: body, salt: plain,
            bodyDigest: digest, hash: bytes)
    }
}
