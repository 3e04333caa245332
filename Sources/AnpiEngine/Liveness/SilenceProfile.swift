import AnpiModel

/// Devices that are expected to live alike.
struct DeviceKind: Hashable, Sendable {
    var device: Device
    var rhythm: Rhythm

    static let all = Device.allCases.flatMap { device in
        Rhythm.allCases.map { DeviceKind(device: device, rhythm: $0) }
    }

    /// Of this kind in `all`, and so in checkpoints: the vocabulary is only appended to.
    fileprivate var place: Int {
        let device =
            switch device {
            case .server: 0
            case .mirror: 1
            case .gateway: 2
            }
        return device * 2 + (rhythm == .always ? 0 : 1)
    }

    /// Whether silence in `slot` can say anything of such a device.
    func isOnTrial(in slot: Slot) -> Bool {
        switch rhythm {
        case .always: true
        case .hours: slot == .open
        }
    }
}

/// The fleet's mean of p(silent | healthy) by kind of device and slot: what a new device is taken for.
///
/// Made anew from all rhythms when a slot closes, and kept in the checkpoint, so that a restart in between judges by
/// the same numbers.
struct SilenceProfile: Hashable, Sendable {
    private var means: [Float]

    /// p of a device that nobody expects to be on: as likely silent when well as when hit, so no evidence (BF 1).
    static let saysNothing = 0.97

    /// Device hours after which the fleet's own mean outweighs the one we began with: a year of one device.
    static let pseudoHours = 8_766.0

    /// What declared hours and rhythms alone let expect.
    init() {
        means = DeviceKind.all.flatMap { kind in Slot.allCases.map { Float(Self.meanAtFirst(of: kind, in: $0)) } }
    }

    /// Pools the trials of a fleet, in the order given.
    init(of rhythms: some Sequence<(kind: DeviceKind, rhythm: SilenceRhythm)>) {
        self.init()
        var silent = means.map { Double($0) * Self.pseudoHours }
        var total = Array(repeating: Self.pseudoHours, count: means.count)
        for (kind, rhythm) in rhythms {
            for slot in Slot.allCases where kind.isOnTrial(in: slot) {
                let hours = rhythm.hours(in: slot)
                silent[Self.place(kind, slot)] += hours.silent
                total[Self.place(kind, slot)] += hours.total
            }
        }
        for place in means.indices { means[place] = Float(silent[place] / total[place]) }
    }

    func mean(of kind: DeviceKind, in slot: Slot) -> Double { Double(means[Self.place(kind, slot)]) }

    /// Before anything was learned.
    ///
    /// An `always` device is silent for some 15 hours of an ordinary year (0.002: the 24-hour server of reference
    /// §3.5); where nobody is there to start it again the same failures last longer, the longest over a holiday. The
    /// reference's 0.05 for a server on a holiday is the floor under a hazard (`SilenceFloors`), not ordinary life. An
    /// `hours` device misses half a day a month of its sessions: the clinic stays shut or the PC off.
    private static func meanAtFirst(of kind: DeviceKind, in slot: Slot) -> Double {
        guard kind.isOnTrial(in: slot) else { return saysNothing }
        switch (kind.rhythm, slot) {
        case (.hours, _): return 0.02
        case (.always, .open): return 0.002
        case (.always, .afterHours): return 0.003
        case (.always, .closed): return 0.004
        case (.always, .holiday): return 0.005
        }
    }

    private static func place(_ kind: DeviceKind, _ slot: Slot) -> Int {
        kind.place * Slot.allCases.count + slot.place
    }

    func encode(into writer: inout ByteWriter) {
        writer.put(list: means) { $0.put(unsigned: UInt64($1.bitPattern)) }
    }

    init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init()
        let read = try reader.list { (reader: inout ByteReader) throws(ByteCodingError) in
            guard let bits = UInt32(exactly: try reader.unsigned()) else { throw .malformed }
            return Float(bitPattern: bits)
        }
        guard read.count == means.count, read.allSatisfy({ (0...1).contains($0) }) else { throw .malformed }
        means = read
    }
}
