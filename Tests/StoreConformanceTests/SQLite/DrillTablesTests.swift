import Testing

@testable import AnpiStore

@Suite struct DrillTablesTests {
    @Test func everyTableWithALaneIsEmptiedWhenADrillEnds() throws {
        try StoreFactory.sqlite.run { store in
            let laned = try store.database.read { reader in
                try reader.all(
                    """
                    SELECT t.name FROM sqlite_master t JOIN pragma_table_info(t.name) c \
                    WHERE t.type = 'table' AND c.name = 'lane' ORDER BY t.name
                    """
                ) { try $0.text(0) }
            }
            #expect(laned == (DrillLanes.tables.map(\.name) + ["drill"]).sorted())
        }
    }
}
