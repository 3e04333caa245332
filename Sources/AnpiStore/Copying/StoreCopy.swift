internal import AnpiDigest

/// Moves everything that one database holds into an empty one, row for row (docs/decisions/0017).
///
/// All of it is one transaction of the target: a copy that ends on the way leaves nothing behind and is simply begun
/// again, and none counts before the target, read back, has the same number of rows and the same digest in every table.
package struct StoreCopy {
    /// What was copied of one table.
    package struct Copied: Hashable, Sendable {
        package var table: String
        package var rows: Int
        /// SHA-256 over all values in the order of the key.
        package var digest: [UInt8]
    }

    /// About so many bytes are under way at a time.
    static let pageBytes = 4 << 20
    static let pageRowsMax = 1_000

    private let source: any SQLDatabase
    private let target: any SQLDatabase
    private let tables: [StoredTable]

    /// - Parameters:
    ///   - source: nobody else writes to it meanwhile.
    ///   - tables: all tables of the source.
    package init(from source: any SQLDatabase, tables: [StoredTable], to target: any SQLDatabase) {
        self.source = source
        self.target = target
        self.tables = tables
    }

    /// Copies and verifies; `progress` hears of a table and how many of its rows are there so far.
    ///
    /// Throws `.misuse` where the source has another schema than this release, `.conflict` where the target holds rows
    /// already, `.corrupt` where a chain of the source's journal does not verify or the target reads back otherwise.
    package func run(progress: (String, Int) -> Void = { _, _ in }) throws -> [Copied] {
        guard let version = try Migrations().version(of: source)?.version, version == Migrations().newest else {
            throw StoreError(.misuse, "the source has another schema: run anpi-collector migrate on it first")
        }
        try verifyChains(of: source, "a chain of the source's journal is broken: find out why first")
        try Migrations().migrate(target)
        let copied = try target.transaction { session in
            for table in tables where table.name != "schema" {
                guard try table.page(after: nil, limit: 1, in: session).isEmpty else {
                    throw StoreError(.conflict, "the target is not empty", detail: "table \(table.name)")
                }
            }
            let copied = try tables.map { try copy($0, into: session, progress) }
            for (table, expected) in zip(tables, copied) {
                let found = try walk(table, page: { try table.page(after: $0, limit: $1, in: session) }, each: { _ in })
                guard found == expected else {
                    throw StoreError(.corrupt, "the target does not read back as written", detail: table.name)
                }
            }
            return copied
        }
        try verifyChains(of: target, "a chain of the copied journal does not verify")
        return copied
    }

    private func copy(
        _ table: StoredTable, into session: any SQLSession, _ progress: (String, Int) -> Void
    ) throws -> Copied {
        var count = 0
        func page(after last: [SQLValue]?, limit: Int) throws -> [[SQLValue]] {
            try source.read { try table.page(after: last, limit: limit, in: $0) }
        }
        return try walk(table, page: page) { rows in
            try session.upsert(table.name, key: table.key, columns: table.columns.map(\.name), rows: rows)
            count += rows.count
            progress(table.name, count)
        }
    }

    /// Reads a table in pages of about `pageBytes` and hands each to `each`.
    private func walk(
        _ table: StoredTable, page: (_ last: [SQLValue]?, _ limit: Int) throws -> [[SQLValue]],
        each: ([[SQLValue]]) throws -> Void
    ) throws -> Copied {
        var hasher = SHA256.Hasher()
        var rows = 0
        var last: [SQLValue]?
        // How long the rows of this table are is known after the first few.
        var limit = 16
        while case let page = try page(last, limit), let end = page.last {
            var bytes: [UInt8] = []
            for row in page { for value in row { Self.append(value, to: &bytes) } }
            hasher.update(bytes)
            try each(page)
            rows += page.count
            last = table.keyValues(of: end)
            limit = min(max(Self.pageBytes / max(bytes.count / page.count, 1), 1), Self.pageRowsMax)
        }
        return Copied(table: table.name, rows: rows, digest: hasher.finalize())
    }

    private func verifyChains(of database: any SQLDatabase, _ message: StaticString) throws {
        for chain in try Journal.verifyAll(database) {
            guard let bad = chain.verdict.firstBad else { continue }
            throw StoreError(.corrupt, message, detail: "lane \(chain.lane), chain \(chain.chain), line \(bad)")
        }
    }

    /// A value so that no two different rows look alike: its type, its length, its bytes.
    private static func append(_ value: SQLValue, to bytes: inout [UInt8]) {
        switch value {
        case .null: bytes.append(0)
        case .integer(let number): append(1, UInt64(bitPattern: number), to: &bytes)
        case .real(let number): append(2, number.bitPattern, to: &bytes)
        case .text(let text):
            append(3, UInt64(text.utf8.count), to: &bytes)
            bytes += text.utf8
        case .blob(let blob):
            append(4, UInt64(blob.count), to: &bytes)
            bytes += blob
        }
    }

    private static func append(_ tag: UInt8, _ number: UInt64, to bytes: inout [UInt8]) {
        bytes.append(tag)
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}
