extension Migration {
    /// Photos of tasks, in parts: what belongs to which task is the engine's, this holds the bytes.
    static let taskPhotos = Migration(number: 6, minReader: 1) { dialect in
        [
            """
            CREATE TABLE task_photo (lane \(dialect.integer) NOT NULL, task \(dialect.text) NOT NULL, \
            digest \(dialect.blob) NOT NULL, part \(dialect.integer) NOT NULL, bytes \(dialect.blob) NOT NULL, \
            PRIMARY KEY (lane, task, digest, part))\(dialect.tableOptions)
            """
        ]
    }
}
