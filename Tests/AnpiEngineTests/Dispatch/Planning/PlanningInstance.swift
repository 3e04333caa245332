import AnpiModel

@testable import AnpiEngine

/// Problems for tests: by hand in minutes and kilometres, or at random from a seed.
enum PlanningInstance {
    /// Saturday 24 September 2022, 09:00 in Shizuoka.
    static let now = Timestamp(milliseconds: 1_663_977_600_000)

    static func at(_ minutes: Int) -> Timestamp { now + .seconds(60 * minutes) }

    static func span(_ from: Int, _ to: Int) -> Range<Timestamp> { at(from)..<at(to) }

    /// A place so many minutes of driving (40 km/h, roads 1.4 times the straight way) east and north of the office.
    static func place(_ eastMinutes: Double, _ northMinutes: Double = 0) -> PlanningProblem.Place {
        // 2.1 minutes a kilometre; a degree is 111.195 km, of longitude at the equator as well.
        PlanningProblem.Place(
            Coordinate(latitude: northMinutes / 2.1 / 111.195, longitude: 138 + eastMinutes / 2.1 / 111.195))
    }

    static func job(
        _ id: Int, at east: Double, minutes: Int = 60, weight: Int = 1_000,
        _ change: (inout PlanningProblem.Job) -> Void = { _ in }
    ) -> PlanningProblem.Job {
        var job = PlanningProblem.Job(id: id, weightThousandths: weight, to: place(east), minutes: minutes)
        change(&job)
        return job
    }

    static func engineer(
        _ id: Int, at east: Double, until end: Int = 600, skills: SkillSet = []
    ) -> PlanningProblem.Engineer {
        PlanningProblem.Engineer(id: id, place: place(east), spans: [span(0, end)], skills: skills)
    }

    /// Everything at once, with chances that leave some jobs undone.
    static func random(seed: UInt64) -> PlanningProblem {
        var random = SeededGenerator(seed: seed)
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
        func somewhere() -> PlanningProblem.Place {
            var place = place(Double(below(60)), Double(below(60)))
            place.isInHazardArea = chance(30)
            return place
        }
        func skills() -> SkillSet { SkillSet(rawValue: UInt32(below(16) & below(16))) }

        var problem = PlanningProblem(now: now)
        problem.depots = (0..<3).map { .init(id: 50 + $0, place: somewhere()) }
        problem.loaners = (0..<below(6)).map { number in
            .init(id: 70 + number, depot: 50 + below(3), fits: [["A"], ["B"], ["A", "B"]][below(3)])
        }
        problem.engineers = (0..<(1 + below(8))).map { number in
            let begins = below(120)
            var engineer = engineer(10 + number, at: 0, skills: SkillSet(rawValue: UInt32(below(16) | below(16))))
            engineer.place = somewhere()
            engineer.spans =
                chance(10) ? [] : [span(begins, begins + 300 + below(300)), span(1_440, 1_440 + below(600) + 1)]
            if chance(20) { engineer.freeFrom = at(below(200)) }
            return engineer
        }
        for number in 0..<below(40) {
            var job = PlanningProblem.Job(
                id: 100 + number, weightThousandths: 1 + below(8_000), to: somewhere(), minutes: below(180),
                skills: skills())
            let engineer = problem.engineers[below(problem.engineers.count)].id
            if chance(20) { job.from = somewhere() }
            if chance(20) { job.earliest = at(below(600) - 60) }
            if chance(30) {
                job.windows = [span(below(100), 100 + below(200)), span(400 + below(50), 500 + below(1_200))]
            }
            if number > 0, chance(30) { job.after = [100 + below(number)] }
            if chance(5) { job.after.append(999) }
            if chance(20) { job.loaner = .init(system: [nil, "A", "B"][below(3)]) }
            if chance(10) { job.pinned = engineer }
            if chance(20) { job.accepted = engineer }
            if chance(20) { job.refusedBy = [engineer] }
            if chance(5) {
                job.loaner = nil
                job.frozen = .init(engineer: engineer, startsAt: at(below(60) - 30))
            }
            problem.jobs.append(job)
        }
        for _ in 0..<below(4) {
            let corner = somewhere().coordinate
            let other = Coordinate(latitude: corner.latitude + 0.05, longitude: corner.longitude + 0.02)
            let third = Coordinate(latitude: corner.latitude, longitude: corner.longitude + 0.06)
            problem.closures.append(
                RoadClosure(
                    shape: chance(50)
                        ? .area([corner, other, third]) : .line([corner, other, third], bufferKilometers: 0.1),
                    effect: chance(60) ? .closed : .slow, until: at(below(800))))
        }
        return problem
    }
}
