extension Migration {
    /// Official messages as they came: the log holds what was read of them, this the bytes.
    static let hazardMessages = Migration(number: 4, minReader: 1) { dialect in
        [
            """
            CREATE TABLE hazard_message (digest \(dialect.blob) NOT NULL, received_at \(dialect.integer) NOT NULL, \
            feed \(dialect.text) NOT NULL, name \(dialect.text), raw \(dialect.blob) NOT NULL, \
            status \(dialect.text) NOT NULL, reason \(dialect.text), identifier \(dialect.text), \
            PRIMARY KEY (digest))\(dialect.tableOptions)
            """,
            "CREATE INDEX hazard_message_received ON hazard_message (received_at)",
        ]
    }
}
