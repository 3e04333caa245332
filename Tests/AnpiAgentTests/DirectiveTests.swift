import AnpiClient
import AnpiModel
import Glibc
import Testing

@testable import AnpiAgent

@Suite struct PaceTests {
    struct Answer {
        var asked: Int
        var isFaster = false
        var told: Int
        /// How far beats are apart after it.
        var then: Int
    }

    struct Story {
        var name: String
        var ordinary = 60
        var shortest: Int?
        var answers: [Answer]
    }

    static let stories = [
        Story(
            name: "the fleet's own interval, shorter or longer, needs no leave",
            answers: [
                Answer(asked: 30, told: 60, then: 30), Answer(asked: 30, told: 30, then: 30),
                Answer(asked: 120, told: 30, then: 120),
            ]),
        Story(
            name: "a storm, in a fleet that leaves the interval to its agents and repeats what they tell", shortest: 10,
            answers: [
                Answer(asked: 60, told: 60, then: 60), Answer(asked: 15, isFaster: true, told: 60, then: 15),
                Answer(asked: 15, isFaster: true, told: 15, then: 15), Answer(asked: 15, told: 15, then: 60),
                Answer(asked: 60, told: 60, then: 60),
            ]),
        Story(
            name: "a storm, in a fleet that asks for 30", shortest: 10,
            answers: [
                Answer(asked: 30, told: 60, then: 30), Answer(asked: 15, isFaster: true, told: 30, then: 15),
                Answer(asked: 30, told: 15, then: 30), Answer(asked: 30, told: 30, then: 30),
            ]),
        Story(
            name: "the fleet comes to ask for what the storm had asked: one beat later it is ordinary", shortest: 10,
            answers: [
                Answer(asked: 15, isFaster: true, told: 60, then: 15), Answer(asked: 15, told: 15, then: 60),
                Answer(asked: 15, told: 60, then: 15), Answer(asked: 15, told: 15, then: 15),
            ]),
        Story(name: "no leave", answers: [Answer(asked: 15, isFaster: true, told: 60, then: 60)]),
        Story(name: "the floor", shortest: 20, answers: [Answer(asked: 15, isFaster: true, told: 60, then: 20)]),
        Story(
            name: "faster is never slower", ordinary: 5, shortest: 10,
            answers: [Answer(asked: 15, isFaster: true, told: 5, then: 5)]),
        Story(
            name: "what waited in the spool tells an older interval",
            answers: [Answer(asked: 30, told: 60, then: 30), Answer(asked: 60, told: 60, then: 30)]),
    ]

    @Test(arguments: stories) func beatsGoAsFastAsIsAskedAndAllowed(story: Story) {
        var pace = Pace(ordinary: story.ordinary, shortest: story.shortest)
        #expect(pace.seconds == story.ordinary)
        for answer in story.answers {
            pace.answered(asked: answer.asked, isFaster: answer.isFaster, told: answer.told)
            #expect(pace.seconds == answer.then, "\(story.name): \(answer)")
        }
    }
}

@Suite struct AskedBackupTests {
    private static func at(_ minute: Int64) -> Timestamp { Timestamp(milliseconds: minute * 60_000) }

    @Test func eachAskingIsBegunOnce() {
        var machine = AskedBackup()
        #expect(machine.begin() == nil)
        let first = machine.wasAsked(at: Self.at(1))
        let again = machine.wasAsked(at: Self.at(1))
        #expect(first && !again)
        #expect(machine.begin() == Self.at(1))
        #expect(machine.begin() == nil, "one at a time")
        machine.ended()
        let after = machine.wasAsked(at: Self.at(1))
        #expect(!after && machine.begin() == nil)
    }

    @Test func whatIsAskedMeanwhileIsAnsweredByOneBackupAfterwards() {
        var machine = AskedBackup()
        _ = machine.wasAsked(at: Self.at(1))
        _ = machine.begin()
        for minute in [2, 3, 2, 1] as [Int64] { _ = machine.wasAsked(at: Self.at(minute)) }
        #expect(machine.begin() == nil)
        machine.ended()
        #expect(machine.begin() == Self.at(3))
        machine.ended()
        #expect(machine.begin() == nil)
        #expect(machine.begun == [Self.at(1), Self.at(2), Self.at(3)])
    }

    /// A collector a little behind another still tells the older one; one whose clock is wrong tells one of next year.
    @Test(arguments: [(4, false), (5, false), (3, true), (6, true)])
    func namesAreComparedAndNotOrdered(minute: Int64, isNew: Bool) {
        var machine = AskedBackup(begun: [Self.at(4), Self.at(525_600), Self.at(5)])
        #expect(machine.wasAsked(at: Self.at(minute)) == isNew)
    }

    @Test func howManyAreKnownIsBounded() {
        var machine = AskedBackup()
        for minute in 0..<100 as Range<Int64> {
            _ = machine.wasAsked(at: Self.at(minute))
            if minute % 40 == 39 {
                _ = machine.begin()
                machine.ended()
            }
        }
        #expect(machine.begun == (64..<80).map { Self.at($0) })
    }
}

/// Real programs, started by the runner as an agent starts it.
@Suite(.serialized) struct BackupRunnerTests {
    private static let asked = Timestamp(rfc3339: "2022-09-23T21:40:00.000+09:00") ?? .distantPast

    private struct Bench {
        let folder: TemporaryFolder
        let lines = LogLines()
        let ended = Bell()
        let board: CopyBoard
        let runner: BackupRunner

        /// - Parameter script: what the program does; `$1` is the folder.
        init(_ script: String, in folder: TemporaryFolder = TemporaryFolder(), timeoutSeconds: Int = 20) throws {
            self.folder = folder
            let program = folder.write("backup", "#!/bin/sh\n\(script)\n", mode: 0o700)
            let text =
                ConfigurationTests.head
                    + """
                    [directives]
                    backup_offsite = ["\(program)", "\(folder.path)"]
                    timeout_seconds = \(timeoutSeconds)
                    [[copy]]
                    tier = "offsite"
                    probe = "command"
                    command = ["true"]
                    """
            let configuration = try AgentConfiguration.read(text: text, file: "agent.toml")
            let backup = try #require(configuration.directives.backupOffsite)
            let board = CopyBoard(copies: configuration.copies)
            self.board = board
            let runner = BackupRunner(
                backup, memory: ProbeMemory(path: folder.path + "/memory"), board: board, log: lines.log,
                ended: { [ended] in ended.ring() })
            self.runner = runner
            _ = Thread.start { runner.run() }
        }

        /// Asks, and waits for the end.
        func run(_ askedAt: Timestamp) -> Bool {
            runner.wasAsked(at: askedAt)
            return ended.wait(atMost: .seconds(30))
        }

        /// How often the program ran.
        var runs: Int { (try? LocalFiles.read(folder.path + "/runs").get())?.count ?? 0 }

        func report(madeAt: Timestamp) -> CopyReport? {
            board.ended(0, CopyReport(tier: .offsite, state: .good, goodAt: madeAt))
            return board.reports(at: SystemClock.steady).first
        }
    }

    private static let counts = "printf x >> $1/runs"

    @Test func theProgramRunsOnceForEachAskingAlsoOverARestart() throws {
        let bench = try Bench(Self.counts)
        #expect(bench.run(Self.asked))
        // Answers repeat the asking until the storm is over; the next one shows that they changed nothing.
        for _ in 0..<5 { bench.runner.wasAsked(at: Self.asked) }
        #expect(bench.run(Self.asked + .seconds(60)))
        #expect(bench.runs == 2)
        let restarted = try Bench(Self.counts, in: bench.folder)
        restarted.runner.wasAsked(at: Self.asked + .seconds(60))
        #expect(restarted.run(Self.asked + .seconds(120)))
        #expect(restarted.runs == 3)
        #expect(bench.lines.all.contains { $0.contains("the off-site backup is done") })
    }

    @Test func whatWasBegunBeforeTheAgentEndedIsNotBegunAgainAndIsSaidToHaveFailed() throws {
        let folder = TemporaryFolder()
        let failure = "the backup failed: the agent ended while it ran"
        folder.write("memory", "begun=\(Self.asked)\nfailure=\(failure)\nfailedAt=\(Self.asked)\n")
        let bench = try Bench(Self.counts, in: folder)
        #expect(bench.report(madeAt: Self.asked - .seconds(60))?.message == failure)
        #expect(bench.report(madeAt: Self.asked + .seconds(1))?.state == .good)
        bench.runner.wasAsked(at: Self.asked)
        #expect(bench.run(Self.asked + .seconds(60)))
        #expect(bench.runs == 1)
    }

    @Test func aBackupThatAnAgentDoesNotSurviveIsNotedBeforeItBegins() throws {
        // The program stands for the power cut: it sees what a restart would find.
        let bench = try Bench("cp $1/memory $1/found")
        #expect(bench.run(Self.asked))
        let found = ProbeMemory(path: bench.folder.path + "/found").load()
        #expect(found["begun"] == Self.asked.rfc3339())
        #expect(found["failure"]?.hasSuffix("the agent ended while it ran") == true && found["failedAt"] != nil)
    }

    @Test func aFailureIsToldWithTheCopyUntilThereIsANewerOneAndItsWordsStayHere() throws {
        let bench = try Bench("echo first; echo 'cannot open rest:https://user:geheim@host' >&2; exit 3")
        let before = SystemClock.now
        #expect(bench.run(Self.asked))
        let report = try #require(bench.report(madeAt: before - .seconds(86_400)))
        #expect(report.state == .failing && report.goodAt == before - .seconds(86_400))
        let message = try #require(report.message)
        #expect(message == "the backup asked for at \(Self.asked) failed: the program ended with status 3")
        let line = bench.lines.all.first { $0.hasPrefix("error: the off-site backup failed") }
        #expect(line?.contains("status 3") == true && line?.contains("cannot open") == true)
        #expect(bench.report(madeAt: SystemClock.now + .seconds(1))?.state == .good)
    }

    @Test func aProgramThatDoesNotEndIsEnded() throws {
        let bench = try Bench("\(Self.counts); sleep 60", timeoutSeconds: 1)
        #expect(bench.run(Self.asked))
        #expect(bench.report(madeAt: Self.asked)?.message?.contains("did not end within 1 s") == true)
        #expect(bench.runs == 1)
    }

    @Test func aProgramThatIsNotThereIsSaid() throws {
        let bench = try Bench(Self.counts)
        unlink(bench.folder.path + "/backup")
        #expect(bench.run(Self.asked))
        #expect(bench.report(madeAt: Self.asked)?.message?.contains("cannot be started") == true)
    }

    @Test func whatIsNamedIsExplainedAndLookedFor() throws {
        let folder = TemporaryFolder()
        let text =
            "agent = \"a\"\ntoken = \"x\"\ncollectors = [\"http://127.0.0.1:1\"]\n"
            + "state = \"\(folder.path)\"\n[directives]\nbackup_offsite = [\"/no/such\"]\nmin_interval = 15\n"
        let named = try AgentConfiguration.read(text: text, file: "agent.toml")
        let explained = Explanation.sentences(of: named).joined(separator: "\n")
        #expect(explained.contains("at most every 15 s") && explained.contains("it runs /no/such, once"))
        let check = Doctor.examine(named).first { $0.name == "directive backup_offsite" }
        #expect(check?.isGood == false && check?.finding.contains("No such file") == true)
        let silent = try AgentConfiguration.read(text: ConfigurationTests.head, file: "agent.toml")
        #expect(Explanation.sentences(of: silent).last == "It does nothing that a collector asks of it.")
    }
}
