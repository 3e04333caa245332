import AnpiModel
import ArgumentParser

/// A command that needs the collector; parsing made it, a session runs it.
protocol CollectorCommand: ParsableCommand {
    var common: CommonOptions { get }
    /// What it can print.
    static var forms: [OutputForm] { get }

    func run(in session: Session) throws(Complaint) -> ExitStatus
}

extension CollectorCommand {
    static var forms: [OutputForm] { [.table, .json] }
}

/// A command about the collector as a whole: `ANPI_DRILL` does not lead it into a drill.
protocol CollectorWideCommand: CollectorCommand {}

/// A command that itself tells the collector what waits.
protocol DeliveringCommand: CollectorCommand {}

/// A command that needs no collector.
protocol LocalCommand: ParsableCommand {
    func run(in world: World) throws(Complaint) -> ExitStatus
}

/// Parses, composes, runs.
enum Program {
    /// Runs one command line and returns what to tell the shell.
    static func run(_ arguments: [String], in world: World) -> Int32 {
        if arguments.first == "check" { return CheckProgram.run(arguments, in: world) }
        do {
            var command = try Anpi.parseAsRoot(arguments)
            if let local = command as? any LocalCommand { return try local.run(in: world).rawValue }
            guard let asking = command as? any CollectorCommand else {
                // Help, or a group of commands without one of them.
                try command.run()
                return ExitStatus.done.rawValue
            }
            let session = try Session(
                world, options: asking.common, mayEnterDrill: !(asking is any CollectorWideCommand))
            let forms = type(of: asking).forms
            guard forms.contains(asking.common.output) else {
                let known = forms.map(\.rawValue).joined(separator: ", ")
                throw Complaint(
                    .usage, [session.words("cli.error.form", ["form": asking.common.output.rawValue, "known": known])])
            }
            if !(asking is any DeliveringCommand) { try session.deliverFirst() }
            return try asking.run(in: session).rawValue
        } catch let complaint as Complaint {
            world.complaints(complaint.lines.joined(separator: "\n"))
            return complaint.status.rawValue
        } catch {
            return report(error, in: world)
        }
    }

    /// What the parser says: help goes to standard output, a wrong command line to standard error.
    private static func report(_ error: any Error, in world: World) -> Int32 {
        let code = Anpi.exitCode(for: error)
        let message = Anpi.fullMessage(for: error)
        if code.isSuccess { world.output(message) } else { world.complaints(message) }
        return code.rawValue
    }
}

@main
enum Main {
    static func main() {
        let world = Machine.world()
        let status = Program.run(Array(CommandLine.arguments.dropFirst()), in: world)
        Machine.exit(status)
    }
}
