internal import AnpiStore

/// What a server says of itself that decides whether what was acknowledged stays.
package struct PostgresHealth: Sendable {
    /// One sentence a line, as `doctor` prints them.
    package var lines: [String]
    /// False where a power cut can take what was acknowledged, or the server takes no writes.
    package var isDurable: Bool
    /// False where what was acknowledged goes with this server, or nobody can see whether it does.
    package var survivesServer: Bool
}

extension PostgresDatabase {
    /// Asks the server how it is set up and how full it is.
    package func health() throws -> PostgresHealth {
        try read { reader in
            func setting(_ name: String) throws -> String {
                try reader.first("SELECT current_setting(?)", [.text(name)]) { try $0.text(0) } ?? ""
            }
            func number(_ sql: String) throws -> Int64 { try reader.first(sql) { try $0.integer(0) } ?? 0 }
            var isDurable = true
            var lines = [
                "server      PostgreSQL \(try setting("server_version"))",
                """
                size        \(try number("SELECT pg_database_size(current_database())") / 1_048_576) MiB
                """,
                """
                connections \(try number("SELECT COUNT(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")) \
                of \(try setting("max_connections"))
                """,
            ]
            for name in ["fsync", "full_page_writes"] where try setting(name) != "on" {
                isDurable = false
                lines.append("durable     NO: \(name) is off, so a power cut can take what was acknowledged")
            }
            if try number("SELECT CASE WHEN pg_is_in_recovery() THEN 1 ELSE 0 END") == 1 {
                isDurable = false
                lines.append("writes      NO: this server is a standby")
            }
            let copies = try copies(setting, number)
            lines += copies.lines
            lines += try Self.lag(reader) + Self.bloat(reader)
            let oldest = try number(
                """
                SELECT COALESCE(MAX(EXTRACT(EPOCH FROM clock_timestamp() - xact_start)), 0)::bigint \
                FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
                """)
            if oldest > 60 {
                lines.append("waiting     a transaction has been open for \(oldest) s: it keeps dead rows")
            }
            return PostgresHealth(
                lines: lines, isDurable: isDurable && copies.isDurable, survivesServer: copies.survivesServer)
        }
    }

    /// How far each standby is behind; nothing on a standby itself.
    private static func lag(_ reader: any SQLReader) throws -> [String] {
        try reader.all(
            """
            SELECT COALESCE(application_name, ''), COALESCE(sync_state, '?'), \
            COALESCE(pg_wal_lsn_diff(sent_lsn, replay_lsn), 0)::bigint / 1024, \
            COALESCE(EXTRACT(EPOCH FROM replay_lag), 0)::double precision FROM pg_stat_replication ORDER BY 1
            """
        ) { row in
            "standby     \(try row.text(0)) (\(try row.text(1))): \(try row.integer(2)) KiB, "
                + "\((try row.real(3) * 10).rounded() / 10) s behind"
        }
    }

    /// The largest tables, with the dead rows that vacuum has not taken away yet.
    private static func bloat(_ reader: any SQLReader) throws -> [String] {
        try reader.all(
            """
            SELECT relname::text, pg_total_relation_size(relid) / 1048576, n_live_tup, n_dead_tup \
            FROM pg_stat_user_tables ORDER BY pg_total_relation_size(relid) DESC, relname LIMIT 5
            """
        ) { row in
            let (live, dead) = (try row.integer(2), try row.integer(3))
            // Autovacuum comes at a fifth; where there are more dead than living it does not keep up.
            let isBehind = dead > live && dead > 10_000
            return "table       \(try row.text(0)): \(try row.integer(1)) MiB, \(live) rows, \(dead) dead"
                + (isBehind ? ": vacuum is BEHIND, see docs/store.md" : "")
        }
    }

    /// Which other servers have what was acknowledged. Durable is called only what one of them has confirmed.
    private func copies(
        _ setting: (String) throws -> String, _ number: (String) throws -> Int64
    ) throws -> PostgresHealth {
        guard try !setting("synchronous_standby_names").isEmpty else {
            return PostgresHealth(
                lines: ["durable     NO, but on this server: a commit does not survive the loss of its disk"],
                isDurable: true, survivesServer: false)
        }
        guard try number("SELECT CASE WHEN pg_has_role('pg_read_all_stats', 'USAGE') THEN 1 ELSE 0 END") == 1 else {
            return PostgresHealth(
                lines: ["durable     unknown: this user may not see the standbys; GRANT pg_monitor to it"],
                isDurable: false, survivesServer: false)
        }
        let confirming = try number(
            """
            SELECT COUNT(*) FROM pg_stat_replication \
            WHERE sync_state IN ('sync', 'quorum') AND state = 'streaming'
            """)
        guard confirming > 0 else {
            return PostgresHealth(
                lines: ["writes      NO: no standby is there to confirm, so every commit waits"], isDurable: false,
                survivesServer: false)
        }
        return PostgresHealth(
            lines: ["durable     \(confirming) standby(s) confirm each commit"], isDurable: true, survivesServer: true)
    }
}
