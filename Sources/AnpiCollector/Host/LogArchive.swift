import AnpiModel
import AnpiStore
import Foundation

/// Rows of the input log that the database no longer needs, as compressed files by the hour (ENGINE §5).
///
/// A file is `input-<lane>-<UTC hour>.rows.gz`: gzip members one after the other, each a list of rows as `ByteWriter`
/// writes them (writer, seq, at, batch). A row may stand twice, where the process ended between writing it here and
/// removing it there: readers go by (writer, seq).
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

    /// The rows of one file, in the order they were written.
    static func read(_ bytes: [UInt8]) throws -> [LogRow] {
        var rows: [LogRow] = []
        for member in try gunzipMembers(bytes) {
            var reader = ByteReader(member)
            while !reader.isAtEnd {
                rows.append(
                    LogRow(
                        writer: try reader.string(), seq: try reader.integer64(), at: try reader.timestamp(),
                        batch: try reader.raw()))
            }
        }
        return rows
    }

    /// Removes files whose hour ended before `instant`; returns their names.
    func prune(before instant: Timestamp) throws -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return [] }
        // Names hold the hour in UTC and so sort by time.
        let limit = fileName(at: instant)
        let old = names.filter { $0.hasPrefix("input-\(lane)-") && $0.hasSuffix(".rows.gz") && $0 < limit }.sorted()
        for name in old { try FileManager.default.removeItem(atPath: folder + "/" + name) }
        return old
    }

    private func append(_ rows: ArraySlice<LogRow>, to path: String) throws {
        var writer = ByteWriter()
        for row in rows {
            writer.put(row.writer)
            writer.put(row.seq)
            writer.put(row.at)
            writer.put(raw: row.batch)
        }
        guard let packed = writer.bytes.withUnsafeBytes({ gzip($0, effort: .quick) }) else {
            throw CollectorError(.storeFailed, "the log's archive could not be packed")
        }
        let isThere =
            FileManager.default.fileExists(atPath: path)
            || FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        guard isThere, let file = FileHandle(forWritingAtPath: path) else {
            throw CollectorError(.storeFailed, "the log's archive cannot be opened")
        }
        defer { try? file.close() }
        try file.seekToEnd()
        try file.write(contentsOf: Data(packed))
        try file.synchronize()
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
