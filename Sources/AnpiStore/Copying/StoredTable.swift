/// A table as a database describes it, for moving its rows without knowing what they mean.
package struct StoredTable: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case integer, real, text, blob
    }

    package struct Column: Hashable, Sendable {
        package var name: String
        package var kind: Kind

        package init(name: String, kind: Kind) {
            self.name = name
            self.kind = kind
        }
    }

    package var name: String
    package var columns: [Column]
    /// Columns of the primary key, in its order; every table of ours has one.
    package var key: [String]

    package init(name: String, columns: [Column], key: [String]) {
        self.name = name
        self.columns = columns
        self.key = key
    }
}

extension StoredTable {
    /// Up to `limit` rows behind the one whose key is `last`, in the order of the key.
    func page(after last: [SQLValue]?, limit: Int, in reader: any SQLReader) throws -> [[SQLValue]] {
        let keys = key.joined(separator: ", ")
        let bound = last.map { "WHERE (\(keys)) > (\($0.map { _ in "?" }.joined(separator: ", ")))" } ?? ""
        return try reader.all(
            "SELECT \(columns.map(\.name).joined(separator: ", ")) FROM \(name) \(bound) ORDER BY \(keys) LIMIT ?",
            (last ?? []) + [.integer(limit)]
        ) { row in
            try columns.enumerated().map { index, column in
                if row.isNull(index) { return .null }
                return switch column.kind {
                case .integer: .integer(try row.integer(index))
                case .real: .real(try row.real(index))
                case .text: .text(try row.text(index))
                case .blob: .blob(try row.blob(index))
                }
            }
        }
    }

    /// The key of a row.
    func keyValues(of row: [SQLValue]) -> [SQLValue] {
        key.compactMap { name in columns.firstIndex { $0.name == name }.map { row[$0] } }
    }
}
