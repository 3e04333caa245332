import AnpiModel

/// What is known of a site's damage: every answer with who gave it and when, the newest of each question.
///
/// People phone in with the one thing they saw, and an engineer tells the rest an hour later: a later answer replaces
/// only the fields that it names, and an answer that comes late never replaces a younger one.
struct Damage: Hashable, Sendable {
    private(set) var server: Answer<DamageReport.Component>?
    private(set) var mirror: Answer<DamageReport.Component>?
    private(set) var external: Answer<DamageReport.Component>?
    private(set) var peripherals: Answer<DamageReport.Component>?
    private(set) var building: Answer<DamageReport.Building>?
    private(set) var power: Answer<Bool>?
    private(set) var network: Answer<Bool>?
    /// Of the water, above the ground outside.
    private(set) var depthMeters: Answer<Double>?
    private(set) var roadOpen: Answer<Bool>?
    private(set) var keyHolder: Answer<String>?

    /// One answer.
    struct Answer<Value: Hashable & Sendable>: Hashable, Sendable {
        var value: Value
        /// Who said so.
        var by: String
        /// When they said or saw it.
        var at: Timestamp
    }

    init() {}

    /// Nothing was ever said.
    var isEmpty: Bool { self == Damage() }

    /// Somebody told of damage; true where a value is another than before.
    ///
    /// - Parameters:
    ///   - author: who sent the report, where it does not name who said so.
    ///   - receivedAt: when it came; a report that claims to be younger counts as of then.
    mutating func wasReported(_ report: DamageReport, by author: String, at receivedAt: Timestamp) -> Bool {
        let by = report.by ?? author
        let at = min(report.at ?? receivedAt, receivedAt)
        var isNews = false
        func replace<Value>(_ known: inout Answer<Value>?, with value: Value?) {
            guard let value else { return }
            if let known, known.at > at { return }
            if known?.value != value { isNews = true }
            known = Answer(value: value, by: by, at: at)
        }
        replace(&server, with: report.server)
        replace(&mirror, with: report.mirror)
        replace(&external, with: report.external)
        replace(&peripherals, with: report.peripherals)
        replace(&building, with: report.building)
        replace(&power, with: report.power)
        replace(&network, with: report.network)
        replace(&depthMeters, with: report.depthMeters)
        replace(&roadOpen, with: report.roadOpen)
        replace(&keyHolder, with: report.keyHolder)
        return isNews
    }

    /// What was said of the device or medium that holds the copy of `tier`; nil where nobody knows.
    func answer(about tier: CopyTier) -> Answer<DamageReport.Component>? {
        let answer: Answer<DamageReport.Component>? =
            switch tier {
            case .primary: server
            case .mirror: mirror
            case .external: external
            case .offsite, .cloud: nil
            }
        return answer?.value == .unknown ? nil : answer
    }

    /// Somebody saw harm: water that was measured, a device or the building that is not as it was.
    var tellsHarm: Bool {
        let components = [server, mirror, external, peripherals].contains {
            $0?.value == .wet || $0?.value == .lost
        }
        let isHarmedBuilding = building?.value == .damaged || building?.value == .noEntry
        return components || isHarmedBuilding || (depthMeters?.value ?? 0) > 0
    }

    /// What is known as JSON, keys in the order of the report: each with its value, who and when.
    var json: JSON {
        var members: [JSON.Member] = []
        func add<Value>(_ key: String, _ answer: Answer<Value>?, _ value: (Value) -> JSON) {
            guard let answer else { return }
            members.append(
                .init(
                    key,
                    .object([
                        .init("value", value(answer.value)), .init("by", .string(answer.by)),
                        .init("at", .time(answer.at)),
                    ])))
        }
        add("server", server) { .word($0) }
        add("mirror", mirror) { .word($0) }
        add("external", external) { .word($0) }
        add("peripherals", peripherals) { .word($0) }
        add("building", building) { .word($0) }
        add("power", power) { .bool($0) }
        add("network", network) { .bool($0) }
        add("depthMeters", depthMeters) { .decimal($0, digits: 2) }
        add("roadOpen", roadOpen) { .bool($0) }
        add("keyHolder", keyHolder) { .string($0) }
        return .object(members)
    }
}

extension Damage {
    /// Writes it for a checkpoint.
    func write(to writer: inout ByteWriter) {
        func put<Value>(_ answer: Answer<Value>?, _ write: (inout ByteWriter, Value) -> Void) {
            writer.put(answer) { writer, answer in
                write(&writer, answer.value)
                writer.put(answer.by)
                writer.put(answer.at)
            }
        }
        for component in [server, mirror, external, peripherals] { put(component) { $0.put($1.rawValue) } }
        put(building) { $0.put($1.rawValue) }
        put(power) { $0.put($1) }
        put(network) { $0.put($1) }
        put(depthMeters) { $0.put($1) }
        put(roadOpen) { $0.put($1) }
        put(keyHolder) { $0.put($1) }
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        func answer<Value>(
            _ reader: inout ByteReader, _ read: (inout ByteReader) throws(ByteCodingError) -> Value
        ) throws(ByteCodingError) -> Answer<Value>? {
            guard try reader.bool() else { return nil }
            return Answer(value: try read(&reader), by: try reader.string(), at: try reader.timestamp())
        }
        server = try answer(&reader) { reader throws(ByteCodingError) in try reader.word() }
        mirror = try answer(&reader) { reader throws(ByteCodingError) in try reader.word() }
        external = try answer(&reader) { reader throws(ByteCodingError) in try reader.word() }
        peripherals = try answer(&reader) { reader throws(ByteCodingError) in try reader.word() }
        building = try answer(&reader) { reader throws(ByteCodingError) in try reader.word() }
        power = try answer(&reader) { reader throws(ByteCodingError) in try reader.bool() }
        network = try answer(&reader) { reader throws(ByteCodingError) in try reader.bool() }
        depthMeters = try answer(&reader) { reader throws(ByteCodingError) in try reader.double() }
        roadOpen = try answer(&reader) { reader throws(ByteCodingError) in try reader.bool() }
        keyHolder = try answer(&reader) { reader throws(ByteCodingError) in try reader.string() }
    }
}
