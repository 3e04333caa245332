import AnpiDigest
import AnpiModel
import AnpiStore
import Testing

@Suite struct JournalTests {
    @Test(arguments: StoreFactory.all)
    func anUntouchedJournalVerifies(_ factory: StoreFactory) throws {
        try factory.run { store in
            try fill(store, steps: 3)
            let journal = Journal(store.database)
            let verdict = try journal.verify()
            #expect(verdict.isIntact)
            #expect(verdict.entries == 6)
            #expect(verdict.erased == 0)
            #expect(verdict.head == (try journal.head().hash))
            #expect(
                try journal.verify("door-none")
                    == JournalVerdict(
                        entries: 0, erased: 0, head: [UInt8](repeating: 0, count: 32), firstBad: nil))
        }
    }

    @Test(arguments: StoreFactory.all)
    func aHashCanBeRecomputedFromTheStoredBytes(_ factory: StoreFactory) throws {
        try factory.run { store in
            try fill(store, steps: 1)
            let rows = try store.database.read { reader in
                try reader.all("SELECT head, body, salt, hash FROM journal WHERE chain = 'main' ORDER BY seq") {
                    (try $0.text(0), try $0.text(1), try $0.blob(2), try $0.blob(3))
                }
            }
            #expect(rows[0].0 == #"{"at":"2022-09-24T06:00:00.001+09:00","kind":"site.contact","site":"shz-0041"}"#)
            var previous = [UInt8](repeating: 0, count: 32)
            for (index, (head, body, salt, hash)) in rows.enumerated() {
                let digest = SHA256.hash(salt + Array(body.utf8))
                let seq = [UInt8](repeating: 0, count: 7) + [UInt8(index + 1)]
                let expected = SHA256.hash(previous + Array("main".utf8) + seq + Array(head.utf8) + digest)
                #expect(hash == expected)
                previous = hash
            }
        }
    }

    @Test(
        arguments: StoreFactory.all,
        [
            ("UPDATE journal SET head = REPLACE(head, 'shz-0041', 'shz-0042') WHERE seq = 3", 3),
            ("UPDATE journal SET body = REPLACE(body, 'silent', 'silenT') WHERE seq = 3", 3),
            ("UPDATE journal SET salt = body_digest WHERE seq = 3", 3),
            ("UPDATE journal SET body_digest = hash WHERE seq = 3", 3),
            ("UPDATE journal SET hash = body_digest WHERE seq = 3", 3),
            ("UPDATE journal SET kind = 'site.assessed' WHERE seq = 3", 3),
            ("UPDATE journal SET at = at + 1 WHERE seq = 3", 3),
            ("UPDATE journal SET actor = 'eng-4' WHERE seq = 4", 4),
            ("UPDATE journal SET actor = NULL WHERE seq = 4", 4),
            ("UPDATE journal SET actor = 'eng-3' WHERE seq = 3", 3),
            ("UPDATE journal SET body = NULL, salt = NULL WHERE seq = 4", 4),
            ("UPDATE journal SET body = NULL WHERE seq = 3", 3),
            ("DELETE FROM journal WHERE seq = 3", 3),
            ("DELETE FROM journal WHERE seq = 1", 1),
            ("DELETE FROM journal WHERE seq = 6", 6),
            ("DELETE FROM journal", 1),
            ("UPDATE journal_chain SET seq = 5 WHERE chain = 'main'", 5),
            ("UPDATE journal_chain SET seq = 7 WHERE chain = 'main'", 7),
        ])
    func aChangedOrMissingLineIsNoticed(_ factory: StoreFactory, _ damage: (String, Int64)) throws {
        try factory.run { store in
            try fill(store, steps: 3)
            try store.database.transaction { try $0.execute(damage.0, []) }
            #expect(try Journal(store.database).verify().firstBad == damage.1)
        }
    }

    @Test(arguments: StoreFactory.all)
    func eachFlippedByteOfALineIsNoticed(_ factory: StoreFactory) throws {
        try factory.run { store in
            try fill(store, steps: 2)
            let journal = Journal(store.database)
            for column in ["salt", "body_digest", "hash"] {
                let bytes = try store.database.read { reader in
                    try reader.first("SELECT \(column) FROM journal WHERE seq = 2") { try $0.blob(0) } ?? []
                }
                for index in bytes.indices {
                    var flipped = bytes
                    flipped[index] ^= 1
                    try put(flipped, column, store)
                    #expect(try journal.verify().firstBad == 2)
                }
                try put(bytes, column, store)
                #expect(try journal.verify().isIntact)
            }
        }
    }

    @Test(arguments: StoreFactory.all)
    func anErasedBodyStillVerifiesAndIsCounted(_ factory: StoreFactory) throws {
        try factory.run { store in
            try fill(store, steps: 3)
            let journal = Journal(store.database)
            #expect(try journal.erase(4))
            #expect(try !journal.erase(99))
            let verdict = try journal.verify()
            #expect(verdict.isIntact)
            #expect(verdict.erased == 1)
            #expect(try journal.read(after: 3, limit: 1).first?.body == nil)
            #expect(
                try store.database.read { reader in
                    try reader.first("SELECT salt FROM journal WHERE seq = 4") { $0.isNull(0) }
                } == true)
        }
    }

    @Test(arguments: StoreFactory.all)
    func whoDidItStandsInTheBodyAloneAndGoesWithIt(_ factory: StoreFactory) throws {
        try factory.run { store in
            let journal = Journal(store.database)
            let name = "鈴木 \"一郎\""
            let drafts = ["{}", #"{"n":1}"#].map {
                JournalDraft(at: .at(1), kind: "door.signedIn", site: "shz-0041", actor: name, body: $0)
            }
            try journal.append(door: "w1", drafts)
            let lines = try journal.read("door-w1")
            #expect(lines.map(\.actor) == [name, name])
            #expect(lines.map(\.body) == [#"{"actor":"鈴木 \"一郎\""}"#, #"{"actor":"鈴木 \"一郎\"","n":1}"#])
            #expect(try Self.text(of: "door-w1", store).contains { $0.contains("鈴木") })
            for seq in Int64(1)...2 { #expect(try journal.erase(seq, in: "door-w1")) }
            #expect(try !Self.text(of: "door-w1", store).contains { $0.contains("鈴木") })
            let verdict = try journal.verify("door-w1")
            #expect(verdict.isIntact && verdict.erased == 2)
        }
    }

    /// Everything that the rows of a chain hold.
    private static func text(of chain: String, _ store: TestStore) throws -> [String] {
        try store.database.read { reader in
            try reader.all(
                """
                SELECT kind || COALESCE(site, '') || COALESCE(incident, '') || COALESCE(task, '') || \
                COALESCE(actor, '') || head || COALESCE(body, '') FROM journal WHERE chain = ?
                """, [.text(chain)]
            ) { try $0.text(0) }
        }
    }

    @Test(arguments: StoreFactory.all)
    func chainsOfTheDoorsStandBesideTheMainOne(_ factory: StoreFactory) throws {
        try factory.run { store in
            let journal = Journal(store.database)
            try fill(store, steps: 1)
            let signIn = JournalDraft(at: .at(1), kind: "access.signIn", actor: "t1", body: "{}")
            #expect(try journal.append(door: "w1", [signIn, signIn]) == 1..<3)
            #expect(try journal.append(door: "w1", [signIn]) == 3..<4)
            #expect(try journal.append(door: "w2", [signIn]) == 1..<2)
            #expect(try journal.heads().map { "\($0.chain) \($0.seq)" } == ["door-w1 3", "door-w2 1", "main 2"])
            #expect(try Journal.verifyAll(store.database).map(\.verdict.entries) == [3, 1, 2])
            // The same line in another chain has another hash.
            let hashes = try ["door-w1", "door-w2"].map { try journal.read($0, limit: 1).first?.hash }
            #expect(hashes[0] != hashes[1])
        }
    }

    @Test(arguments: StoreFactory.all)
    func linesAreFilteredAndReadBothWays(_ factory: StoreFactory) throws {
        try factory.run { store in
            try fill(store, steps: 3)
            let journal = Journal(store.database)
            #expect(try journal.read(after: 2, limit: 3).map(\.seq) == [3, 4, 5])
            #expect(try journal.readBackwards(before: 6, limit: 2).map(\.seq) == [5, 4])
            #expect(try journal.read(filter: .init(incident: "I-7")).map(\.seq) == [2, 4, 6])
            #expect(try journal.read(filter: .init(site: "shz-0041", task: "T-1", kinds: ["site.contact"])).isEmpty)
            #expect(try journal.readBackwards(filter: .init(kinds: ["site.contact", "x"])).map(\.seq) == [5, 3, 1])
            let tooMany = Journal.Filter(kinds: Array(repeating: "k", count: 33))
            #expect(store.code { _ = try journal.read(filter: tooMany) } == .misuse)
        }
    }

    private func fill(_ store: TestStore, steps: Int64) throws {
        for number in 1...steps {
            try _ = Decided(store.database, random: .fixed).commit(.full(after: (number - 1) * 2, number: number))
        }
    }

    private func put(_ bytes: [UInt8], _ column: String, _ store: TestStore) throws {
        try store.database.transaction {
            try $0.execute("UPDATE journal SET \(column) = ? WHERE seq = 2", [.blob(bytes)])
        }
    }
}
