/// Brings a database to the schema that this program knows (ENGINE §5: expand → deploy → `migrate --finalize`).
package struct Migrations: Sendable {
    /// Those of this program.
    package static let all: [Migration] = [
        .first, .restoreEpoch, .suspect, .hazardMessages, .drills, .taskPhotos, .lanes,
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

    /// The newest migration that this program knows.
    package var newest: Int { migrations.last?.number ?? 0 }

    /// Runs what is missing, each migration whole or not at all, and returns what the database then says.
    ///
    /// A database that a newer program has expanded is left as it is and used, unless its `minReader` is above ours:
    /// then `.newerSchema` is thrown and nothing is touched.
    @discardableResult
    package func migrate(_ database: any SQLDatabase) throws -> Version {
        var version = try prepare(database)
        for migration in migrations where migration.number > version.version {
            let isFirst = version.version == 0
            try database.transaction { session in
                for statement in migration.expand(database.dialect) { try session.execute(statement, []) }
                // Nobody older has used a database that is new: its first schema needs no second half.
                try session.execute(
                    "UPDATE schema SET version = ?, min_reader = ?, finalized = ? WHERE id = 1",
                    [
                        .integer(migration.number), .integer(isFirst ? migration.minReader : version.minReader),
                        .integer(isFirst ? migration.number : version.finalized),
                    ])
            }
            version.version = migration.number
            if isFirst {
                version.minReader = migration.minReader
                version.finalized = migration.number
            }
        }
        return version
    }

    /// Runs the second halves: from now on only programs from each migration's `minReader` on may use the database.
    @discardableResult
    package func finalize(_ database: any SQLDatabase) throws -> Version {
        var version = try migrate(database)
        for migration in migrations where migration.number > version.finalized {
            let minReader = max(version.minReader, migration.minReader)
            try database.transaction { session in
                for statement in migration.contract(database.dialect) { try session.execute(statement, []) }
                try session.execute(
                    "UPDATE schema SET min_reader = ?, finalized = ? WHERE id = 1",
                    [.integer(minReader), .integer(migration.number)])
            }
            version.minReader = minReader
            version.finalized = migration.number
        }
        return version
    }

    /// What a database says of itself; nil where none of our programs has used it.
    package func version(of database: any SQLDatabase) throws -> Version? {
        try database.read { reader in
            try reader.first("SELECT version, min_reader, finalized FROM schema WHERE id = 1") { row in
                Version(version: try row.int(0), minReader: try row.int(1), finalized: try row.int(2))
            }
        }
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
            let found = try session.first("SELECT version, min_reader, finalized FROM schema WHERE id = 1") { row in
                Version(version: try row.int(0), minReader: try row.int(1), finalized: try row.int(2))
            }
            guard let found else {
                try session.execute(
                    "INSERT INTO schema (id, version, min_reader, finalized) VALUES (1, 0, 0, 0)", [])
                return Version(version: 0, minReader: 0, finalized: 0)
            }
            guard found.minReader <= newest else {
                throw StoreError(
                    .newerSchema,
                    "this database needs a newer program: install the version that wrote it, or a later one",
                    detail: "it asks for schema \(found.minReader) or later, this program knows up to \(newest)")
            }
            return found
        }
    }
}
