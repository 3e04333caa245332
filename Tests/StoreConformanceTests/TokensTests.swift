import AnpiModel
import AnpiStore
import Testing

@Suite struct TokensTests {
    @Test(arguments: StoreFactory.all)
    func tokensAndPingsAreReadBackAndTheirRevisionRises(_ factory: StoreFactory) throws {
        try factory.run { store in
            let tokens = Tokens(store.database)
            #expect(try tokens.all() == AccessSet(revision: 0, tokens: [], pings: []))
            let token = TokenRow(
                id: "t1", kind: "user", role: .engineer, subject: "eng-3", scope: "shizuoka hamamatsu",
                label: "the phone", createdAt: .at(0), expiresAt: .at(9), digest: [1, 2, 3])
            let ping = PingRow(id: "p1", site: "shz-0041", tier: .offsite, createdAt: .at(0), digest: [4])
            try tokens.add([token], pings: [ping])
            #expect(try tokens.all() == AccessSet(revision: 1, tokens: [token], pings: [ping]))
            #expect(try tokens.revision() == 1)
        }
    }

    @Test(arguments: StoreFactory.all)
    func aRevocationIsSeenByOthersThroughTheRevision(_ factory: StoreFactory) throws {
        try factory.run { store in
            let tokens = Tokens(store.database)
            let beside = Tokens(try store.second())
            try tokens.add(
                [TokenRow(id: "t1", kind: "user", role: .viewer, createdAt: .at(0), digest: [1])],
                pings: [PingRow(id: "p1", site: "s", tier: .cloud, createdAt: .at(0), digest: [2])])
            #expect(try beside.revision() == 1)
            #expect(try tokens.revoke("t1", at: .at(5)))
            #expect(try tokens.revoke("p1", at: .at(6)))
            #expect(try tokens.revoke("t1", at: .at(7)) == false)
            #expect(try tokens.revoke("none", at: .at(7)) == false)
            #expect(try beside.revision() == 3)
            #expect(try beside.all().tokens.map(\.revokedAt) == [.at(5)])
            #expect(try beside.all().pings.map(\.revokedAt) == [.at(6)])
        }
    }

    @Test(arguments: StoreFactory.all)
    func anIdIsNeverGivenTwice(_ factory: StoreFactory) throws {
        try factory.run { store in
            let tokens = Tokens(store.database)
            let row = TokenRow(id: "t1", kind: "user", role: .viewer, createdAt: .at(0), digest: [1])
            var other = row
            other.id = "t2"
            try tokens.add([row])
            #expect(store.code { try tokens.add([other, row]) } == .constraint)
            #expect(try tokens.all().tokens == [row])
        }
    }
}
