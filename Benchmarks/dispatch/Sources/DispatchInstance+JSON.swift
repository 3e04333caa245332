import AnpiEngine
import AnpiModel

extension DispatchInstance {
    /// The instance for another solver: whole seconds after now, ways with what is picked up on them.
    ///
    /// Only of a plain instance, which has no more rules than these.
    var json: JSON {
        let allowed = problem.jobs.map { job in
            problem.engineers.indices.filter { problem.engineers[$0].skills.isSuperset(of: job.skills) }
        }
        return [
            "seed": .integer(Int64(seed)),
            "jobs": .array(
                problem.jobs.indices.map { index in
                    let job = problem.jobs[index]
                    return [
                        "weightThousandths": .integer(Int64(job.weightThousandths)),
                        "workSeconds": .integer(Int64(job.minutes * 60)),
                        "windows": .array(job.windows.map(seconds)),
                        "engineers": .array(allowed[index].map { .integer(Int64($0)) }),
                    ]
                }),
            "engineers": .array(problem.engineers.map { ["spans": .array($0.spans.map(seconds))] }),
            "fromStart": ways(from: problem.engineers.map(\.place)),
            "fromJob": ways(from: problem.jobs.map(\.to)),
        ]
    }

    private func seconds(_ span: Range<Timestamp>) -> JSON {
        .array(
            [span.lowerBound, span.upperBound].map {
                .integer(($0.milliseconds - problem.now.milliseconds) / 1_000)
            })
    }

    /// Rows of seconds from each place to each job, picking up included.
    private func ways(from places: [PlanningProblem.Place]) -> JSON {
        .array(
            places.map { place in
                .array(
                    problem.jobs.map { job in
                        let way = job.from.map {
                            place.driveMilliseconds(to: $0) + job.pickupMinutes * 60_000
                                + $0.driveMilliseconds(to: job.to)
                        }
                        return .integer(Int64((way ?? place.driveMilliseconds(to: job.to)) / 1_000))
                    })
            })
    }
}
