extension Migration {
    /// A number that every restore raises, so that no id which it would repeat is used for something else.
    static let restoreEpoch = Migration(number: 2, minReader: 1) { dialect in
        ["ALTER TABLE schema ADD COLUMN epoch \(dialect.integer) NOT NULL DEFAULT 0"]
    }
}
