import AnpiClient
import AnpiModel
import ArgumentParser

/// `anpi check`: a plugin for Nagios, Icinga and their kin.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: Help.words(
            "A Nagios plugin: 0 OK, 1 warning, 2 critical, 3 unknown.", ja: "Nagiosプラグイン: 0 正常、1 警告、2 重大、3 不明"),
        discussion: Help.words(
            """
            -w and -c count sites that are likelyHit; --also sets thresholds on suspect, unknown, silent, incidents, \
            blindSeconds or feedAge. Ranges are those of the monitoring-plugin guidelines; a bare number N from 1 on means "N or \
            more". Without any threshold: -c 1 --also incidents=1.
            """,
            ja: """
                -w と -c は likelyHit（被災濃厚）の施設数、--also は suspect、unknown、silent、incidents、blindSeconds、feedAge の\
                しきい値です。範囲は monitoring-plugin の書式、数字だけの N（1以上）は「N以上」です。\
                指定がなければ -c 1 --also incidents=1 とします。
                """))

    @Option(help: .said("Only sites of this office.", ja: "営業所で絞る", value: "id"))
    var office: String?
    @Option(name: .shortAndLong, help: .said("Range of likelyHit that warns.", ja: "警告とする範囲", value: "range"))
    var warning: NagiosRange?
    @Option(name: .shortAndLong, help: .said("Range of likelyHit that is critical.", ja: "重大とする範囲", value: "range"))
    var critical: NagiosRange?
    @Option(help: .said("Thresholds of another figure; may be repeated.", ja: "ほかの数値のしきい値（複数可）", value: "figure=w[,c]"))
    var also: [FigureThresholds] = []
    @Option(name: .shortAndLong, help: .said("Seconds to wait for the collector.", ja: "待つ秒数", value: "seconds"))
    var timeout: Int = 10
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (1...600).contains(timeout) else { throw ValidationError("--timeout is 1 to 600 seconds") }
    }

    /// What each figure is held against.
    var thresholds: [String: (warning: NagiosRange?, critical: NagiosRange?)] {
        guard warning != nil || critical != nil || !also.isEmpty else {
            return ["likelyHit": (nil, NagiosRange("1")), "incidents": (NagiosRange("1"), nil)]
        }
        var thresholds = ["likelyHit": (warning: warning, critical: critical)]
        for figure in also { thresholds[figure.name] = (figure.warning, figure.critical) }
        return thresholds
    }
}

/// `silent=1,5`: warning and critical range of a figure.
struct FigureThresholds: ExpressibleByArgument, Hashable, Sendable {
    var name: String
    var warning: NagiosRange?
    var critical: NagiosRange?

    init?(argument: String) {
        let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, CheckVerdict.names.contains(String(parts[0])) else { return nil }
        let ranges = parts[1].split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
        guard (1...2).contains(ranges.count), ranges != [""] else { return nil }
        name = String(parts[0])
        warning = NagiosRange(ranges[0])
        critical = ranges.count == 2 ? NagiosRange(ranges[1]) : nil
        // An empty side is "none"; anything else must be a range.
        if warning == nil, !ranges[0].isEmpty { return nil }
        if critical == nil, ranges.count == 2, !ranges[1].isEmpty { return nil }
    }
}

/// Runs `anpi check`, whose every way out is a state of Nagios: what is not 0, 1 or 2 is 3, usage and `--help` too.
enum CheckProgram {
    static func run(_ arguments: [String], in world: World) -> Int32 {
        do {
            // The plugin guidelines' short name for the version.
            let arguments = arguments.map { $0 == "-V" ? "--version" : $0 }
            var command = try Anpi.parseAsRoot(arguments)
            guard let check = command as? CheckCommand else {
                // The parser's own help command, which tells its text by throwing.
                try command.run()
                return CheckVerdict.State.unknown.rawValue
            }
            return tell(verdict(of: check, in: world), world)
        } catch {
            let message = Anpi.fullMessage(for: error)
            let isHelp = Anpi.exitCode(for: error).isSuccess
            world.output(isHelp ? message : "UNKNOWN " + message)
            return CheckVerdict.State.unknown.rawValue
        }
    }

    private static func verdict(of check: CheckCommand, in world: World) -> CheckVerdict {
        var options = check.common
        options.lang = .en
        do {
            // A plugin's one line is of the real fleet, whatever the shell that runs it was set to.
            let session = try Session(
                world, options: options, timeout: .seconds(check.timeout), mayEnterDrill: false)
            let overview = try session.ask(check.office) { () throws(APIError) in
                try session.api.overview(office: check.office)
            }
            return CheckVerdict(overview.value, thresholds: check.thresholds)
        } catch {
            return CheckVerdict(unknown: error.lines.joined(separator: " - "))
        }
    }

    private static func tell(_ verdict: CheckVerdict, _ world: World) -> Int32 {
        world.output(verdict.line)
        return verdict.state.rawValue
    }
}
