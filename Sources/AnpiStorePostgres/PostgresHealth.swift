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
