import AnpiEngine
import AnpiModel

/// A made-up day after a flood: sites around the towns of a plain, engineers at their bases, all from one seed.
struct DispatchInstance {
    let seed: UInt64
    let problem: PlanningProblem

    /// Monday 26 September 2022, 07:00 in Japan.
    private static let now = Timestamp(milliseconds: 1_664_143_200_000)
    /// Towns of Shizuoka, about which sites gather.
    private static let towns = [
        Coordinate(latitude: 34.976, longitude: 138.383), Coordinate(latitude: 35.016, longitude: 138.489),
        Coordinate(latitude: 34.868, longitude: 138.258), Coordinate(latitude: 34.836, longitude: 138.176),
        Coordinate(latitude: 34.711, longitude: 137.727), Coordinate(latitude: 34.771, longitude: 137.998),
    ]

    /// - Parameter isPlain: Only what a routing solver can model as well: no job waits for another's, no loaner is to be
    ///   chosen, no road is closed.
    init(seed: UInt64, jobs: Int, engineers: Int, isPlain: Bool) {
        self.seed = seed
        var random = Draw(seed: seed)
        var problem = PlanningProblem(now: Self.now)
        for number in 0..<6 {
            problem.depots.append(.init(id: number, place: .init(Self.towns[number])))
        }
        for number in 0..<engineers {
            let begins = random.pick([0, 60, 60, 120])
            let today = Self.instant(begins)..<Self.instant(begins + (isPlain ? 960 : 600))
            let tomorrow = Self.instant(begins + 1_440)..<Self.instant(begins + 2_040)
            problem.engineers.append(
                .init(
                    id: number, place: Self.place(&random),
                    spans: isPlain ? [today] : [today, tomorrow],
                    skills: SkillSet(Skill.allCases.filter { _ in random.pick([true, true, false]) })))
        }
        while problem.jobs.count < jobs {
            let first = problem.jobs.count
            let place = Self.place(&random)
            let weight = random.pick([1_000, 1_000, 1_000, 2_000, 4_000, 8_000])
            let length = isPlain ? 1 : random.pick([1, 1, 2, 4])
            for number in first..<min(first + length, jobs) {
                var job = PlanningProblem.Job(
                    id: number, weightThousandths: number == first + length - 1 ? weight : 100, to: place,
                    minutes: random.pick([20, 30, 45, 60, 90, 120, 180]),
                    skills: SkillSet(random.pick([[], [.hardware], [.restore], [.network], [.hardware, .restore]])))
                if number > first { job.after = [number - 1] }
                if random.pick([false, false, false, true]) {
                    job.windows = [
                        Self.instant(120)..<Self.instant(330), Self.instant(480)..<Self.instant(660),
                        Self.instant(1_560)..<Self.instant(1_770),
                    ]
                }
                if random.pick([false, false, false, false, true]) { job.from = problem.depots[random.below(6)].place }
                if !isPlain, number == first, length == 4 { job.loaner = .init(system: random.pick(["A", "B"])) }
                problem.jobs.append(job)
            }
        }
        if !isPlain {
            for number in 0..<40 {
                problem.loaners.append(
                    .init(id: number, depot: random.below(6), fits: random.pick([["A"], ["B"], ["A", "B"]])))
            }
            for _ in 0..<10 { problem.closures.append(Self.closure(&random)) }
        }
        self.problem = problem
    }

    private static func instant(_ minutes: Int) -> Timestamp {
        Timestamp(milliseconds: now.milliseconds + Int64(minutes) * 60_000)
    }

    private static func place(_ random: inout Draw) -> PlanningProblem.Place {
        let town = towns[random.below(towns.count)]
        func offset() -> Double { (random.fraction() + random.fraction() + random.fraction() - 1.5) * 0.1 }
        return PlanningProblem.Place(
            Coordinate(latitude: town.latitude + offset(), longitude: town.longitude + offset()),
            isInHazardArea: random.pick([true, false, false]))
    }

    private static func closure(_ random: inout Draw) -> RoadClosure {
        let start = place(&random).coordinate
        let end = Coordinate(latitude: start.latitude + 0.03 * random.fraction(), longitude: start.longitude + 0.02)
        return RoadClosure(
            shape: .line([start, end], bufferKilometers: RoadClosure.bufferKilometers),
            effect: random.pick([.closed, .slow]), until: instant(60 + random.below(600)))
    }

    /// SplitMix64; the engine's own is not seen from here.
    private struct Draw {
        private var state: UInt64

        init(seed: UInt64) { state = seed }

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
            return mixed ^ (mixed >> 31)
        }

        mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
        mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }
        mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }
    }
}
