import AnpiModel
import ArgumentParser

/// The options of every command.
struct CommonOptions: ParsableArguments {
    @Option(help: .said("Address of the collector.", ja: "コレクターのアドレス", value: "url"))
    var collector: String?

    @Option(
        help: .said(
            "Ask this drill, not the real fleet (or ANPI_DRILL).", ja: "実際の施設ではなく、この訓練を対象にする（ANPI_DRILL でも可）",
            value: "name"))
    var drill: String?

    @Option(
        name: .shortAndLong,
        help: .said(
            "What to print: table or json; lists also csv, situation reports md.",
            ja: "出力形式: table または json。一覧は csv、状況報告は md も"))
    var output: OutputForm = .table

    @Option(help: .said("Language: ja or en; LANG decides otherwise.", ja: "言語: ja または en（省略時は LANG による）"))
    var lang: Language?
}

/// Options of commands that change something.
struct ChangeOptions: ParsableArguments {
    @Option(
        help: .said(
            "Key of an earlier attempt: the change then happens at most once.",
            ja: "前回の試みのキー。指定すると変更は一度しか行われません", value: "key"))
    var operation: String?
}

/// How an answer is printed.
enum OutputForm: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// For people.
    case table
    /// The API's JSON, stable and untranslated.
    case json
    /// A list for spreadsheets.
    case csv
    /// A situation report as a page of Markdown.
    case md
}

extension Language: ExpressibleByArgument {}

extension ArgumentHelp {
    /// Help in the language of the process; help is printed before any option is read.
    static func said(_ english: String, ja: String, value: String? = nil) -> ArgumentHelp {
        ArgumentHelp(Help.words(english, ja: ja), valueName: value)
    }
}

/// Help texts stand beside the options they explain; everything else comes from the label table.
enum Help {
    private static let language = Language(environment: Machine.environment)

    static func words(_ english: String, ja: String) -> String { language == .ja ? ja : english }
}
