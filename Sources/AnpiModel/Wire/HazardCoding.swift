// The place of a word in these lists is what logs and checkpoints hold: append, never reorder.
private let formats: [HazardMessage.Format] = [.cap, .jma]
private let statuses: [HazardMessage.Status] = [.actual, .exercise, .test]
private let actions: [HazardMessage.Action] = [.replace, .add, .cancel, .note]
private let phenomena: [HazardArea.Phenomenon] = [.flood, .landslide, .surge, .tsunami, .quake, .wind, .snow, .other]
private let intensities: [HazardArea.Intensity] = [
    .one, .two, .three, .four, .fiveLower, .fiveUpper, .sixLower, .sixUpper, .seven,
]

extension ByteWriter {
    /// A parsed message as log rows and checkpoints hold it.
    package mutating func put(_ message: HazardMessage) {
        put(message.format, in: formats)
        put(message.telegram)
        put(message.identifier)
        put(message.series)
        put(message.status, in: statuses)
        put(message.action, in: actions)
        put(list: message.references) { $0.put($1) }
        put(message.reportedAt)
        put(message.serial)
        put(message.headline)
        put(message.originAt) { $0.put($1) }
        put(list: message.areas) { $0.put($1) }
    }

    private mutating func put(_ area: HazardArea) {
        put(area.phenomenon, in: phenomena)
        put(area.code)
        put(area.name)
        put(area.level) { $0.put($1) }
        put(area.intensity) { $0.put($1, in: intensities) }
        put(area.areaName)
        put(list: area.places) { $0.put($1) }
        put(area.from)
        put(area.until) { $0.put($1) }
    }

    private mutating func put(_ place: HazardArea.Place) {
        switch place {
        case .municipality(let code):
            put(byte: 0)
            put(code)
        case .weather(let code):
            put(byte: 1)
            put(code)
        case .seismic(let code):
            put(byte: 2)
            put(code)
        case .prefecture(let code):
            put(byte: 3)
            put(code)
        case .named(let name, let prefecture):
            put(byte: 4)
            put(name)
            put(prefecture)
        case .polygon(let ring):
            put(byte: 5)
            put(list: ring) { $0.put($1) }
        case .circle(let centre, let radius):
            put(byte: 6)
            put(centre)
            put(radius)
        }
    }

    private mutating func put(_ point: Coordinate) {
        put(point.latitude)
        put(point.longitude)
    }
}

extension ByteReader {
    /// What `ByteWriter.put(_: HazardMessage)` wrote.
    package mutating func hazardMessage() throws(ByteCodingError) -> HazardMessage {
        HazardMessage(
            format: try word(in: formats), telegram: try string(), identifier: try string(), series: try string(),
            status: try word(in: statuses), action: try word(in: actions),
            references: try list { reader throws(ByteCodingError) in try reader.string() },
            reportedAt: try timestamp(), serial: try integer(), headline: try string(),
            originAt: try optional { reader throws(ByteCodingError) in try reader.timestamp() },
            areas: try list { reader throws(ByteCodingError) in try reader.hazardArea() })
    }

    private mutating func hazardArea() throws(ByteCodingError) -> HazardArea {
        HazardArea(
            phenomenon: try word(in: phenomena), code: try string(), name: try string(),
            level: try optional { reader throws(ByteCodingError) in try reader.integer() },
            intensity: try optional { reader throws(ByteCodingError) in try reader.word(in: intensities) },
            areaName: try string(),
            places: try list { reader throws(ByteCodingError) in try reader.hazardPlace() }, from: try timestamp(),
            until: try optional { reader throws(ByteCodingError) in try reader.timestamp() })
    }

    private mutating func hazardPlace() throws(ByteCodingError) -> HazardArea.Place {
        switch try byte() {
        case 0: .municipality(try string())
        case 1: .weather(try string())
        case 2: .seismic(try string())
        case 3: .prefecture(try string())
        case 4: .named(try string(), prefecture: try string())
        case 5: .polygon(try list { reader throws(ByteCodingError) in try reader.coordinate() })
        case 6: .circle(try coordinate(), radiusKilometers: try double())
        default: throw .malformed
        }
    }

    private mutating func coordinate() throws(ByteCodingError) -> Coordinate {
        Coordinate(latitude: try double(), longitude: try double())
    }
}
