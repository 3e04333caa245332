/// Brings a database to the schema that this program knows (ENGINE §5: expand → deploy → `migrate --finalize`).
package struct Migrations: Sendable {
    /// Those of this program.
    package static let all: [Migration] = [
        .first, .restoreEpoch, .suspect, .hazardMessages, .drills, .taskPhotos, .lanes, .retention, .releases,
    ]

    private let migrations: [Migration]

    /// `migrations` ascend by number from 1; others than ours are for tests.
    package init(_ migrations: [Migration] = Self.all) {
        self.migrations = migrations
    }

    /// What a database says of its schema.
    package struct Version: Hashable, Sendable {
        /// The newest migration whose `expand` has run.
        package var version: Int
        /// The oldest program that may use it.
        package var minReader: Int
        /// The newest migration whose `contract` has run.
        package var finalized: Int

        package init(version: Int, minReader: Int, finalized: Int) {
            self.version = version
            self.minReader = minReader
            self.finalized = finalized
        }
    }

    /// The newest migration that this program knows, which is also the number of its release.
    package var newest: Int { migrations.last?.number ?? 0 }

    /// Runs what is missing, each migration whole or not at all, and returns what the database then says.
    ///
    /// Where several programs start at once, each migration is run by one of them; the others wait for it and go on
    /// from there. A database that a newer program has expanded is left as it is and used, unless its `minReader` is
    /// above ours: then `.newerSchema` is thrown and nothing is touched.
    @discardableResult
    package func migrate(_ database: any SQLDatabase) throws -> Version {
        var version = try prepare(database)
        if version.version == 0 {
            // Nobody older has used a database that is new: it is made at once, second halves and all.
            let whole = Version(
                version: newest, minReader: migrations.map(\.minReader).max() ?? 0, finalized: newest)
            let dialect = database.dialect
            version = try change(
                database, from: version, to: whole,
                by: migrations.flatMap { $0.expand(dialect) + $0.contract(dialect) })
        }
        while let next = migrations.first(where: { $0.number > version.version }) {
            let expanded = Version(
                version: next.number, minReader: version.minReader, finalized: version.finalized)
            version = try change(database, from: version, to: expanded, by: next.expand(database.dialect))
        }
        return version
    }

    /// Runs the second halves: from now on only programs from each migration's `minReader` on may use the database.
    @discardableResult
    package func finalize(_ database: any SQLDatabase) throws -> Version {
        var version = try migrate(database)
        while let next = migrations.first(where: { $0.number > version.finalized }) {
            var finalized = version
            finalized.minReader = max(version.minReader, next.minReader)
            finalized.finalized = next.number
            version = try change(database, from: version, to: finalized, by: next.contract(database.dialect))
        }
        return version
    }

    /// What a database says of itself; nil where none of our programs has used it.
    package func version(of database: any SQLDatabase) throws -> Version? {
        try database.read { reader in
            let hasTable = try reader.first(database.dialect.hasTable, [.text("schema")]) { _ in true }
            return hasTable == true ? try current(in: reader) : nil
        }
    }

    /// Runs `statements` where the database still stands at `version`, and returns where it stands then.
    ///
    /// The whole table is taken first: whoever comes at the same time waits with nothing in hand, and finds that it says
    /// something else. Its row would not do: a change may alter this very table, for which all others must have let it go.
    private func change(
        _ database: any SQLDatabase, from version: Version, to next: Version, by statements: [String]
    ) throws -> Version {
        try database.transaction { session in
            if let lock = database.dialect.lock?("schema") { try session.execute(lock, []) }
            let changed = try session.execute(
                """
                UPDATE schema SET version = ?, min_reader = ?, finalized = ? \
                WHERE id = 1 AND version = ? AND min_reader = ? AND finalized = ?
                """,
                [
                    .integer(next.version), .integer(next.minReader), .integer(next.finalized),
                    .integer(version.version), .integer(version.minReader), .integer(version.finalized),
                ])
            guard changed == 1 else { return try usable(try current(in: session)) ?? version }
            for statement in statements { try session.execute(statement, []) }
            return next
        }
    }

    private func current(in reader: any SQLReader) throws -> Version? {
        try reader.first("SELECT version, min_reader, finalized FROM schema WHERE id = 1") { row in
            Version(version: try row.int(0), minReader: try row.int(1), finalized: try row.int(2))
        }
    }

    /// The same version, where this program may use the database that says it.
    private func usable(_ version: Version?) throws -> Version? {
        guard let version, version.minReader > newest else { return version }
        throw StoreError(
            .newerSchema, "this database needs a newer program: install the version that wrote it, or a later one",
            detail: "it asks for schema \(version.minReader) or later, this program knows up to \(newest)")
    }

    private func prepare(_ database: any SQLDatabase) throws -> Version {
        let dialect = database.dialect
        return try database.transaction { session in
            try session.execute(
                """
                CREATE TABLE IF NOT EXISTS schema (id \(dialect.integer) PRIMARY KEY, \
                version \(dialect.integer) NOT NULL, min_reader \(dialect.integer) NOT NULL, \
                finalized \(dialect.integer) NOT NULL)\(dialect.tableOptions)
                """, [])
            if let found = try usable(try current(in: session)) { return found }
            try session.execute("INSERT INTO schema (id, version, min_reader, finalized) VALUES (1, 0, 0, 0)", [])
            return Version(version: 0, minReader: 0, finalized: 0)
        }
    }
}
