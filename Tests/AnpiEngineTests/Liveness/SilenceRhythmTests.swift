import AnpiModel
import Testing

@testable import AnpiEngine

@Suite struct SilenceRhythmTests {
    private static let server = DeviceKind(device: .server, rhythm: .always)
    private static let reception = DeviceKind(device: .mirror, rhythm: .hours)

    private static func probability(
        _ rhythm: SilenceRhythm, _ kind: DeviceKind, _ slot: Slot, fleet: SilenceProfile = SilenceProfile(),
        floor: Double = 0
    ) -> Double {
        rhythm.probability(in: slot, fleet: fleet, kind: kind, floor: floor)
    }

    @Test func aNewDeviceIsTakenForAnOrdinaryOneOfItsKind() {
        let new = SilenceRhythm()
        #expect(abs(Self.probability(new, Self.server, .open) - 0.002) < 1e-6)
        #expect(abs(Self.probability(new, Self.server, .holiday) - 0.005) < 1e-6)
        #expect(abs(Self.probability(new, Self.reception, .open) - 0.02) < 1e-6)
    }

    @Test(arguments: [Slot.afterHours, .closed, .holiday])
    func aDeviceOfOpeningHoursSaysNothingOutsideThem(slot: Slot) {
        var rhythm = SilenceRhythm()
        rhythm.passed(hours: 1_000, silent: 0, in: slot)
        #expect(Self.probability(rhythm, Self.reception, slot) == 0.97)
    }

    @Test func silentTimeOverTimeIsLearnedWithEightWeeksOfTheFleetsMean() {
        var rhythm = SilenceRhythm()
        rhythm.passed(hours: 100, silent: 10, in: .open)
        let expected = (10 + 1_344 * 0.002) / (100 + 1_344)
        #expect(abs(Self.probability(rhythm, Self.server, .open) - expected) < 1e-6)
        // Another slot has learned nothing from it.
        #expect(abs(Self.probability(rhythm, Self.server, .closed) - 0.004) < 1e-6)
    }

    @Test func floorsHoldFromBelowAndNoEvidenceFromAbove() {
        let floors = SilenceFloors()
        #expect(floors.floor(underHazard: false) == 0.002)
        #expect(floors.floor(underHazard: true) == 0.05)
        #expect(floors.area == 0.0005)
        var quiet = SilenceRhythm()
        for _ in 0..<500 { quiet.passed(hours: 24, silent: 0, in: .open) }
        #expect(Self.probability(quiet, Self.server, .open, floor: floors.area) == 0.0005)
        #expect(Self.probability(quiet, Self.server, .open, floor: 0.05) == 0.05)
        var dead = SilenceRhythm()
        for _ in 0..<5_000 { dead.passed(hours: 24, silent: 99, in: .open) }
        #expect(Self.probability(dead, Self.server, .open, floor: 0.002) <= 0.97)
    }

    @Test func memoryIsBoundedAndForgets() {
        var rhythm = SilenceRhythm()
        for _ in 0..<10_000 { rhythm.passed(hours: 10, silent: 1, in: .open) }
        #expect(abs(rhythm.hours(in: .open).total - (SilenceRhythm.memoryHours + 10)) < 1)
        #expect(abs(rhythm.hours(in: .open).silent / rhythm.hours(in: .open).total - 0.1) < 1e-4)
        // After as much quiet time as is remembered, 1/e of the silence is left.
        for _ in 0..<437 { rhythm.passed(hours: 10, silent: 0, in: .open) }
        #expect(abs(rhythm.hours(in: .open).silent / rhythm.hours(in: .open).total - 0.0368) < 0.0005)
        #expect(MemoryLayout<SilenceRhythm>.stride <= 40)
    }

    @Test func theFleetsMeanIsThatOfItsDevices() {
        var worse = SilenceRhythm()
        worse.passed(hours: 4_000, silent: 40, in: .open)
        let devices = Array(repeating: (kind: Self.server, rhythm: worse), count: 1_000)
        let fleet = SilenceProfile(of: devices)
        #expect(abs(fleet.mean(of: Self.server, in: .open) - 0.01) < 0.0001)
        // The first guess still holds for what nobody was tried in, and for other kinds.
        #expect(abs(fleet.mean(of: Self.server, in: .holiday) - 0.005) < 1e-6)
        #expect(abs(fleet.mean(of: Self.reception, in: .open) - 0.02) < 1e-6)
        #expect(abs(Self.probability(SilenceRhythm(), Self.server, .open, fleet: fleet) - 0.01) < 0.0001)
    }

    @Test func aFewDevicesMoveTheFleetsMeanOnlyALittle() {
        var worse = SilenceRhythm()
        worse.passed(hours: 100, silent: 100, in: .open)
        let fleet = SilenceProfile(of: [(Self.server, worse)])
        #expect(fleet.mean(of: Self.server, in: .open) < 0.014)
    }

    @Test func whatIsLearnedSurvivesACheckpoint() throws {
        var rhythm = SilenceRhythm()
        rhythm.passed(hours: 8.5, silent: 0.25, in: .open)
        rhythm.passed(hours: 24, silent: 3, in: .holiday)
        let fleet = SilenceProfile(of: [(Self.server, rhythm)])
        var writer = ByteWriter()
        rhythm.encode(into: &writer)
        fleet.encode(into: &writer)
        var reader = ByteReader(writer.bytes)
        #expect(try SilenceRhythm(from: &reader) == rhythm)
        #expect(try SilenceProfile(from: &reader) == fleet)
        #expect(reader.isAtEnd)
    }

    @Test func damagedBytesAreRefused() {
        var writer = ByteWriter()
        for _ in 0..<8 { writer.put(unsigned: UInt64(Float.nan.bitPattern)) }
        #expect(throws: ByteCodingError.malformed) {
            var reader = ByteReader(writer.bytes)
            _ = try SilenceRhythm(from: &reader)
        }
        #expect(throws: ByteCodingError.malformed) {
            var reader = ByteReader([1, 0])
            _ = try SilenceProfile(from: &reader)
        }
    }
}
