import AnpiModel
import ArgumentParser

/// The root of the command line.
struct Anpi: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anpi",
        abstract: Help.words("Is everyone safe? The command line of Anpi.", ja: "安否のコマンドライン"),
        discussion: Help.words(
            "Reads ANPI_COLLECTOR and ANPI_TOKEN or ANPI_TOKEN_FILE, else ~/.config/anpi/config.toml.",
            ja: "ANPI_COLLECTOR と ANPI_TOKEN（または ANPI_TOKEN_FILE）、なければ ~/.config/anpi/config.toml を読みます。"),
        version: "anpi \(ProgramVersion.text)",
        subcommands: [
            QueueCommand.self, TaskCommand.self, SyncCommand.self, SheetCommand.self, SiteCommand.self,
            FindingCommand.self, DamageCommand.self, EngineerCommand.self, LoanerCommand.self, IncidentCommand.self,
            FleetCommand.self, TokenCommand.self, HookCommand.self, JournalCommand.self, HazardCommand.self,
            SitrepCommand.self, ClaimsCommand.self, ReadinessCommand.self, ReplayCommand.self, DrillCommand.self,
            CheckCommand.self,
        ])
}
