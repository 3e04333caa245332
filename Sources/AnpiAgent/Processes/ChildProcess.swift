import AnpiClient
import AnpiModel
import Glibc
import Synchronization

/// A program that the agent starts, without a shell: an own process group, nothing on its input, an output that is cut
/// at a cap, and an end by force when its time is over.
struct ChildProcess: Sendable {
    /// The program, looked up in `PATH` unless it names a path, and its arguments.
    var command: [String]
    var environment: [String: String]
    var timeout: Duration
    /// What is kept of each output; the rest is read and thrown away, so that the program is not stuck on a full pipe.
    var outputBytesMax = 256 * 1_024

    enum End: Hashable {
        case exited(Int32)
        case signalled(Int32)
        case timedOut
    }

    struct Outcome {
        var end: End
        var output: [UInt8]
        var errors: [UInt8]
    }

    /// Time between asking the group to end and killing it.
    private static let killDelay: Duration = .seconds(1)

    /// Runs the program to its end, which is after `timeout` at the latest, unless the kernel holds it (a dead mount).
    func run() throws(AgentError) -> Outcome {
        let output = try Pipe()
        let errors = try Pipe()
        let child = try RunningChildren.shared.begin { () throws(AgentError) in
            try spawn(output: output.writing, errors: errors.writing)
        }
        output.closeWriting()
        errors.closeWriting()
        defer { RunningChildren.shared.remove(child) }
        return collect(child, output, errors)
    }

    private func spawn(output: Int32, errors: Int32) throws(AgentError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
        // The agent blocks and ignores signals; a program started so could not be asked to end.
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var arguments = command.map { strdup($0) } + [nil]
        var variables = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var child = pid_t()
        let number = PipeEnds.whileNoneIsMade {
            posix_spawnp(&child, command[0], &actions, &attributes, &arguments, &variables)
        }
        guard number == 0 else {
            throw AgentError(.start, "\(command[0]) cannot be started: \(SystemError(number: number).words)")
        }
        return child
    }

    private func collect(_ child: pid_t, _ output: Pipe, _ errors: Pipe) -> Outcome {
        var outcome = Outcome(end: .timedOut, output: [], errors: [])
        let deadline = SystemClock.steady + timeout
        var isAsked = false
        var killAt = deadline + Self.killDelay
        while true {
            let now = SystemClock.steady
            if !isAsked, now >= deadline {
                kill(-child, SIGTERM)
                isAsked = true
                killAt = now + Self.killDelay
            }
            if isAsked, now >= killAt { kill(-child, SIGKILL) }
            // Short naps: there is no descriptor to wait on for the end of a child whose own children keep the pipe.
            var watched = [
                pollfd(fd: output.reading, events: Int16(POLLIN), revents: 0),
                pollfd(fd: errors.reading, events: Int16(POLLIN), revents: 0),
            ]
            poll(&watched, 2, 20)
            output.drain(into: &outcome.output, bytesMax: outputBytesMax)
            errors.drain(into: &outcome.errors, bytesMax: outputBytesMax)

            var information = siginfo_t()
            information.si_signo = 0
            let waited = waitid(P_PID, id_t(child), &information, WEXITED | WNOHANG | WNOWAIT)
            guard waited == 0, information.si_signo != 0 else { continue }
            // What it left behind goes too, while the group cannot yet be another's: the child is not reaped.
            kill(-child, SIGKILL)
            output.drain(into: &outcome.output, bytesMax: outputBytesMax)
            errors.drain(into: &outcome.errors, bytesMax: outputBytesMax)
            var status: Int32 = 0
            while waitpid(child, &status, 0) < 0, errno == EINTR {}
            if !isAsked {
                outcome.end = status & 0x7F == 0 ? .exited((status >> 8) & 0xFF) : .signalled(status & 0x7F)
            }
            return outcome
        }
    }
}

/// The process groups that run now, so that a stopping agent leaves none behind.
final class RunningChildren: Sendable {
    static let shared = RunningChildren()

    private struct State {
        var children: Set<pid_t> = []
        var isEnding = false
    }

    private let state = Mutex(State())

    /// Starts a program and notes it in one step: whoever ends all must find it.
    func begin(_ start: () throws(AgentError) -> pid_t) throws(AgentError) -> pid_t {
        try state.withLock { state throws(AgentError) in
            guard !state.isEnding else { throw AgentError(.start, "the agent is ending") }
            let child = try start()
            state.children.insert(child)
            return child
        }
    }

    func remove(_ child: pid_t) { state.withLock { _ = $0.children.remove(child) } }

    /// Ends all and lets no other begin: the program ends after this.
    func killAll() {
        let children = state.withLock { state in
            state.isEnding = true
            return state.children
        }
        for child in children { kill(-child, SIGKILL) }
    }
}

/// A pipe from a child to us; both ends are closed with it.
private final class Pipe {
    let reading: Int32
    private(set) var writing: Int32

    init() throws(AgentError) {
        guard let ends = PipeEnds.make() else {
            throw AgentError(.start, "no pipe for a program: \(SystemError.last.words)")
        }
        (reading, writing) = (ends.reading, ends.writing)
        _ = fcntl(reading, F_SETFL, O_NONBLOCK)
    }

    deinit {
        close(reading)
        closeWriting()
    }

    func closeWriting() {
        if writing >= 0 { close(writing) }
        writing = -1
    }

    /// Reads what is there; keeps at most `bytesMax` of all that was ever read. Bounded by a count of reads, so that a
    /// program that never stops printing cannot keep us from looking at the clock.
    func drain(into bytes: inout [UInt8], bytesMax: Int) {
        var chunk = [UInt8](repeating: 0, count: 64 * 1_024)
        for _ in 0..<64 {
            let count = read(reading, &chunk, chunk.count)
            guard count > 0 else { return }
            let room = bytesMax - bytes.count
            if room > 0 { bytes.append(contentsOf: chunk[..<min(count, room)]) }
        }
    }
}
