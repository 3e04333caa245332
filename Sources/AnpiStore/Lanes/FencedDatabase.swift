/// A lane's database as its owner writes to it: every transaction first looks whether the lane is still its own.
///
/// The look is a write of the lane's row, so that of an old owner and a new one only one can commit (ENGINE §6).
package struct FencedDatabase: SQLDatabase {
    private let base: any SQLDatabase
    private let lane: Int64
    private let fence: Int64

    /// - Parameter fence: as `LaneLease.take` gave it.
    package init(_ base: any SQLDatabase, lane: Int, fence: Int64) {
        self.base = base
        self.lane = Int64(lane)
        self.fence = fence
    }

    package var dialect: SQLDialect { base.dialect }

    package func read<R>(_ body: (any SQLReader) throws -> R) throws -> R { try base.read(body) }

    /// Throws `.notOwner` where another process has taken the lane: nothing is written.
    package func transaction<R>(
        priority: TransactionPriority, _ body: (any SQLSession) throws -> R
    ) throws -> R {
        try base.transaction(priority: priority) { session in
            let isOwn = try session.execute(
                "UPDATE lane SET fence = fence WHERE id = ? AND fence = ?", [.integer(lane), .integer(fence)])
            guard isOwn == 1 else { throw StoreError(.notOwner, "another process decides for this lane now") }
            return try body(session)
        }
    }
}
