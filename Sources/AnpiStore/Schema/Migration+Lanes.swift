extension Migration {
    /// Who decides for a lane where several processes share a database.
    static let lanes = Migration(number: 7, minReader: 1) { dialect in
        [
            """
            CREATE TABLE lane (id \(dialect.integer) NOT NULL, fence \(dialect.integer) NOT NULL, \
            owner \(dialect.text) NOT NULL, until \(dialect.integer) NOT NULL, \
            PRIMARY KEY (id))\(dialect.tableOptions)
            """
        ]
    }
}
