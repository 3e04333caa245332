extension Migration {
    /// The tables of the first form; one line on each stands in docs/decisions/0003.
    static let first = Migration(number: 1, minReader: 1) { dialect in
        let number = dialect.integer + " NOT NULL"
        let text = dialect.text + " NOT NULL"
        let blob = dialect.blob + " NOT NULL"
        func table(_ name: String, _ columns: String) -> String {
            "CREATE TABLE \(name) (\(columns))\(dialect.tableOptions)"
        }
        return log(table, dialect, number, text, blob) + decided(table, dialect, number, text, blob)
            + past(table, dialect, number, text) + outbox(table, dialect, number, text)
            + access(table, dialect, number, text, blob) + engine(table, dialect, number, text, blob)
    }

    private static func log(
        _ table: (String, String) -> String, _ dialect: SQLDialect, _ number: String, _ text: String, _ blob: String
    ) -> [String] {
        [
            table(
                "writer",
                """
                lane \(number), id \(text), seq \(number), watermark \(number), closed \(number), \
                PRIMARY KEY (lane, id)
                """),
            table(
                "input_log",
                """
                lane \(number), writer \(text), seq \(number), at \(number), batch \(blob), \
                PRIMARY KEY (lane, writer, seq)
                """),
        ]
    }

    private static func decided(
        _ table: (String, String) -> String, _ dialect: SQLDialect, _ number: String, _ text: String, _ blob: String
    ) -> [String] {
        [
            table(
                "decided",
                "lane \(number), cursors \(text), engine_time \(number), journal_seq \(number), PRIMARY KEY (lane)"),
            table(
                "journal",
                """
                lane \(number), chain \(text), seq \(number), at \(number), kind \(text), site \(dialect.text), \
                incident \(dialect.text), task \(dialect.text), actor \(dialect.text), head \(text), \
                body \(dialect.text), salt \(dialect.blob), body_digest \(blob), hash \(blob), \
                PRIMARY KEY (lane, chain, seq)
                """),
            "CREATE INDEX journal_kind ON journal (lane, chain, kind, seq)",
            "CREATE INDEX journal_site ON journal (lane, chain, site, seq) WHERE site IS NOT NULL",
            "CREATE INDEX journal_incident ON journal (lane, chain, incident, seq) WHERE incident IS NOT NULL",
            "CREATE INDEX journal_task ON journal (lane, chain, task, seq) WHERE task IS NOT NULL",
            table(
                "journal_chain", "lane \(number), chain \(text), seq \(number), hash \(blob), PRIMARY KEY (lane, chain)"
            ),
            table(
                "outcome",
                """
                lane \(number), operation \(text), body_digest \(blob), status \(number), body \(text), \
                version \(dialect.integer), at \(number), PRIMARY KEY (lane, operation)
                """),
            "CREATE INDEX outcome_at ON outcome (lane, at)",
            table(
                "state",
                """
                lane \(number), kind \(text), id \(text), parent \(dialect.text), state \(text), version \(number), \
                at \(number), body \(text), PRIMARY KEY (lane, kind, id)
                """),
            "CREATE INDEX state_parent ON state (lane, kind, parent, id)",
            "CREATE INDEX state_state ON state (lane, kind, state, id)",
            table(
                "fleet", "lane \(number), version \(number), at \(number), body \(blob), PRIMARY KEY (lane, version)"),
        ]
    }

    private static func past(
        _ table: (String, String) -> String, _ dialect: SQLDialect, _ number: String, _ text: String
    ) -> [String] {
        [
            table(
                "contact_history",
                """
                lane \(number), is_site \(number), subject \(text), from_at \(number), contact \(text), \
                to_at \(number), PRIMARY KEY (lane, is_site, subject, from_at, contact)
                """),
            table(
                "copy_history",
                """
                lane \(number), site \(text), at \(number), tier \(text), source \(text), state \(text), \
                good_at \(dialect.integer), verified_at \(dialect.integer), bytes \(dialect.integer), \
                message \(dialect.text), PRIMARY KEY (lane, site, at, tier, source)
                """),
            table(
                "late_run",
                """
                lane \(number), agent \(text), from_at \(number), boot \(text), seq \(number), count \(number), \
                to_at \(number), PRIMARY KEY (lane, agent, from_at, boot, seq)
                """),
            table("blind", "lane \(number), from_at \(number), to_at \(number), PRIMARY KEY (lane, from_at)"),
        ]
    }

    private static func outbox(
        _ table: (String, String) -> String, _ dialect: SQLDialect, _ number: String, _ text: String
    ) -> [String] {
        [
            table(
                "outbox",
                """
                lane \(number), id \(text), place \(number), hook \(text), subject \(text), type \(text), \
                at \(number), body \(text), replaceable \(number), state \(text), attempts \(number), \
                next_at \(number), last_status \(dialect.integer), superseded \(number), \
                ended_at \(dialect.integer), PRIMARY KEY (lane, id)
                """),
            "CREATE INDEX outbox_order ON outbox (lane, hook, subject, place) WHERE state = 'waiting'",
            "CREATE INDEX outbox_due ON outbox (lane, next_at) WHERE state = 'waiting'",
            "CREATE INDEX outbox_state ON outbox (lane, state, place)",
            "CREATE INDEX outbox_ended ON outbox (lane, ended_at) WHERE ended_at IS NOT NULL",
            table(
                "outbox_missed",
                "lane \(number), hook \(text), subject \(text), missed \(number), PRIMARY KEY (lane, hook, subject)"),
        ]
    }

    private static func access(
        _ table: (String, String) -> String, _ dialect: SQLDialect, _ number: String, _ text: String, _ blob: String
    ) -> [String] {
        [
            table(
                "token",
                """
                id \(text), kind \(text), role \(text), subject \(dialect.text), scope \(text), \
                label \(dialect.text), created_at \(number), expires_at \(dialect.integer), \
                revoked_at \(dialect.integer), digest \(blob), PRIMARY KEY (id)
                """),
            table(
                "ping",
                """
                id \(text), site \(text), tier \(text), label \(dialect.text), created_at \(number), \
                revoked_at \(dialect.integer), digest \(blob), PRIMARY KEY (id)
                """),
            table("access_revision", "id \(number), revision \(number), PRIMARY KEY (id)"),
        ]
    }

    private static func engine(
        _ table: (String, String) -> String, _ dialect: SQLDialect, _ number: String, _ text: String, _ blob: String
    ) -> [String] {
        [
            table(
                "checkpoint",
                """
                lane \(number), generation \(number), cursors \(text), engine_time \(number), journal_seq \(number), \
                head \(blob), manifest \(text), PRIMARY KEY (lane, generation)
                """),
            table(
                "checkpoint_block",
                """
                lane \(number), generation \(number), block \(number), bytes \(blob), \
                PRIMARY KEY (lane, generation, block)
                """),
            table(
                "attempt",
                """
                lane \(number), running \(number), unclean \(number), writer \(dialect.text), seq \(dialect.integer), \
                input \(dialect.integer), PRIMARY KEY (lane)
                """),
            table(
                "quarantine",
                """
                lane \(number), writer \(text), seq \(number), input \(number), at \(number), \
                PRIMARY KEY (lane, writer, seq, input)
                """),
        ]
    }
}
