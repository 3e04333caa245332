import AnpiModel

/// How much of its time one device was silent while its site was well, by slot of the calendar: the trial behind
/// p(silent | healthy, slot) (DESIGN §6.3, inference 9).
///
/// Sums of hours that fade, so that 32 bytes an agent are the whole memory. An `always` device is on trial in every
/// slot; an `hours` device only in `open`, which for it lasts from 15 minutes after the day's first opening to the last
/// closing, lunch included. The caller takes only slots that are seven days old and overlap no blind time, incident,
/// hazard of level 3 and above or finding (ENGINE §5).
struct SilenceRhythm: Hashable, Sendable {
    private var open = Trial()
    private var afterHours = Trial()
    private var closed = Trial()
    private var holiday = Trial()

    /// Remembered hours of one slot.
    private struct Trial: Hashable {
        var silent: Float = 0
        var total: Float = 0
    }

    private subscript(slot: Slot) -> Trial {
        get {
            switch slot {
            case .open: open
            case .afterHours: afterHours
            case .closed: closed
            case .holiday: holiday
            }
        }
        set {
            switch slot {
            case .open: open = newValue
            case .afterHours: afterHours = newValue
            case .closed: closed = newValue
            case .holiday: holiday = newValue
            }
        }
    }

    /// Half a year of a slot's own time is remembered: rare slots (holidays) keep theirs for longer.
    static let memoryHours = 26 * 168.0
    /// A device is taken for an ordinary one of its kind until it has been on trial for about this long.
    static let pseudoHours = 8 * 168.0

    init() {}

    /// The device was on trial for `hours` of `slot`, and silent for `silent` of them.
    ///
    /// What was before fades by M / (M + hours), which is exact on every machine, unlike an exponential.
    mutating func passed(hours: Double, silent: Double, in slot: Slot) {
        guard hours > 0 else { return }
        let kept = Self.memoryHours / (Self.memoryHours + hours)
        self[slot].silent = Float(Double(self[slot].silent) * kept + min(max(silent, 0), hours))
        self[slot].total = Float(Double(self[slot].total) * kept + hours)
    }

    /// p(silent | healthy) in `slot`, with the fleet's mean for as long as little is known; `floor`…0.97.
    func probability(in slot: Slot, fleet: SilenceProfile, kind: DeviceKind, floor: Double) -> Double {
        guard kind.isOnTrial(in: slot) else { return SilenceProfile.saysNothing }
        let (silent, total) = hours(in: slot)
        let mean = (silent + Self.pseudoHours * fleet.mean(of: kind, in: slot)) / (total + Self.pseudoHours)
        return min(max(mean, floor), SilenceProfile.saysNothing)
    }

    /// Remembered hours of silence and of trial.
    func hours(in slot: Slot) -> (silent: Double, total: Double) {
        (Double(self[slot].silent), Double(self[slot].total))
    }

    func encode(into writer: inout ByteWriter) {
        for slot in Slot.byPlace {
            writer.put(unsigned: UInt64(self[slot].silent.bitPattern))
            writer.put(unsigned: UInt64(self[slot].total.bitPattern))
        }
    }

    init(from reader: inout ByteReader) throws(ByteCodingError) {
        for slot in Slot.byPlace {
            self[slot] = Trial(silent: try Self.hours(from: &reader), total: try Self.hours(from: &reader))
            guard self[slot].silent <= self[slot].total else { throw .malformed }
        }
    }

    private static func hours(from reader: inout ByteReader) throws(ByteCodingError) -> Float {
        guard let bits = UInt32(exactly: try reader.unsigned()) else { throw .malformed }
        let hours = Float(bitPattern: bits)
        guard hours.isFinite, hours >= 0 else { throw .malformed }
        return hours
    }
}

/// Least values of p (inference 2): what was learned never makes one silence prove everything.
struct SilenceFloors: Hashable, Sendable {
    /// In the posterior of a site.
    var posterior = 0.002
    /// In the posterior wherever a hazard's prior exceeds the base rate: in a storm ordinary devices fail more often.
    var posteriorUnderHazard = 0.05
    /// In the tests of areas, which count ordinary failures on purpose.
    var area = 0.0005

    /// The same for a silence that is a day old and older, after which ordinary ones are over even in a storm.
    var posteriorUnderHazardAtLast = 0.007

    /// - Parameters:
    ///   - age: of the silence of a device that is always on. A clinic that stays shut is shut all day: there it says
    ///     nothing and is left out.
    ///   - isShaken: the hazard is a quake, after which lines and power stay away for longer.
    func floor(underHazard: Bool, age: Duration = .zero, isShaken: Bool = false) -> Double {
        guard underHazard else { return posterior }
        let half = isShaken ? Self.halfOverAfterShaking : Self.halfOver
        return max(posteriorUnderHazardAtLast, posteriorUnderHazard * Self.shareLasting(age, halfOver: half))
    }

    /// Of the silences of healthy sites in a storm, those that last for so long, by steps.
    private static func shareLasting(_ age: Duration, halfOver: Duration) -> Double {
        guard let step = steps.last(where: { $0 <= age }) else { return 1 }
        let folds = step / halfOver
        return 1 / (1 + folds * folds)
    }

    /// When half of them are over.
    private static let halfOver = Duration.seconds(5 * 3_600)
    private static let halfOverAfterShaking = Duration.seconds(30 * 3_600)
    /// The ages at which a silence under a hazard is judged anew.
    static let steps: [Duration] = [3, 6, 9, 12, 18, 24, 36, 48].map { .seconds($0 * 3_600) }
}

extension Slot {
    /// In the order of `place`.
    static let byPlace: [Slot] = [.open, .afterHours, .closed, .holiday]

    /// Of this slot in arrays by slot and in checkpoints: never reordered.
    var place: Int {
        switch self {
        case .open: 0
        case .afterHours: 1
        case .closed: 2
        case .holiday: 3
        }
    }
}
