import AnpiModel
import Testing

@testable import AnpiEngine

@Suite struct TaskGraphTests {
    private func choice(_ report: DamageReport, _ tiers: [CopyTier] = CopyTier.allCases.dropLast()) -> RungChoice {
        var harm = Harm(hitChance: 1_000)
        _ = harm.damage.wasReported(report, by: "eng-1", at: RandomSite.morning)
        let copies = tiers.map { StoredCopy(tier: $0, room: "\($0)", heightMeters: 0.5, state: .good) }
        return RungChoice(
            RungSituation(survival: Survival(of: copies, under: harm), damage: harm.damage, fittingLoaners: 1))
    }

    private static let onShelf = DamageReport(server: .lost, mirror: .lost, external: .works, power: true)

    private func kinds(_ graph: TaskGraph) -> [TaskKind] { graph.tasks.map(\.kind) }

    @Test func anExternalCopyAndALoanerMeetAtTheSite() throws {
        let graph = TaskGraph(for: choice(Self.onShelf), .standard, gigabytes: 119)
        #expect(kinds(graph) == [.inspect, .fetchLoaner, .restoreOnLoaner, .claims])
        let fetch = graph.tasks[1]
        #expect(fetch.from == .depot && fetch.place == .site && fetch.needsLoaner && fetch.after.isEmpty)
        let restore = graph.tasks[2]
        #expect(restore.after == [0, 1] && restore.place == .site && !restore.needsLoaner)
        #expect(restore.within == .keyHolder)
        #expect(restore.minutes == 147 && restore.skills == [.hardware, .restore])
        #expect(restore.steps[1].ja == "件数を照合する" && restore.steps[1].text(.en) == "Compare the counts")
    }

    @Test func withoutPowerItIsSetUpAtTheOfficeAndDelivered() {
        var report = Self.onShelf
        report.power = false
        let graph = TaskGraph(for: choice(report), .standard, gigabytes: nil)
        #expect(kinds(graph) == [.inspect, .fetchLoaner, .bringExternal, .restoreOnLoaner, .deliver, .claims])
        #expect(graph.tasks[2].from == .site && graph.tasks[2].place == .office)
        #expect(graph.tasks[3].place == .office && graph.tasks[3].after == [0, 1, 2])
        #expect(graph.tasks[2].within == .keyHolder && graph.tasks[3].within == nil)
        #expect(graph.tasks[4].place == .site && graph.tasks[4].after == [3])
    }

    @Test func theDataCentresCopyIsRestoredAtOnceAndItsDeliveryWaitsForAMachine() {
        let lost = DamageReport(server: .lost, mirror: .lost, external: .lost)
        let graph = TaskGraph(for: choice(lost), .standard, gigabytes: nil)
        #expect(kinds(graph) == [.inspect, .restoreAtOffice, .fetchLoaner, .deliver, .claims])
        #expect(graph.tasks[1].after.isEmpty && !graph.tasks[1].needsLoaner)
        #expect(graph.tasks[2].needsLoaner && graph.tasks[2].from == .depot && graph.tasks[2].place == .office)
        #expect(graph.tasks[3].after == [0, 1, 2] && !graph.tasks[3].needsLoaner)
    }

    @Test func workThatIsDoneIsNotMadeAgainAndNothingWaitsForIt() {
        let graph = TaskGraph(for: choice(Self.onShelf), .standard, gigabytes: 119, done: [.inspect, .fetchLoaner])
        #expect(kinds(graph) == [.restoreOnLoaner, .claims])
        #expect(graph.tasks[0].after.isEmpty && graph.tasks[1].after == [0])
    }

    @Test func whatHadToBeDoneBeforeWorkThatIsDoneIsOverToo() {
        var report = Self.onShelf
        report.power = false
        let graph = TaskGraph(for: choice(report), .standard, gigabytes: nil, done: [.restoreOnLoaner])
        #expect(kinds(graph) == [.deliver, .claims])
        #expect(graph.tasks[0].after.isEmpty)
    }

    @Test func anotherRungKeepsAddsAndCancels() {
        let mirror = TaskGraph(for: choice(DamageReport(server: .lost, mirror: .works)), .standard, gigabytes: 50)
        let external = TaskGraph(for: choice(Self.onShelf), .standard, gigabytes: 50, done: [.inspect])
        let change = external.change(from: kinds(mirror).filter { $0 != .inspect })
        #expect(change.cancel == [.promoteMirror])
        #expect(change.keep == [.init(kind: .claims, index: 2)] && change.add == [0, 1])
        #expect(external.change(from: kinds(external)).add.isEmpty)
    }

    @Test func theCloudMeanwhileIsACallThatNothingWaitsFor() {
        let graph = TaskGraph(for: choice(Self.onShelf, CopyTier.allCases), .standard, gigabytes: 50)
        #expect(kinds(graph).last == .phone && graph.tasks.last?.place == .office)
    }

    @Test func theTimeToRecoverIsTheLongestWayThroughTheGraph() {
        let site = TaskGraph(for: choice(Self.onShelf), .standard, gigabytes: 119)
        // Office → depot → site with the loaner (2 × 30 + 20), then 147 minutes of restoring.
        #expect(site.recoveryMinutes(travelMinutes: 30) == 2 * 30 + 20 + 147)
        let lost = DamageReport(server: .lost, mirror: .lost, external: .lost)
        let office = TaskGraph(for: choice(lost), .standard, gigabytes: 179)
        // 60 minutes and 2.8 a gigabyte at the office, one way out, 90 minutes of installing.
        #expect(office.recoveryMinutes(travelMinutes: 30) == 60 + 502 + 30 + 90)
    }

    @Test func everyGraphIsInOrderAndDoneWorkNeverAppears() {
        for seed in UInt64(1)...1_000 {
            var site = RandomSite(seed: seed)
            let choice = site.choice()
            var done: [TaskKind] = []
            for kind in TaskKind.allCases where site.chance(0.3) { done.append(kind) }
            let graph = TaskGraph(for: choice, .standard, gigabytes: 80, done: done)
            let kinds = kinds(graph)
            #expect(Set(kinds).isDisjoint(with: done) && Set(kinds).count == kinds.count, "seed \(seed)")
            for (index, task) in graph.tasks.enumerated() {
                #expect(task.after.allSatisfy { $0 < index } && task.minutes >= 0, "seed \(seed)")
            }
            if done.isEmpty { #expect(kinds.contains(.inspect) && kinds.contains(.claims), "seed \(seed)") }
            let open = TaskKind.allCases.filter { _ in site.chance(0.3) }
            let change = graph.change(from: open)
            #expect(Set(change.keep.map(\.kind)).union(change.cancel) == Set(open), "seed \(seed)")
            let after = Set(change.keep.map(\.kind)).union(change.add.map { kinds[$0] })
            #expect(after == Set(kinds), "seed \(seed)")
        }
    }
}
