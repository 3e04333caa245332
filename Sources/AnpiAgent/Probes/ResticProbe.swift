import AnpiModel

/// A restic repository, looked at without ever writing to it: no locks are taken, none are removed.
///
/// restic 0.14 takes an exclusive lock for `check` and leaves it behind when killed, and then every later backup fails;
/// hence `--no-lock` with both commands, and never `unlock`.
/// - `good` while the newest snapshot is at most `max_age_hours` old, `old` after that.
/// - `missing` without a repository or a snapshot; `failing` with a wrong password or a repository that does not check.
/// - At most once a day a share of the data is read back (`check --read-data-subset`): that sets `verifiedAt`. A check
///   that fails is done again at the next look, because a backup or prune that runs meanwhile can make it stumble;
///   the second failure in a row counts.
struct ResticProbe: CopyProbe {
    static let checkEvery: Duration = .seconds(86_400)

    let tier: CopyTier
    let restic: CopyConfiguration.Restic
    let timeout: Duration
    let memory: ProbeMemory
    let cacheDirectory: String

    mutating func look(at now: Timestamp) -> CopyReport {
        let listing: ChildProcess.Outcome
        do {
            listing = try run(["snapshots"] + filters, timeout)
        } catch {
            return report(.unknown, error.message)
        }
        guard listing.end == .exited(0) else { return failure(of: listing) }
        guard let snapshots = Self.snapshots(in: listing.output) else {
            return report(.unknown, "restic's list of snapshots cannot be read")
        }
        guard let newest = snapshots.max(by: { $0.time < $1.time }) else {
            return report(.missing, "the repository holds no snapshot")
        }
        let facts = check(at: now)
        guard facts["failures"].flatMap({ Int($0) }) ?? 0 < 2 else {
            return report(.failing, "restic check finds the repository damaged", goodAt: nil)
        }
        let limit = Duration.milliseconds(Int64(restic.maxAgeHours * 3_600_000))
        return CopyReport(
            tier: tier, state: now - newest.time <= limit ? .good : .old, goodAt: newest.time,
            verifiedAt: facts["verifiedAt"].flatMap { Timestamp(rfc3339: $0) },
            bytes: facts["bytes"].flatMap { Int64($0) },
            message: CopyReport.message("snapshot \(newest.id) of \(newest.host)"))
    }

    private var filters: [String] {
        [("--host", restic.host), ("--path", restic.path), ("--tag", restic.tag)].flatMap { name, value in
            value.map { [name, $0] } ?? []
        }
    }

    private func run(_ arguments: [String], _ timeout: Duration) throws(AgentError) -> ChildProcess.Outcome {
        let command =
            [
                restic.program, "--repo", restic.repository, "--password-file", restic.passwordFile, "--no-lock",
                "--json",
                "--cache-dir", cacheDirectory,
            ] + arguments
        return try ChildProcess(
            command: command, environment: try ProbeEnvironment.values(with: restic.environmentFile), timeout: timeout,
            outputBytesMax: 16 << 20
        ).run()
    }

    /// Reads data back when it is time to; what is known of the repository's soundness.
    private func check(at now: Timestamp) -> [String: String] {
        var facts = memory.load()
        if facts["repository"] != restic.repository { facts = ["repository": restic.repository] }
        guard restic.readDataSubset != "0" else { return facts }
        let checkedAt = facts["checkedAt"].flatMap { Timestamp(rfc3339: $0) }
        let isAgain = facts["failures"] == "1"
        if let checkedAt, checkedAt <= now, now - checkedAt < Self.checkEvery, !isAgain { return facts }
        // Noted before it starts: an agent that is killed by what it does here must not do it again at once.
        facts["checkedAt"] = now.rfc3339()
        memory.save(facts)
        guard let outcome = try? run(["check", "--read-data-subset", restic.readDataSubset], timeout) else {
            return facts
        }
        switch outcome.end {
        case .exited(0):
            facts["failures"] = nil
            facts["verifiedAt"] = SystemClock.now.rfc3339()
            if let bytes = rawBytes() { facts["bytes"] = String(bytes) }
        case .exited: facts["failures"] = String(min(2, (facts["failures"].flatMap { Int($0) } ?? 0) + 1))
        // Not finished in time, or killed: that says nothing of the data.
        case .signalled, .timedOut: break
        }
        memory.save(facts)
        return facts
    }

    private func rawBytes() -> Int64? {
        guard let outcome = try? run(["stats", "--mode", "raw-data"], timeout), outcome.end == .exited(0) else {
            return nil
        }
        return Self.totalSize(in: outcome.output)
    }

    /// restic's own words are not passed on: they may hold the repository's address with its password.
    private func failure(of outcome: ChildProcess.Outcome) -> CopyReport {
        let words = String(decoding: outcome.errors, as: UTF8.self)
        switch outcome.end {
        case .timedOut: return report(.unknown, "restic did not answer in time")
        case .signalled(let number): return report(.unknown, "restic was ended by signal \(number)")
        case .exited(let status):
            if words.contains("wrong password") { return report(.failing, "the repository's password is wrong") }
            if words.contains("Is there a repository at the following location") {
                return report(.missing, "there is no repository")
            }
            return report(.unknown, "restic ended with status \(status)")
        }
    }

    private func report(_ state: CopyState, _ message: String, goodAt: Timestamp? = nil) -> CopyReport {
        CopyReport(tier: tier, state: state, goodAt: goodAt, message: CopyReport.message(message))
    }
}
