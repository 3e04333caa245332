import AnpiModel
import Testing

@testable import AnpiEngine

@Suite struct DamageTests {
    private static let morning = Timestamp(rfc3339: "2022-09-24T07:44:00.000+09:00")!

    @Test func aLaterAnswerReplacesOnlyTheFieldsItNames() {
        var damage = Damage()
        #expect(damage.isEmpty)
        let phone = DamageReport(server: .lost, external: .works, power: true, by: "杉山 看護師長", at: Self.morning)
        _ = damage.wasReported(phone, by: "山田", at: Self.morning)
        let survey = DamageReport(server: .lost, mirror: .lost, network: false, depthMeters: 0.6)
        _ = damage.wasReported(survey, by: "eng-7", at: Self.morning + .seconds(3_600))
        #expect(damage.server?.by == "eng-7" && damage.external?.by == "杉山 看護師長")
        #expect(damage.power?.value == true && damage.network?.value == false && damage.depthMeters?.value == 0.6)
        #expect(damage.answer(about: .mirror)?.value == .lost && damage.answer(about: .offsite) == nil)
    }

    @Test func anAnswerThatComesLateNeverReplacesAYoungerOne() {
        var damage = Damage()
        _ = damage.wasReported(DamageReport(server: .lost, at: Self.morning), by: "a", at: Self.morning)
        let older = DamageReport(server: .works, mirror: .works, at: Self.morning - .seconds(600))
        let isNews = damage.wasReported(older, by: "b", at: Self.morning + .seconds(60))
        #expect(isNews && damage.server?.value == .lost && damage.mirror?.value == .works)
    }

    @Test func aReportFromTheFutureCountsAsOfItsReceipt() {
        var damage = Damage()
        _ = damage.wasReported(
            DamageReport(server: .lost, at: Self.morning + .seconds(86_400)), by: "a", at: Self.morning)
        #expect(damage.server?.at == Self.morning)
        _ = damage.wasReported(DamageReport(server: .works), by: "b", at: Self.morning + .seconds(60))
        #expect(damage.server?.value == .works)
    }

    @Test func theSameAnswerOnceMoreIsNoNews() {
        var damage = Damage()
        let first = damage.wasReported(DamageReport(building: .damaged), by: "a", at: Self.morning)
        let second = damage.wasReported(DamageReport(building: .damaged), by: "b", at: Self.morning + .seconds(60))
        #expect(first && !second && damage.building?.by == "b")
    }

    @Test(arguments: [
        (DamageReport(server: .works, building: .sound, power: false), false), (DamageReport(depthMeters: 0), false),
        (DamageReport(peripherals: .lost), true), (DamageReport(mirror: .wet), true),
        (DamageReport(building: .noEntry), true), (DamageReport(depthMeters: 0.1), true),
        (DamageReport(server: .unknown, building: .unknown), false),
    ])
    func harmIsWhatSomebodySaw(_ report: DamageReport, _ tells: Bool) {
        var damage = Damage()
        _ = damage.wasReported(report, by: "a", at: Self.morning)
        #expect(damage.tellsHarm == tells)
        #expect(damage.answer(about: .primary)?.value != .unknown)
    }

    @Test func itComesBackFromACheckpointAsItWas() throws {
        var damage = Damage()
        _ = damage.wasReported(
            DamageReport(
                server: .wet, mirror: .unknown, external: .lost, peripherals: .works, building: .noEntry, power: false,
                network: true, depthMeters: 0.25, roadOpen: false, keyHolder: "院長 佐藤"), by: "a", at: Self.morning)
        for damage in [Damage(), damage] {
            var writer = ByteWriter()
            damage.write(to: &writer)
            var reader = ByteReader(writer.bytes)
            #expect(try Damage(&reader) == damage && reader.isAtEnd)
        }
        #expect(
            damage.json.text.hasPrefix(
                #"{"server":{"value":"wet","by":"a","at":"2022-09-24T07:44:00.000+09:00"},"mirror""#))
    }
}
