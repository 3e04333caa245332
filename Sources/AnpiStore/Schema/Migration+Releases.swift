extension Migration {
    /// Which release each collector is of, and which has decided: 0 says nothing, as releases before this one do not.
    ///
    /// Every release has a number here, if only for this: what it writes (log, checkpoints, decisions) goes by it.
    static let releases = Migration(number: 9, minReader: 9) { dialect in
        ["writer", "lane"].map { "ALTER TABLE \($0) ADD COLUMN release \(dialect.integer) NOT NULL DEFAULT 0" }
    }
}
