extension Migration {
    /// The input that a careful start died of before this one: only one that does it twice is put aside.
    static let suspect = Migration(number: 3, minReader: 1) { dialect in
        [
            "ALTER TABLE attempt ADD COLUMN suspect_writer \(dialect.text)",
            "ALTER TABLE attempt ADD COLUMN suspect_seq \(dialect.integer)",
            "ALTER TABLE attempt ADD COLUMN suspect_input \(dialect.integer)",
        ]
    }
}
