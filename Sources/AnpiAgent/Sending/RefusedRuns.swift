import AnpiClient
import AnpiModel
import Glibc

/// Runs that no collector takes, kept as files for whoever looks into it.
struct RefusedRuns {
    let directory: String

    /// Files that are kept; beyond them the oldest goes.
    static let filesMax = 100

    /// Keeps the request as it would be sent again.
    func keep(_ outgoing: OutgoingRuns, agent: AgentID, at now: Timestamp) {
        guard case .success = LocalFiles.makeDirectory(directory) else { return }
        let text = HeartbeatText.request(agent: agent, sentAt: now, version: AgentVersion.text, outgoing: outgoing)
        let number = String(outgoing.sequences.lowerBound)
        let name = "\(now.milliseconds)-\(outgoing.boot)-\(number).json"
        _ = LocalFiles.replace("\(directory)/\(name)", with: Array((text + "\n").utf8))
        guard case .success(let names) = LocalFiles.names(in: directory) else { return }
        for old in names.dropLast(Self.filesMax) { unlink("\(directory)/\(old)") }
    }
}
