import AnpiEngine
import AnpiModel
import AnpiReplay
import ArgumentParser

/// `anpi replay`: a fleet and a feed, or what a collector recorded, through the engine on this machine.
struct ReplayCommand: LocalCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: Help.words("Play a feed through the engine and print what it decides.", ja: "記録を再生し、判断を表示"),
        discussion: Help.words(
            """
            Either --fleet and --feed, or --from-journal: what a collector recorded from then on, compared with its \
            journal. The same feed prints the same bytes. Without -o: text on a terminal, jsonl when piped.
            """,
            ja: """
                --fleet と --feed、または --from-journal（コレクターの記録を再生し、監査記録と照合）を指定します。\
                同じ記録からは同じ出力が得られます。-o 省略時: 端末では text、パイプでは jsonl。
                """))

    @Option(help: .said("The folder of the fleet's CSV files.", ja: "施設などのCSVのフォルダ", value: "dir"))
    var fleet: String?
    @Option(
        help: .said(
            "The feed, JSON Lines; given again, what came after it.", ja: "記録（JSON Lines）。続きがあれば繰り返し指定",
            value: "file"))
    var feed: [String] = []
    @Option(help: .said("What a collector recorded, from this time on.", ja: "コレクターの記録の開始時刻", value: "time"))
    var fromJournal: String?
    @Option(help: .said("With --from-journal: until then, instead of now.", ja: "記録の終了時刻（省略時は現在）", value: "time"))
    var to: String?
    @Option(help: .said("Address of the collector.", ja: "コレクターのアドレス", value: "url"))
    var collector: String?
    @Option(name: .shortAndLong, help: .said("What to print: text or jsonl.", ja: "出力形式: text または jsonl"))
    var output: ReplayForm?
    @Option(help: .said("Language: ja or en; LANG decides otherwise.", ja: "言語: ja または en（省略時は LANG による）"))
    var lang: Language?

    func validate() throws {
        let isRecorded = fromJournal != nil
        guard isRecorded ? fleet == nil && feed.isEmpty : fleet != nil && !feed.isEmpty else {
            throw ValidationError("Give --fleet and --feed, or --from-journal.")
        }
        guard isRecorded || (to == nil && collector == nil) else {
            throw ValidationError("--to and --collector go with --from-journal.")
        }
    }

    func run(in world: World) throws(Complaint) -> ExitStatus {
        let words = Words(language: lang ?? Language(environment: world.environment))
        let form = output ?? (world.columns == nil ? .jsonl : .text)
        if let fromJournal {
            return try RecordedRun(world: world, words: words, form: form)
                .run(collector: collector, from: fromJournal, to: to)
        }
        return try play(feed, of: FleetFolder.read(fleet ?? "", world.files, words), form, words, in: world)
    }

    private func play(
        _ feeds: [String], of fleet: Fleet, _ form: ReplayForm, _ words: Words, in world: World
    ) throws(Complaint) -> ExitStatus {
        var screen = ReplayScreen(words: words, fleet: fleet)
        do throws(FeedError) {
            var replay: Replay?
            var last: Timestamp?
            var printed: [String] = []
            var step = Step()
            for feed in feeds {
                var reader = try FeedReader(path: feed, after: last)
                while let line = try reader.next() {
                    if replay == nil { replay = Replay(fleet: fleet, start: line.at, into: &step) }
                    replay?.take(line, into: &step)
                    for decision in step.decisions {
                        switch form {
                        case .jsonl: printed.append(decision.json.text)
                        case .text: printed += screen.lines(decision)
                        }
                    }
                    step = Step()
                    if printed.count >= Self.linesAtOnce {
                        world.output(printed.joined(separator: "\n"))
                        printed = []
                    }
                }
                last = reader.last
            }
            if !printed.isEmpty { world.output(printed.joined(separator: "\n")) }
            for refusal in replay?.refused ?? [] {
                world.complaints(words("cli.replay.refused", ["at": refusal.at.description, "why": refusal.sentence]))
            }
        } catch {
            throw Complaint(.usage, [error.description])
        }
        return .done
    }

    /// Lines are printed together, so that a long feed is not written line by line.
    private static let linesAtOnce = 1_000
}

enum ReplayForm: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// For people.
    case text
    /// One decision a line (CONTRACTS §7).
    case jsonl
}

/// A fleet directory on this machine.
enum FleetFolder {
    static func read(_ folder: String, _ files: Files, _ words: Words) throws(Complaint) -> Fleet {
        guard let names = files.list(folder) else {
            throw Complaint(.usage, [words("cli.fleet.noFolder", ["folder": folder])])
        }
        var texts: [String: [UInt8]] = [:]
        for name in FleetCommand.fileNames where names.contains(name) {
            let bytes: [UInt8]?
            do { bytes = try files.read(FleetCommand.path(folder, name)) } catch { bytes = nil }
            guard let bytes else { throw Complaint(.usage, [words("cli.fleet.unreadable", ["file": name])]) }
            texts[name] = bytes
        }
        guard !texts.isEmpty else { throw Complaint(.usage, [words("cli.fleet.noFiles", ["folder": folder])]) }
        do throws(FleetProblems) {
            return try FleetFiles.read(texts)
        } catch {
            throw Complaint(.usage, error.problems.map(\.description) + [words("cli.fleet.nothing")])
        }
    }
}
