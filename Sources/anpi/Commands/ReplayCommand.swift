import AnpiEngine
import AnpiModel
import AnpiReplay
import ArgumentParser

/// `anpi replay`: a fleet and a feed through the engine, on this machine.
struct ReplayCommand: LocalCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: Help.words("Play a feed through the engine and print what it decides.", ja: "記録を再生し、判断を表示"),
        discussion: Help.words(
            "The same feed prints the same bytes. Without -o: text on a terminal, jsonl when piped.",
            ja: "同じ記録からは同じ出力が得られます。-o 省略時: 端末では text、パイプでは jsonl。"))

    @Option(help: .said("The folder of the fleet's CSV files.", ja: "施設などのCSVのフォルダ", value: "dir"))
    var fleet: String
    @Option(help: .said("The feed, JSON Lines.", ja: "記録（JSON Lines）", value: "file"))
    var feed: String
    @Option(name: .shortAndLong, help: .said("What to print: text or jsonl.", ja: "出力形式: text または jsonl"))
    var output: ReplayForm?
    @Option(help: .said("Language: ja or en; LANG decides otherwise.", ja: "言語: ja または en（省略時は LANG による）"))
    var lang: Language?

    func run(in world: World) throws(Complaint) -> ExitStatus {
        let words = Words(language: lang ?? Language(environment: world.environment))
        let fleet = try FleetFolder.read(self.fleet, world.files, words)
        let form = output ?? (world.columns == nil ? .jsonl : .text)
        var screen = ReplayScreen(words: words, fleet: fleet)
        do throws(FeedError) {
            var reader = try FeedReader(path: feed)
            var replay: Replay?
            var printed: [String] = []
            var step = Step()
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
