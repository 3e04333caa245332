import AnpiModel

/// Puts the reasons of a rung together: what became of each copy down to the one that it rests on, then where and with
/// what the work is done.
struct RungReasons {
    private(set) var all: [Worded<RungReason>] = []

    init(_ rung: Rung, _ workPlace: TaskPlace, _ situation: RungSituation) {
        let survival = situation.survival
        let damage = situation.damage
        if rung == .rebuild {
            all.append(Self.nothingLeft(survival, damage))
            if !survival.has(.offsite), !survival.has(.cloud) { all.append(Worded(.noOffsite)) }
        } else {
            all.append(Self.server(rung, survival, damage))
            if rung >= .promoteMirror { all.append(Self.mirror(rung, survival)) }
            if rung >= .external { all.append(Self.external(rung, survival)) }
            if rung >= .dataCentre { all += Self.away(survival) }
        }
        if damage.building?.value == .noEntry { all.append(Worded(.buildingNoEntry)) }
        all += Self.place(rung, workPlace, damage)
        if rung.needsLoaner {
            let stock = situation.fittingLoaners
            all.append(stock > 0 ? Worded(.loanerInStock, [.integer("n", stock)]) : Worded(.noLoanerInStock))
        }
    }

    /// By a person's word where there is one, else by its chance to run on.
    private static func server(_ rung: Rung, _ survival: Survival, _ damage: Damage) -> Worded<RungReason> {
        if let answer = damage.answer(about: .primary) {
            let word: RungReason =
                switch answer.value {
                case .works: .serverWorks
                case .wet: .serverWet
                case .lost, .unknown: .serverLost
                }
            return Worded(word, [.text("by", answer.by), .time("at", answer.at)])
        }
        let runsOn = 1_000 - survival.noneUpTo[0]
        return switch rung {
        case .peripherals: Worded(.serverProbablyWorks, [.chance("p", runsOn)])
        case .restart: Worded(.serverProbablyWet, [.chance("p", survival.noneUpTo[0] - survival.noneUpTo[1])])
        case .promoteMirror, .external, .dataCentre, .cloud, .rebuild:
            Worded(.serverProbablyLost, [.chance("p", survival.noneUpTo[1])])
        }
    }

    private static func mirror(_ rung: Rung, _ survival: Survival) -> Worded<RungReason> {
        guard survival.has(.mirror) else { return Worded(.noMirror) }
        let chance = Worded<RungReason>.Argument.chance("p", survival.chance(of: .mirror))
        return Worded(rung == .promoteMirror ? .mirrorSurvives : .mirrorLost, [chance])
    }

    private static func external(_ rung: Rung, _ survival: Survival) -> Worded<RungReason> {
        guard survival.has(.external) else { return Worded(.noExternal) }
        let chance = Worded<RungReason>.Argument.chance("p", survival.chance(of: .external))
        return Worded(rung == .external ? .externalSurvives : .externalLost, [chance])
    }

    private static func away(_ survival: Survival) -> [Worded<RungReason>] {
        [CopyTier.offsite, .cloud].filter { survival.has($0) }.map { tier in
            Worded(.offsiteSurvives, [.word("tier", tier), .chance("p", survival.chance(of: tier))])
        }
    }

    private static func nothingLeft(_ survival: Survival, _ damage: Damage) -> Worded<RungReason> {
        let isSaid = survival.copies.allSatisfy {
            $0.stored.isInBuilding && damage.answer(about: $0.stored.tier)?.value == .lost
        }
        return isSaid ? Worded(.allCopiesLost) : Worded(.noCopySurvives, [.chance("p", survival.anyChance)])
    }

    private static func place(_ rung: Rung, _ workPlace: TaskPlace, _ damage: Damage) -> [Worded<RungReason>] {
        guard workPlace == .office else { return [] }
        if rung == .dataCentre, damage.hasPowerAndNetwork { return [Worded(.siteHasPowerAndNetwork)] }
        return switch (damage.power?.value, damage.network?.value) {
        case (false, false): [Worded(.atOfficeWithoutPowerAndNetwork)]
        case (false, _): [Worded(.atOfficeWithoutPower)]
        case (_, false): [Worded(.atOfficeWithoutNetwork)]
        case (_, _): [Worded(.atOffice)]
        }
    }
}

extension Rung {
    /// A machine from stock takes the place of the server.
    var needsLoaner: Bool {
        switch self {
        case .external, .dataCentre, .rebuild: true
        case .peripherals, .restart, .promoteMirror, .cloud: false
        }
    }
}
