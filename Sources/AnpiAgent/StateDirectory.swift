import AnpiClient
import Glibc

/// The agent's own directory, locked as long as this lives: two agents on one spool would give numbers twice.
package final class StateDirectory: Sendable {
    package let path: String
    private let descriptor: Int32

    package init(_ path: String) throws(AgentError) {
        self.path = path
        if case .failure(let error) = LocalFiles.makeDirectory(path) {
            throw AgentError(.state, "the state directory \(path) cannot be made: \(error.words)")
        }
        descriptor = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw AgentError(.state, "the state directory \(path) cannot be written: \(SystemError.last.words)")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            close(descriptor)
            throw number == EWOULDBLOCK
                ? AgentError(.running, "an agent already runs on \(path)")
                : AgentError(.state, "\(path)/lock cannot be locked: \(SystemError(number: number).words)")
        }
    }

    deinit { close(descriptor) }
}
