import AnpiStore
import Testing

@Suite struct MigrationTests {
    private static let older = [Migration(number: 1, minReader: 1) { ["CREATE TABLE one (id \($0.integer))"] }]
    private static let newer =
        older + [
            Migration(
                number: 2, minReader: 2, expand: { ["CREATE TABLE two (id \($0.integer))"] },
                contract: { _ in ["DROP TABLE one"] })
        ]

    @Test(arguments: StoreFactory.all)
    func aFreshDatabaseGetsTheSchemaAndARepeatChangesNothing(_ factory: StoreFactory) throws {
        try factory.run(migrated: false) { store in
            let expected = Migrations.Version(version: 9, minReader: 9, finalized: 9)
            #expect(try Migrations().migrate(store.database) == expected)
            try _ = Decided(store.database).commit(.full())
            #expect(try Migrations().migrate(store.database) == expected)
            #expect(try Decided(store.database).position()?.journalSeq == 2)
            #expect(try Migrations().finalize(store.database) == expected, "nobody older has used it")
        }
    }

    @Test(arguments: StoreFactory.all)
    func aDatabaseThatNobodyHasUsedSaysSo(_ factory: StoreFactory) throws {
        try factory.run(migrated: false) { store in
            #expect(try Migrations().version(of: store.database) == nil)
            try Migrations(Self.older).migrate(store.database)
            #expect(try Migrations().version(of: store.database)?.version == 1)
        }
    }

    @Test(arguments: StoreFactory.all)
    func aDatabaseOfTheFirstSchemaGoesOn(_ factory: StoreFactory) throws {
        try factory.run(migrated: false) { store in
            try Migrations(Array(Migrations.all.prefix(1))).migrate(store.database)
            #expect(
                try Migrations().migrate(store.database) == .init(version: 9, minReader: 1, finalized: 1),
                "programs of the first schema may still be there")
            try _ = Decided(store.database).commit(.full())
            #expect(try Outbox(store.database).list(.waiting).map(\.id) == ["0-1-0"])
            try Migrations(Array(Migrations.all.prefix(1))).migrate(store.database)
        }
    }

    @Test(arguments: StoreFactory.all)
    func anOlderProgramUsesADatabaseThatWasExpanded(_ factory: StoreFactory) throws {
        try factory.run(migrated: false) { store in
            try Migrations(Self.older).migrate(store.database)
            let expanded = Migrations.Version(version: 2, minReader: 1, finalized: 1)
            #expect(try Migrations(Self.newer).migrate(store.database) == expanded)
            #expect(try Migrations(Self.older).migrate(store.database) == expanded)
        }
    }

    @Test(arguments: StoreFactory.all)
    func anOlderProgramIsRefusedOnceTheDatabaseIsFinalized(_ factory: StoreFactory) throws {
        try factory.run(migrated: false) { store in
            try Migrations(Self.older).migrate(store.database)
            #expect(
                try Migrations(Self.newer).finalize(store.database) == .init(version: 2, minReader: 2, finalized: 2))
            do {
                try Migrations(Self.older).migrate(store.database)
                Issue.record("a database that demands a newer program was accepted")
            } catch let error as StoreError {
                #expect(error.code == .newerSchema)
                #expect(
                    error.description == """
                        this database needs a newer program: install the version that wrote it, or a later one \
                        (it asks for schema 2 or later, this program knows up to 1)
                        """)
            }
        }
    }

    @Test(arguments: StoreFactory.all)
    func aMigrationThatFailsLeavesTheSchemaAsItWas(_ factory: StoreFactory) throws {
        try factory.run(migrated: false) { store in
            try Migrations(Self.older).migrate(store.database)
            let broken =
                Self.older + [
                    Migration(number: 2, minReader: 1) {
                        ["CREATE TABLE two (id \($0.integer))", "CREATE TABLE two (x"]
                    }
                ]
            #expect(throws: (any Error).self) { try Migrations(broken).migrate(store.database) }
            #expect(try Migrations(Self.newer).migrate(store.database).version == 2)
        }
    }
}
