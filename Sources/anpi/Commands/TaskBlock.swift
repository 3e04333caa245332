import AnpiClient
import AnpiModel
import ArgumentParser

/// `anpi task block`: what stands in the way; a blocked road is told to everyone as a finding.
struct TaskBlock: TaskStepCommand {
    static let configuration = CommandConfiguration(
        commandName: "block",
        abstract: Help.words("Something stands in the way.", ja: "中断する"),
        discussion: Help.words(
            "With --reason road and --place the blocked road becomes a finding that others see.",
            ja: "--reason road と --place を付けると、通れない道路を現地情報として登録します。"))

    @OptionGroup var subject: TaskArgument
    @Option(
        help: .said(
            "road, power, key, stock, absent, weather, or your own words.",
            ja: "road（道路）、power（停電）、key（鍵）、stock（機材）、absent（不在）、weather（天候）、または文", value: "text"))
    var reason: String
    @Option(
        name: .customLong("retry"),
        help: .said("When to look again: 13:00, +2h.", ja: "再確認の時刻（13:00、+2h）", value: "time"))
    var retryAt: String?
    @Option(help: .said("Where the road is blocked: LAT,LON.", ja: "通れない場所: 緯度,経度", value: "lat,lon"))
    var place: Coordinate?
    @OptionGroup var step: StepOptions
    @OptionGroup var pictures: PhotoOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if place != nil, reason != "road" {
            throw ValidationError(
                Help.words("--place belongs to --reason road.", ja: "--place は --reason road と使います。"))
        }
    }

    var road: Coordinate? { place }
    var photoFiles: [String] { pictures.files }

    func request(in session: Session) throws(Complaint) -> TransitionRequest {
        TransitionRequest(
            to: "blocked", reason: reason, retryAt: try session.time(retryAt, option: "--retry"))
    }

    /// How far around the place the road counts as closed.
    static let radiusMeters = 300.0

    /// A road finding needs a line or an area: a ring around the place.
    ///
    /// - Parameter observedAt: When it was seen, where that was before it is told.
    static func road(at place: Coordinate, note: String?, observedAt: Timestamp? = nil) -> [JSON.Member] {
        let ring = Ring.around(place, radiusMeters: radiusMeters).map { corner in
            JSON.array([.decimal(corner.longitude, digits: 6), .decimal(corner.latitude, digits: 6)])
        }
        return [
            .init("kind", .word(FindingKind.road)), .init("result", "closed"), .init("polygon", .array(ring)),
            .init("text", .optional(note)), .init("observedAt", .time(observedAt)),
        ]
    }
}

/// Rings on the map.
enum Ring {
    /// Twelve corners and the first again, as GeoJSON closes a ring; flat enough for a few hundred metres.
    static func around(_ place: Coordinate, radiusMeters: Double) -> [Coordinate] {
        let metersOfADegree = 111_195.0
        // Degrees east shrink with the cosine of the latitude.
        let east = max(0.01, Trigonometry.cosine(ofDegrees: place.latitude))
        return (0...12).map { corner in
            let angle = Double(corner % 12) * 30
            return Coordinate(
                latitude: place.latitude + radiusMeters * Trigonometry.cosine(ofDegrees: angle) / metersOfADegree,
                longitude: place.longitude
                    + radiusMeters * Trigonometry.cosine(ofDegrees: angle - 90) / (metersOfADegree * east))
        }
    }
}

extension Coordinate: ExpressibleByArgument {
    package init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 2, let latitude = Double(parts[0]), let longitude = Double(parts[1]) else { return nil }
        self.init(latitude: latitude, longitude: longitude)
        guard isValid else { return nil }
    }
}
