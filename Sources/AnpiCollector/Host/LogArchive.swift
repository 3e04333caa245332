import AnpiModel
import AnpiStore
import Foundation

/// Rows of the input log that the database no longer needs, as compressed files by the hour (ENGINE §5).
///
/// A file is `input-<lane>-<UTC hour>.rows.gz`: gzip members one after the other, each a list of rows as `ByteWriter`
/// writes them (writer, seq, at, batch). A row may stand twice, where the process ended between writing it here and
/// removing it there, or two owners overlapped in a folder that they share: readers go by (writer, seq).
struct LogArchive: Sendable {
    let folder: String
    let lane: Int

    /// Appends rows and returns when they are on the disk.
    func append(_ rows: [LogRow]) throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        var start = rows.startIndex
        while start < rows.endIndex {
            let name = fileName(at: rows[start].at)
            let end = rows[start...].firstIndex { fileName(at: $0.at) != name } ?? rows.endIndex
            try append(rows[start..<end], to: folder + "/" + name)
            start = end
        }
    }

    /// A place between two members of a file.
    struct Place: Hashable, Sendable {
        var file: String
        var offset: Int
    }

    /// The files there are and how long they are, ascending by time: what `append` changes and nothing else but `prune`.
    func files() throws -> [Place] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return [] }
        return try names.filter(isOurs).sorted().map { name in
            let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/" + name)
            return Place(file: name, offset: attributes[.size] as? Int ?? 0)
        }
    }

    /// Where the rows from `instant` on begin, or before it.
    func place(at instant: Timestamp) -> Place { Place(file: fileName(at: instant), offset: 0) }

    /// Hands on the rows of each member from `place` on, in the order they were written, with the place of that member;
    /// until it is told to stop (false). Memory is that of one member.
    func read(from place: Place, _ take: ([LogRow], Place) throws -> Bool) throws {
        for file in try files() where file.file >= place.file {
            let packed = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + file.file), options: .mappedIfSafe)
            var here = Place(file: file.file, offset: file.file == place.file ? min(place.offset, packed.count) : 0)
            while here.offset < packed.count {
                let member = try packed.withUnsafeBytes {
                    try gunzipMember(UnsafeRawBufferPointer(rebasing: $0[here.offset...]))
                }
                var reader = ByteReader(member.bytes)
                var rows: [LogRow] = []
                while !reader.isAtEnd { rows.append(try reader.logRow()) }
                guard try take(rows, here) else { return }
                here.offset += member.length
            }
        }
    }

    private func isOurs(_ name: String) -> Bool { name.hasPrefix("input-\(lane)-") && name.hasSuffix(".rows.gz") }

    /// Removes files whose hour ended before `instant`; returns their names.
    func prune(before instant: Timestamp) throws -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return [] }
        // Names hold the hour in UTC and so sort by time.
        let limit = fileName(at: instant)
        let old = names.filter { isOurs($0) && $0 < limit }.sorted()
        for name in old { try FileManager.default.removeItem(atPath: folder + "/" + name) }
        return old
    }

    private func append(_ rows: ArraySlice<LogRow>, to path: String) throws {
        var writer = ByteWriter()
        for row in rows { writer.put(row) }
        guard let packed = writer.bytes.withUnsafeBytes({ gzip($0, effort: .quick) }) else {
            throw CollectorError(.storeFailed, "the log's archive could not be packed")
        }
        try SharedFile.append(packed, to: path)
    }

    private func fileName(at instant: Timestamp) -> String {
        let (date, millisecondOfDay) = instant.civil(at: .utc)
        func digits(_ value: Int, _ count: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
        }
        let hour = millisecondOfDay / 3_600_000
        return
            "input-\(lane)-\(digits(date.year, 4))\(digits(date.month, 2))\(digits(date.day, 2))\(digits(hour, 2)).rows.gz"
    }
}
