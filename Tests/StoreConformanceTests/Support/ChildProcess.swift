import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// A program that is run beside the tests.
///
/// Foundation's `Process` waits until every descendant has closed a descriptor of its own, so it would wait for a server
/// that its child has started; and it hands on this thread's blocked signals, without which a shell cannot wait.
struct ChildProcess: Sendable {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    let identifier: pid_t

    /// - Parameters:
    ///   - input: what it reads, nil for nothing.
    ///   - output: the file that gets what it says; nil: nobody hears it.
    init(_ program: String, _ arguments: [String], input: Int32? = nil, output: String? = nil) throws {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 1, output ?? "/dev/null", O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var identifier: pid_t = 0
        let code = posix_spawn(&identifier, program, &actions, &attributes, &words, environ)
        guard code == 0 else { throw Failure(description: "\(program) cannot be run: error \(code)") }
        self.identifier = identifier
    }

    /// Waits for its end and returns its status, 128 and the number where a signal ended it.
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) == -1, errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }
}
