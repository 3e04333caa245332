extension Migration {
    /// What is left of a past that has grown old: months of contact, and how far the journal has left the database.
    ///
    /// An older release would call a journal broken whose first lines have left. So they leave only once `migrate
    /// --finalize` has said that none of them is there any more (`JournalArchiving`).
    static let retention = Migration(number: 8, minReader: 8) { dialect in
        let number = dialect.integer + " NOT NULL"
        let text = dialect.text + " NOT NULL"
        return [
            """
            CREATE TABLE contact_month (lane \(number), is_site \(number), subject \(text), month_at \(number), \
            contact \(text), ms \(number), intervals \(number), \
            PRIMARY KEY (lane, is_site, subject, month_at, contact))\(dialect.tableOptions)
            """,
            """
            CREATE TABLE journal_archived (lane \(number), chain \(text), seq \(number), hash \(dialect.blob) NOT NULL, \
            PRIMARY KEY (lane, chain))\(dialect.tableOptions)
            """,
        ]
    }
}
