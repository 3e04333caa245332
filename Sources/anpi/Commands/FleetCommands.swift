import AnpiClient
import AnpiModel
import ArgumentParser

/// `anpi fleet …`.
struct FleetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fleet", abstract: Help.words("The fleet files.", ja: "施設・保守員などの登録"),
        subcommands: [FleetImport.self, FleetExport.self])

    /// The files of a fleet directory (CONTRACTS §9), in the order of what refers to what.
    static let fileNames = [
        "offices.csv", "sites.csv", "agents.csv", "copies.csv", "engineers.csv", "depots.csv", "loaners.csv",
        RecoveryTemplates.file,
    ]

    static func path(_ directory: String, _ name: String) -> String {
        directory.hasSuffix("/") ? directory + name : directory + "/" + name
    }
}

struct FleetImport: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: Help.words("Import the whole set; what is gone from it is retired.", ja: "一式を取り込む（なくなった行は除外）"))

    @Argument(help: .said("The folder of the CSV files.", ja: "CSVのフォルダ", value: "dir"))
    var directory: String
    @Flag(name: .customLong("dry-run"), help: .said("Only say what would change.", ja: "変更せず結果だけ表示"))
    var dryRun = false
    @OptionGroup var change: ChangeOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let files = try read(session)
        let answer: APIClient.Read<FleetImportAnswer> = try session.change(
            directory, operation: change.operation
        ) { (change) throws(APIError) in
            try session.api.importFleet(files, dryRun: dryRun, change: change)
        }
        let screen = FleetImportScreen(answer: answer.value, isDryRun: dryRun, directory: directory)
        session.show(answer.answer, screen.text(on: session.paper))
        return .done
    }

    private func read(_ session: Session) throws(Complaint) -> [(name: String, text: String)] {
        let words = session.words
        guard let names = session.world.files.list(directory) else {
            throw Complaint(.usage, [words("cli.fleet.noFolder", ["folder": directory])])
        }
        let unknown = names.filter { $0.hasSuffix(".csv") && !FleetCommand.fileNames.contains($0) }
        if !unknown.isEmpty {
            session.world.complaints(words("cli.fleet.notRead", ["files": words.list(unknown)]))
        }
        var files: [(name: String, text: String)] = []
        var mistakes: [String] = []
        for name in FleetCommand.fileNames where names.contains(name) {
            let bytes: [UInt8]?
            do { bytes = try session.world.files.read(FleetCommand.path(directory, name)) } catch { bytes = nil }
            guard let bytes else {
                mistakes.append(words("cli.fleet.unreadable", ["file": name]))
                continue
            }
            guard let text = String(validating: bytes, as: UTF8.self) else {
                mistakes.append(words("cli.fleet.notUTF8", ["file": name]))
                continue
            }
            files.append((name, text))
        }
        guard mistakes.isEmpty else { throw Complaint(.usage, mistakes + [words("cli.fleet.nothing")]) }
        guard !files.isEmpty else { throw Complaint(.usage, [words("cli.fleet.noFiles", ["folder": directory])]) }
        return files
    }
}

struct FleetExport: CollectorCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: Help.words("Write the fleet files into a folder.", ja: "登録内容をフォルダに書き出す"))

    @Argument(help: .said("The folder; it must exist.", ja: "書き出し先のフォルダ", value: "dir"))
    var directory: String
    @Flag(help: .said("Replace files that are there and differ.", ja: "内容の異なる既存ファイルを置き換える"))
    var force = false
    @OptionGroup var common: CommonOptions

    func run(in session: Session) throws(Complaint) -> ExitStatus {
        let words = session.words
        let answer = try session.ask { () throws(APIError) in try session.api.fleet() }
        guard session.world.files.list(directory) != nil else {
            throw Complaint(.usage, [words("cli.fleet.noFolder", ["folder": directory])])
        }
        // Only names we know: a collector must not choose where we write.
        let files = FleetCommand.fileNames.compactMap { name in answer.value.files[name].map { (name, $0) } }
        let different = files.filter { name, text in
            guard let there = try? session.world.files.read(FleetCommand.path(directory, name)) else { return false }
            return there != Array(text.utf8)
        }
        guard force || different.isEmpty else {
            throw Complaint(.usage, [words("cli.fleet.wouldReplace", ["files": words.list(different.map(\.0))])])
        }
        for (name, text) in files {
            do {
                try session.world.files.write(FleetCommand.path(directory, name), text)
            } catch {
                throw Complaint(.failed, [words("cli.fleet.unwritable", ["file": FleetCommand.path(directory, name)])])
            }
        }
        session.show(
            answer.answer,
            words("cli.fleet.exported", ["folder": directory, "files": words.list(files.map(\.0))]))
        return .done
    }
}
