import AnpiModel
import Testing

@testable import AnpiCollector

@Suite struct RateTableTests {
    private let start = Timestamp(milliseconds: 1_663_970_400_000)

    @Test func aBurstIsFreeAndThenItComesBackOneByOne() {
        var table = RateTable<String>(.init(burst: 5, refillMilliseconds: 100), places: 64)
        for _ in 0..<5 { #expect(table.take("a", at: start) == nil) }
        #expect(table.take("a", at: start) == .milliseconds(100))
        #expect(table.take("a", at: start + .milliseconds(99)) == .milliseconds(1))
        #expect(table.take("a", at: start + .milliseconds(100)) == nil)
        #expect(table.take("a", at: start + .milliseconds(100)) == .milliseconds(100))
    }

    @Test func aRefusalCostsNothing() {
        var table = RateTable<String>(.init(burst: 1, refillMilliseconds: 1_000), places: 64)
        #expect(table.take("a", at: start) == nil)
        for _ in 0..<1_000 { #expect(table.take("a", at: start) != nil) }
        #expect(table.take("a", at: start + .seconds(1)) == nil)
    }

    @Test func onesDebtIsNotTheOthers() {
        var table = RateTable<Int>(.init(burst: 1, refillMilliseconds: 1_000), places: 1_024)
        var allowed = 0
        for caller in 0..<100 where table.take(caller, at: start) == nil { allowed += 1 }
        #expect(allowed == 100)
    }

    @Test func moreCallersThanPlacesAreForgottenNeverShutOut() {
        // Each of 10,000 comes once, far too many for the table: nobody may be refused for what another did.
        var table = RateTable<Int>(.init(burst: 1, refillMilliseconds: 60_000), places: 16)
        for caller in 0..<10_000 { #expect(table.take(caller, at: start) == nil) }
    }

    @Test func whoOwesMostIsRememberedLongest() {
        var table = RateTable<Int>(.init(burst: 1_000, refillMilliseconds: 1_000), places: 2)
        for _ in 0..<1_000 { #expect(table.take(0, at: start) == nil) }
        for caller in 1..<100 { #expect(table.take(caller, at: start) == nil) }
        #expect(table.take(0, at: start) != nil, "the others have pushed each other out, not the one that owes")
    }

    /// CONTRACTS §1, DESIGN §5: what an agent in order sends never meets the limit.
    @Test(arguments: [
        (interval: 1, hours: 12, beatsPerRequest: 100), (interval: 60, hours: 12, beatsPerRequest: 1),
        (interval: 60, hours: 72, beatsPerRequest: 10),
    ])
    func anAgentThatRejoinsWithItsBacklogIsNeverRefused(interval: Int, hours: Int, beatsPerRequest: Int) {
        var table = RateTable<String>(
            .init(burst: Admission.agentRate.burst, refillMilliseconds: Admission.agentRate.refillMilliseconds),
            places: 64)
        let requests = hours * 3_600 / interval / beatsPerRequest
        // As fast as it is answered on a good line, 20 ms each.
        for request in 0..<requests {
            #expect(table.take("shz-0041-server", at: start + .milliseconds(20 * request)) == nil)
        }
    }

    @Test func anAgentHasOneLimitHoweverManyLoopsItsConnectionsAreOn() async {
        let rates = SharedRates<AgentID>(.init(burst: 600, refillMilliseconds: 100), places: 32_768)
        let start = start
        let allowed = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<500).count { _ in rates.take(AgentID(trusted: "shz-0041-server"), at: start) == nil }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(allowed == 600)
    }

    @Test func allPartsOfASharedTableAreUsed() {
        let rates = SharedRates<Int>(.init(burst: 1, refillMilliseconds: 60_000), places: 4_096)
        for caller in 0..<1_000 { #expect(rates.take(caller, at: start) == nil) }
        let remembered = (0..<1_000).count { rates.take($0, at: start) != nil }
        #expect(remembered > 900, "\(remembered)")
    }

    @Test func tenThousandBehindOneAddressMayAllOpenAConnectionAtOnce() {
        var table = RateTable<NetworkPlace>(AgentDoor.openings, places: 64)
        let carrier = NetworkPlace("203.0.113.7")
        for _ in 0..<10_000 { #expect(table.take(carrier, at: start) == nil) }
    }
}
