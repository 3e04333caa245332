/// What may be chosen when a PostgreSQL database is opened. All waits are bounded; together they keep the promise that
/// an agent or a person has an answer within 5 s or is asked to come again.
package struct PostgresOptions: Sendable {
    /// Connections at the same time. One of them is kept free for beats. Eight serve the commit thread, the engine, the
    /// threads of pages and the deliveries of one collector; the server's `max_connections` (100) has to hold them all.
    package var connectionsMax = 8
    /// How long making a connection may take, for each host of the list; what the connection string says goes first.
    package var connectTimeout = Duration.seconds(3)
    /// How long a call waits for a free connection.
    package var turnTimeout = Duration.seconds(5)
    /// How long one statement may take (`statement_timeout`).
    package var statementTimeout = Duration.seconds(10)
    /// How long a statement waits for a lock (`lock_timeout`).
    package var lockTimeout = Duration.seconds(3)
    /// How long a transaction may pause (`idle_in_transaction_session_timeout`): a collector that was stopped must not
    /// keep its locks (ENGINE §6).
    package var pauseTimeout = Duration.seconds(3)
    /// How long COMMIT may take before the connection is closed under it; it is never cancelled, since a cancelled one
    /// is there but not confirmed.
    package var commitTimeout = Duration.seconds(5)
    /// What `pg_stat_activity` calls us.
    package var applicationName = "anpi-collector"

    package init() {}

    /// For what takes its time and for which nobody waits: changes of the schema, copies, checks.
    package static let patient = {
        var options = PostgresOptions()
        options.connectionsMax = 2
        options.statementTimeout = .seconds(3_600)
        options.lockTimeout = .seconds(60)
        options.pauseTimeout = .seconds(600)
        options.commitTimeout = .seconds(3_600)
        options.applicationName = "anpi-collector-upkeep"
        return options
    }()
}

extension Duration {
    /// Whole milliseconds, as PostgreSQL's settings count; at least 1, since 0 turns a limit off there.
    var settingMilliseconds: Int64 {
        max(1, components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000)
    }
}
