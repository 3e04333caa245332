import AnpiClient
import AnpiModel
import Glibc
import Testing

@testable import AnpiAgent

/// A real repository; the program is installed wherever the tests run.
@Suite(.serialized) struct ResticProbeTests {
    private struct Repository {
        let folder = TemporaryFolder()

        init(initialised: Bool = true) throws {
            folder.write("password", "geheim\n")
            folder.write("data/patients.db", String(repeating: "0123456789abcdef", count: 4_096))
            if initialised { #expect(try restic(["init"]) == .exited(0)) }
        }

        func restic(_ arguments: [String]) throws -> ChildProcess.End {
            try ChildProcess(
                command: [
                    "restic", "--repo", folder.path + "/repository", "--password-file", folder.path + "/password",
                    "--no-cache", "--quiet",
                ] + arguments, environment: ProbeEnvironment.values, timeout: .seconds(60)
            ).run().end
        }

        func backup() throws -> ChildProcess.End { try restic(["backup", folder.path + "/data"]) }

        func probe(subset: String = "100%", program: String = "restic") -> ResticProbe {
            ResticProbe(
                tier: .offsite,
                restic: .init(
                    repository: folder.path + "/repository", passwordFile: folder.path + "/password", maxAgeHours: 24,
                    readDataSubset: subset, program: program),
                timeout: .seconds(60), memory: ProbeMemory(path: folder.path + "/memory"),
                cacheDirectory: folder.path + "/cache")
        }

        var locks: [String] { (try? LocalFiles.names(in: folder.path + "/repository/locks").get()) ?? [] }
    }

    @Test func aRepositoryIsMissingThenEmptyThenGoodThenOld() throws {
        let repository = try Repository(initialised: false)
        var probe = repository.probe()
        #expect(probe.look(at: SystemClock.now).state == .missing)
        #expect(try repository.restic(["init"]) == .exited(0))
        #expect(probe.look(at: SystemClock.now).message == "the repository holds no snapshot")
        #expect(try repository.backup() == .exited(0))
        let now = SystemClock.now
        let good = probe.look(at: now)
        #expect(good.state == .good)
        #expect(good.goodAt.map { (now - $0) < .seconds(60) } == true)
        #expect(good.verifiedAt != nil)
        #expect(good.bytes ?? 0 > 0)
        #expect(probe.look(at: now + .seconds(25 * 3_600)).state == .old)
        #expect(repository.locks.isEmpty)
    }

    @Test func dataIsReadBackOnceADay() throws {
        let repository = try Repository()
        #expect(try repository.backup() == .exited(0))
        var probe = repository.probe()
        let first = try #require(probe.look(at: SystemClock.now).verifiedAt)
        var again = repository.probe()
        #expect(again.look(at: SystemClock.now).verifiedAt == first)
        #expect(try #require(again.look(at: SystemClock.now + .seconds(86_401)).verifiedAt) > first)
    }

    @Test func aWrongPasswordIsFailingAndNoSecretIsTold() throws {
        let repository = try Repository()
        repository.folder.write("password", "falsch\n")
        var probe = repository.probe()
        let report = probe.look(at: SystemClock.now)
        #expect(report.state == .failing)
        #expect(report.message == "the repository's password is wrong")
    }

    @Test func dataThatCannotBeReadBackTwiceIsFailing() throws {
        let repository = try Repository()
        #expect(try repository.backup() == .exited(0))
        let script =
            "for f in $(find \(repository.folder.path)/repository/data -type f); do chmod u+w $f; printf XXXX | "
            + "dd of=$f bs=1 seek=8 conv=notrunc 2>/dev/null; done"
        _ = try ChildProcess(
            command: ["sh", "-c", script], environment: ProbeEnvironment.values, timeout: .seconds(20)
        ).run()
        var probe = repository.probe()
        let first = probe.look(at: SystemClock.now)
        #expect(first.state == .good && first.verifiedAt == nil)
        #expect(probe.look(at: SystemClock.now).state == .failing)
    }

    @Test func keysOfTheStorageReachResticAndNobodyElse() throws {
        let folder = TemporaryFolder()
        folder.write("password", "geheim\n")
        let keys = folder.write("keys", "AWS_ACCESS_KEY_ID=kennung\nAWS_SECRET_ACCESS_KEY=\"streng geheim\"\n")
        // Stands in for restic: notes what it was given, and fails with it on its lips.
        let program = folder.write(
            "restic",
            """
            #!/bin/sh
            echo "$AWS_ACCESS_KEY_ID/$AWS_SECRET_ACCESS_KEY" > \(folder.path)/given
            env >&2
            exit 1
            """, mode: 0o700)
        let text =
            ConfigurationTests.head
                + """
                state = "\(folder.path)/state"
                [[copy]]
                tier = "cloud"
                probe = "restic"
                repository = "s3:https://s3.example/bucket"
                password_file = "\(folder.path)/password"
                environment_file = "\(keys)"
                program = "\(program)"
                max_age_hours = 26
                """
        let configuration = try AgentConfiguration.read(text: text, file: "agent.toml")
        var probe = configuration.copies[0].makeProbe(stateDirectory: configuration.stateDirectory)
        let report = probe.look(at: SystemClock.now)
        let given = String(decoding: try LocalFiles.read(folder.path + "/given").get(), as: UTF8.self)
        #expect(given == "kennung/streng geheim\n")
        #expect(report.state == .unknown && report.message == "restic ended with status 1")
        let shown = Explanation.sentences(of: configuration).joined() + "\(configuration)"
        #expect(!shown.contains("geheim") && !shown.contains("kennung"))
    }

    @Test func aBackupSucceedsWhileAProbeRuns() throws {
        let repository = try Repository()
        #expect(try repository.backup() == .exited(0))
        let isLooking = Shared(true)
        let looks = Shared<[CopyState]>([])
        let started = Bell()
        let ended = Bell()
        _ = Thread.start {
            while isLooking.value {
                // Without its memory every look reads everything back.
                unlink(repository.folder.path + "/memory")
                var probe = repository.probe()
                started.ring()
                let state = probe.look(at: SystemClock.now).state
                looks.change { $0.append(state) }
            }
            ended.ring()
        }
        #expect(started.wait(atMost: .seconds(20)))
        for _ in 0..<3 { #expect(try repository.backup() == .exited(0)) }
        isLooking.change { $0 = false }
        #expect(ended.wait(atMost: .seconds(60)))
        #expect(!looks.value.isEmpty && looks.value.allSatisfy { $0 == .good })
        #expect(repository.locks.isEmpty)
    }

    @Test(arguments: ["snapshots", "check"])
    func aBackupSucceedsAfterAProbeWasKilledInTheMiddle(command: String) throws {
        let repository = try Repository()
        #expect(try repository.backup() == .exited(0))
        // Stops restic where it has begun to work and kills it there, as a killed probe would.
        let program = repository.folder.write(
            "killed-restic",
            """
            #!/bin/sh
            case "$*" in *\(command)*) ;; *) exec restic "$@";; esac
            restic "$@" & child=$!
            for step in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
                if grep -q repository /proc/$child/maps 2>/dev/null || [ $step = 15 ]; then break; fi
                sleep 0.02
            done
            kill -9 $child
            kill -9 $$
            """, mode: 0o700)
        var probe = repository.probe(program: program)
        let report = probe.look(at: SystemClock.now)
        #expect(report.state == (command == "check" ? .good : .unknown))
        #expect(repository.locks.isEmpty)
        #expect(try repository.backup() == .exited(0))
    }
}
