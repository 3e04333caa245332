internal import AnpiStore
internal import CLibpq

/// Where the database is and how it is reached: what a person gave, unchanged, and our limits where nothing was said.
///
/// Hosts, TLS, passwords and whatever else libpq knows are libpq's to read: `postgres://` addresses with several hosts,
/// `key=value` pairs, PGPASSWORD, the password file, service files.
struct ConnectionString: Sendable {
    /// Keywords and values for `PQconnectdbParams`.
    let settings: [(keyword: String, value: String)]

    /// Throws `.misuse` where libpq cannot read the text. Its own words are left out: they quote it, password and all.
    init(_ text: String, options: PostgresOptions) throws {
        var settings = try Self.parse(text)
        func setUnlessGiven(_ keyword: String, _ value: String) {
            if !settings.contains(where: { $0.keyword == keyword }) { settings.append((keyword, value)) }
        }
        // libpq counts whole seconds here, and takes 1 for 2.
        setUnlessGiven("connect_timeout", String(max(2, options.connectTimeout.components.seconds)))
        setUnlessGiven("application_name", options.applicationName)
        // Of several hosts the one that takes writes; a lone standby is refused at once instead of at the first commit.
        setUnlessGiven("target_session_attrs", "read-write")
        setUnlessGiven("keepalives", "1")
        setUnlessGiven("keepalives_idle", "5")
        setUnlessGiven("keepalives_interval", "2")
        setUnlessGiven("keepalives_count", "3")
        setUnlessGiven("tcp_user_timeout", "8000")
        setUnlessGiven("client_encoding", "UTF8")
        let given = settings.firstIndex { $0.keyword == "options" }
        let ours = Self.sessionOptions(options)
        if let given {
            // Ours come last and win: they are what the acknowledgements rest on.
            settings[given].value += " " + ours
        } else {
            settings.append(("options", ours))
        }
        self.settings = settings
    }

    /// Settings of the session on the server's side.
    private static func sessionOptions(_ options: PostgresOptions) -> String {
        [
            "default_transaction_isolation=repeatable\\ read",
            "statement_timeout=\(options.statementTimeout.settingMilliseconds)",
            "lock_timeout=\(options.lockTimeout.settingMilliseconds)",
            "idle_in_transaction_session_timeout=\(options.pauseTimeout.settingMilliseconds)",
            // A warning during COMMIT must reach us.
            "client_min_messages=warning",
            // What is acknowledged is on the disk, and on the standbys that have to confirm.
            "synchronous_commit=on",
            // The server, too, notices within seconds that we are gone, and lets go of our locks.
            "tcp_keepalives_idle=5", "tcp_keepalives_interval=2", "tcp_keepalives_count=3", "tcp_user_timeout=8000",
            "client_connection_check_interval=1000",
        ].map { "-c " + $0 }.joined(separator: " ")
    }

    private static func parse(_ text: String) throws -> [(keyword: String, value: String)] {
        var message: UnsafeMutablePointer<CChar>?
        guard let first = unsafe PQconninfoParse(text, &message) else {
            if let message = unsafe message { unsafe PQfreemem(message) }
            throw StoreError(
                .misuse, "the database's address cannot be read: use postgres://USER@HOST[,HOST]/DATABASE?sslmode=…")
        }
        defer { unsafe PQconninfoFree(first) }
        var settings: [(keyword: String, value: String)] = []
        var option = unsafe first
        while let keyword = unsafe option.pointee.keyword {
            if let value = unsafe option.pointee.val {
                settings.append(unsafe (String(cString: keyword), String(cString: value)))
            }
            unsafe option += 1
        }
        return settings
    }
}
