extension Migration {
    /// Which lanes are drills, and the last number that a lane was given: none is given twice, because ids that
    /// receivers of hooks have seen begin with it.
    static let drills = Migration(number: 5, minReader: 1) { dialect in
        [
            "ALTER TABLE schema ADD COLUMN last_lane \(dialect.integer) NOT NULL DEFAULT 0",
            """
            CREATE TABLE drill (lane \(dialect.integer) NOT NULL, name \(dialect.text) NOT NULL, \
            speed \(dialect.integer) NOT NULL, from_at \(dialect.integer) NOT NULL, \
            to_at \(dialect.integer) NOT NULL, started_at \(dialect.integer) NOT NULL, \
            started_by \(dialect.text) NOT NULL, ending \(dialect.integer) NOT NULL, \
            PRIMARY KEY (lane))\(dialect.tableOptions)
            """,
            "CREATE UNIQUE INDEX drill_name ON drill (name)",
        ]
    }
}
