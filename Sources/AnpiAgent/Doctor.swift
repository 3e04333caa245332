import AnpiClient
import AnpiModel
import Glibc

/// `anpi-agent doctor`: goes through everything that must be right, with a cure for what is not.
package enum Doctor {
    package struct Check: Hashable, Sendable {
        package var name: String
        package var isGood: Bool
        /// What was found.
        package var finding: String
        /// What to do about it; empty where nothing need be done.
        package var cure: String
    }

    /// A clock that is further off is shown as wrong: the collector tells it to people then (CONTRACTS §1).
    static let skewMax: Duration = .seconds(120)

    package static func examine(_ configuration: AgentConfiguration) -> [Check] {
        [state(configuration)] + configuration.copies.map { copy($0, configuration) }
            + directives(configuration) + configuration.collectors.flatMap { collector($0, configuration) }
    }

    private static func state(_ configuration: AgentConfiguration) -> Check {
        let path = configuration.stateDirectory
        do {
            _ = try StateDirectory(path)
            return Check(name: "state", isGood: true, finding: "\(path) can be written", cure: "")
        } catch  where error.code == .running {
            return Check(name: "state", isGood: true, finding: "\(path) is in use by the running agent", cure: "")
        } catch {
            return Check(
                name: "state", isGood: false, finding: error.message,
                cure: "make it and give it to the agent's user, or set state = \"…\"")
        }
    }

    private static func copy(_ copy: CopyConfiguration, _ configuration: AgentConfiguration) -> Check {
        var probe = copy.makeProbe(stateDirectory: configuration.stateDirectory)
        let report = probe.look(at: SystemClock.now)
        let age = report.goodAt.map { ", made \($0)" } ?? ""
        let verified = report.verifiedAt.map { ", read back \($0)" } ?? ""
        let message = report.message.map { ": \($0)" } ?? ""
        return Check(
            name: "copy \(copy.tier.rawValue)", isGood: report.state == .good,
            finding: "\(report.state.rawValue)\(age)\(verified)\(message)", cure: cure(for: report.state))
    }

    private static func directives(_ configuration: AgentConfiguration) -> [Check] {
        guard let program = configuration.directives.backupOffsite?.command[0] else { return [] }
        let canRun = access(program, X_OK) == 0
        let finding = canRun ? "\(program) can be run" : "\(program) cannot be run: \(SystemError.last.words)"
        return [
            Check(
                name: "directive backup_offsite", isGood: canRun, finding: finding,
                cure: canRun ? "" : "install it, or name another program")
        ]
    }

    private static func cure(for state: CopyState) -> String {
        switch state {
        case .good: ""
        case .old: "see why the backup job no longer runs"
        case .failing: "the copy is there and not usable: make a new one and test it"
        case .missing: "see whether the medium is plugged in and the path is right"
        case .unknown: "try the same by hand as the agent's user"
        }
    }

    private static func collector(_ url: String, _ configuration: AgentConfiguration) -> [Check] {
        let name = "collector \(url)"
        let response: HTTPResponse
        let sentAt = SystemClock.now
        do {
            let client = try HTTPClient(options: configuration.clientOptions)
            let door = CollectorDoor(client: client, url: url, token: configuration.token, agent: configuration.agent)
            // A request without beats: the token is judged before the body, and nothing is reported.
            let body = JSON.object([
                .init("agent", .string(configuration.agent.text)), .init("boot", .string("doctor")),
                .init("beats", .array([])),
            ])
            response = try door.post(Array(body.text.utf8), timeout: Sender.requestTimeout)
        } catch {
            return [Check(name: name, isGood: false, finding: error.description, cure: cure(for: error.code))]
        }
        return [token(name, response.status)] + clock(name, response, sentAt: sentAt, receivedAt: SystemClock.now)
    }

    private static func cure(for code: ClientError.Code) -> String {
        switch code {
        case .unresolved: "check the name in collectors, and the name server"
        case .unreachable, .timedOut, .broken:
            "check the address, the line and the firewall; see whether the collector runs"
        case .untrusted: "check the collector's certificate; set ca_file for a certificate authority of your own"
        case .invalidRequest, .refusedAddress, .answerTooLarge, .unavailable: "check the address in collectors"
        }
    }

    private static func token(_ name: String, _ status: Int) -> Check {
        switch status {
        case 200, 400, 422: Check(name: name, isGood: true, finding: "reached, the token is accepted", cure: "")
        case 401:
            Check(
                name: name, isGood: false, finding: "the token is not known",
                cure: "make a new one with `anpi token create --agent ID` and put it into token_file")
        case 403:
            Check(
                name: name, isGood: false, finding: "the token belongs to another agent",
                cure: "see that agent = \"…\" and the token are of the same agent")
        case 404:
            Check(
                name: name, isGood: false, finding: "the collector does not know this agent, or is none",
                cure: "put the agent into agents.csv and import the fleet; check the address")
        default:
            Check(
                name: name, isGood: false, finding: "answers with status \(status)",
                cure: "check that the address is the collector's agents' door")
        }
    }

    /// The answer's date has whole seconds, which is enough for a limit of minutes.
    private static func clock(
        _ name: String, _ response: HTTPResponse, sentAt: Timestamp, receivedAt: Timestamp
    ) -> [Check] {
        guard let date = response.header("Date").flatMap({ HTTPResponse.date($0) }) else { return [] }
        let skew = date - Timestamp(milliseconds: (sentAt.milliseconds + receivedAt.milliseconds) / 2)
        let isGood = skew < skewMax && skew > .zero - skewMax
        let seconds = abs(skew.wholeSeconds)
        return [
            Check(
                name: "clock against \(name)", isGood: isGood,
                finding: seconds < 2 ? "same time" : "\(seconds) s \(skew > .zero ? "behind" : "ahead")",
                cure: isGood ? "" : "set the clock, best by a time server (systemd-timesyncd, chrony)")
        ]
    }
}
