import AnpiClient
import AnpiModel
import ArgumentParser

/// `anpi task block`: what stands in the way; a blocked road is told to everyone as a finding.
struct TaskBlock: TaskStepCommand {
    static let configuration = CommandConfiguration(
        commandName: "block",
        abstract: Help.words("Something stands in the way.", ja: "中断する"),
        discussion: Help.words(
            "With --reason road the blocked road becomes a finding that others see; --place keeps plans away from it.",
            ja: "--reason road を付けると、通れない道路を現地情報として登録します。--place を付けると計画が避けて通ります。"))

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
    @Option(help: .said("How far around the place; 0.3 where absent.", ja: "半径（km、省略時は0.3）", value: "km"))
    var radius: Double?
    @Option(help: .said("Until when the road counts as blocked.", ja: "いつまで通れないとするか", value: "time"))
    var expires: String?
    @Flag(help: .said("Others get through with care.", ja: "注意すれば通れる"))
    var passable = false
    @OptionGroup var step: StepOptions
    @OptionGroup var pictures: PhotoOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if place != nil || expires != nil || passable, reason != "road" {
            throw ValidationError(
                Help.words(
                    "--place, --expires and --passable belong to --reason road.",
                    ja: "--place、--expires、--passable は --reason road と使います。"))
        }
        if radius != nil, place == nil {
            throw ValidationError(Help.words("--radius belongs to --place.", ja: "--radius は --place と使います。"))
        }
    }

    var photoFiles: [String] { pictures.files }

    func request(in session: Session) throws(Complaint) -> TransitionRequest {
        let retryAt = try session.time(retryAt, option: "--retry")
        let expiresAt = try session.time(expires, option: "--expires")
        let road =
            reason == "road"
            ? BlockedRoad(
                result: passable ? .passableWithCare : nil, place: place,
                radiusKilometers: place.map { _ in radius ?? Self.radiusKilometers }, expiresAt: expiresAt) : nil
        return TransitionRequest(to: "blocked", reason: reason, retryAt: retryAt, road: road)
    }

    /// How far around the place the road counts as blocked.
    static let radiusKilometers = 0.3
}

extension Coordinate: ExpressibleByArgument {
    package init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 2, let latitude = Double(parts[0]), let longitude = Double(parts[1]) else { return nil }
        self.init(latitude: latitude, longitude: longitude)
        guard isValid else { return nil }
    }
}
