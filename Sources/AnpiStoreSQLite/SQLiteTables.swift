package import AnpiStore

extension SQLiteDatabase {
    /// All tables that the file holds, in byte order of their names.
    package func tables() throws -> [StoredTable] {
        try read { reader in
            let names = try reader.all(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            ) { try $0.text(0) }
            return try names.map { name in
                let columns = try reader.all(
                    "SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid", [.text(name)]
                ) { row in
                    (
                        column: StoredTable.Column(name: try row.text(0), kind: try Self.kind(row.text(1))),
                        pk: try row.int(2)
                    )
                }
                return StoredTable(
                    name: name, columns: columns.map(\.column),
                    key: columns.filter { $0.pk > 0 }.sorted { $0.pk < $1.pk }.map(\.column.name))
            }
        }
    }

    private static func kind(_ word: String) throws -> StoredTable.Kind {
        switch word {
        case "INTEGER": .integer
        case "REAL": .real
        case "TEXT": .text
        case "BLOB": .blob
        default: throw StoreError(.invalidValue, "a column has a type that is not ours", detail: word)
        }
    }
}
