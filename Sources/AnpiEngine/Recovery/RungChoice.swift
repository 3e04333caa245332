import AnpiModel

/// Why a rung was chosen, and what it hangs on.
enum RungReason: String, SentenceWord {
    static let family = "rung.reason"

    // MARK: What leads to it
    case serverWorks, serverProbablyWorks
    case serverWet, serverProbablyWet
    case serverLost, serverProbablyLost
    case mirrorSurvives, noMirror, mirrorLost
    case externalSurvives, noExternal, externalLost
    case offsiteSurvives, noOffsite
    /// Everything that there was is said to be lost.
    case allCopiesLost
    /// Nothing is said, and nothing plausibly survives.
    case noCopySurvives
    // MARK: Where and with what
    /// The work is at the office, for the site has neither power nor network, or not both.
    case atOfficeWithoutPowerAndNetwork, atOfficeWithoutPower, atOfficeWithoutNetwork, atOffice
    /// The data centre may be reached from the site itself over VPN.
    case siteHasPowerAndNetwork
    case loanerInStock, noLoanerInStock
    case buildingNoEntry
}

/// Where work goes on in the cloud until the site's own system is back (R5).
enum CloudMeanwhile: String, CaseIterable, Hashable, Sendable {
    /// At the site itself, which has power and network.
    case here
    /// From any PC elsewhere.
    case elsewhere
}

/// What the choice of a rung needs besides the survival of the copies.
struct RungSituation: Hashable, Sendable {
    var survival: Survival
    var damage: Damage
    /// Loaners in stock that fit the site's system and that no other plan holds.
    var fittingLoaners: Int
}

/// The recovery rung of a site with its reasons and its runner-up: a pure choice over what survives.
struct RungChoice: Hashable, Sendable {
    let rung: Rung
    /// The next likely; nil where nothing else is.
    let runnerUp: Rung?
    /// How likely each of R0…R6 is what it takes, in thousandths; they add up to 1000. R5's is 0: it stands beside.
    let chances: [Int]
    /// The copy that the data comes from; nil in R6.
    let source: CopyTier?
    /// Where the system is set up: `.site` or `.office`.
    let workPlace: TaskPlace
    /// R5 meanwhile, where the site has a cloud copy.
    let meanwhile: CloudMeanwhile?
    let reasons: [Worded<RungReason>]

    /// Every copy is lost, as far as anybody knows.
    var isDataLost: Bool { rung == .rebuild }
    /// It takes a machine from stock: what replaces a server is set up somewhere, and stays at the site.
    var needsLoaner: Bool { rung.needsLoaner }

    /// A rung less likely than this, in thousandths, is not tried first, and R6 is chosen where all are.
    private static let tried = 50
    /// A rung less likely than this, in thousandths, is no runner-up: twice what "certain" leaves open.
    private static let named = 20

    init(_ situation: RungSituation) {
        let survival = situation.survival
        let chances = Self.chances(of: survival)
        let best = Self.best(chances, situation)
        rung = best
        self.chances = chances
        runnerUp = Self.mostLikely(in: chances, but: best, from: Self.named)
        source = Self.source(of: best, survival)
        workPlace = Self.workPlace(of: best, situation.damage)
        meanwhile =
            survival.has(.cloud) ? (situation.damage.hasPowerAndNetwork ? .here : .elsewhere) : nil
        reasons = RungReasons(best, workPlace, situation).all
    }

    /// The ladder's differences: R0 where the server runs on, R1 where no more than its disk does, and so on.
    private static func chances(of survival: Survival) -> [Int] {
        let none = survival.noneUpTo
        return [
            1_000 - none[0], none[0] - none[1], none[1] - none[2], none[2] - none[3], none[3] - none[4], 0, none[4],
        ]
    }

    /// The likeliest of R0…R4. R6 only where none of them is worth a try: data is not given up on a doubt.
    private static func best(_ chances: [Int], _ situation: RungSituation) -> Rung {
        let survival = situation.survival
        let away = max(survival.chance(of: .offsite), survival.chance(of: .cloud))
        // Nobody may go in: what is away from the building comes first.
        if situation.damage.building?.value == .noEntry, away >= Survival.plausible { return .dataCentre }
        return mostLikely(in: chances, but: .rebuild, from: tried) ?? .rebuild
    }

    /// The first of the likeliest rungs, but for `excluded`; nil where none is as likely as `least`.
    private static func mostLikely(in chances: [Int], but excluded: Rung, from least: Int) -> Rung? {
        var best: Rung?
        for rung in Rung.allCases where rung != excluded && chances[rung.number] >= least {
            if best.map({ chances[$0.number] < chances[rung.number] }) ?? true { best = rung }
        }
        return best
    }

    private static func source(of rung: Rung, _ survival: Survival) -> CopyTier? {
        switch rung {
        case .peripherals, .restart: .primary
        case .promoteMirror: .mirror
        case .external: .external
        case .dataCentre: survival.chance(of: .offsite) >= survival.chance(of: .cloud) ? .offsite : .cloud
        case .cloud, .rebuild: nil
        }
    }

    /// A loaner is set up at the site where it has power; the data centre's copy always at the office.
    private static func workPlace(of rung: Rung, _ damage: Damage) -> TaskPlace {
        switch rung {
        case .peripherals, .restart, .promoteMirror, .cloud: .site
        case .external, .rebuild: damage.power?.value == false || damage.building?.value == .noEntry ? .office : .site
        case .dataCentre: .office
        }
    }
}

extension Damage {
    /// Both are said to be there.
    var hasPowerAndNetwork: Bool { power?.value == true && network?.value == true }
}

extension RungChoice {
    /// As the site's page has it, keys in this order.
    var json: JSON {
        .object([
            .init("rung", .word(rung)), .init("runnerUp", runnerUp.map { .word($0) } ?? .null),
            .init("chances", .array(chances.map { .thousandths($0) })),
            .init("source", source.map { .word($0) } ?? .null), .init("workPlace", .word(workPlace)),
            .init("meanwhile", meanwhile.map { .word($0) } ?? .null), .init("dataLost", .bool(isDataLost)),
            .init("reasons", .array(reasons.map(\.json))),
        ])
    }

    /// Writes it for a checkpoint.
    func write(to writer: inout ByteWriter) {
        writer.put(rung.rawValue)
        writer.put(runnerUp) { $0.put($1.rawValue) }
        writer.put(list: chances) { $0.put($1) }
        writer.put(source) { $0.put($1.rawValue) }
        writer.put(workPlace.rawValue)
        writer.put(meanwhile) { $0.put($1.rawValue) }
        writer.put(list: reasons) { $1.write(to: &$0) }
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        rung = try reader.word()
        runnerUp = try reader.optionalWord()
        chances = try reader.list { reader throws(ByteCodingError) in try reader.integer() }
        guard chances.count == Rung.allCases.count else { throw .malformed }
        source = try reader.optionalWord()
        workPlace = try reader.word()
        meanwhile = try reader.optionalWord()
        reasons = try reader.list { reader throws(ByteCodingError) in try Worded(&reader) }
    }
}
