package import AnpiModel

/// Tells the lives of a database apart: 0 until it is restored from a copy, another number after each restore.
///
/// What was decided between the copy and its restore is gone here, but receivers of hooks have seen its ids; the epoch
/// in new ids keeps them apart.
package enum RestoreEpoch {
    package static func current(of database: any SQLDatabase) throws -> Int64 {
        try database.read { try current(in: $0) }
    }

    static func current(in reader: any SQLReader) throws -> Int64 {
        try reader.first("SELECT epoch FROM schema WHERE id = 1") { try $0.integer(0) } ?? 0
    }

    /// Begins a new life at `now` and returns its number.
    ///
    /// Seconds since 1970, so that two restores of the same copy differ also where nothing is left of the first; above
    /// every number in `known` where the clock has stepped back.
    @discardableResult
    package static func begin(in database: any SQLDatabase, at now: Timestamp, above known: Int64 = 0) throws -> Int64 {
        try database.transaction { session in
            let epoch = max(try current(in: session), known, now.milliseconds / 1_000 - 1) + 1
            try session.execute("UPDATE schema SET epoch = ? WHERE id = 1", [.integer(epoch)])
            return epoch
        }
    }
}
