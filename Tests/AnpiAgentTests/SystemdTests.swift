import AnpiModel
import Glibc
import Testing

@testable import AnpiAgent

/// A socket as systemd's, to which a service tells how it stands.
private final class NotifySocket: Sendable {
    let name: String
    private let descriptor: Int32

    /// - Parameter name: A path, or `@` and an abstract name.
    init?(_ name: String) {
        self.name = name
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var path = Array(name.utf8)
        if path.first == 0x40 { path[0] = 0 }
        guard path.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        guard bound == 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// The next message; nil when none comes within 20 s.
    func next() -> String? {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&watched, 1, 20_000) == 1 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}

@Suite(.serialized) struct SystemdTests {
    @Test(arguments: [true, false])
    func whatIsToldArrivesAtAPathAndAtAnAbstractName(isAbstract: Bool) throws {
        let folder = TemporaryFolder()
        let socket = try #require(NotifySocket((isAbstract ? "@" : "") + folder.path + "/notify"))
        let notifier = SystemdNotifier(environment: ["NOTIFY_SOCKET": socket.name])
        notifier.ready()
        notifier.alive()
        notifier.stopping()
        #expect([socket.next(), socket.next(), socket.next()] == ["READY=1", "WATCHDOG=1", "STOPPING=1"])
    }

    @Test(arguments: [
        ("3000000", Duration.milliseconds(1_500)), ("60000000", .seconds(30)), ("0", .milliseconds(1)), ("x", nil),
        (nil, nil),
    ])
    func theWatchdogIsFedTwiceAsOftenAsItAsks(microseconds: String?, every: Duration?) {
        var environment = ["NOTIFY_SOCKET": "/nowhere"]
        environment["WATCHDOG_USEC"] = microseconds
        let notifier = SystemdNotifier(environment: environment)
        #expect(notifier.watchdog == every)
        // Nobody listens there: nothing happens.
        notifier.ready()
    }

    @Test(.enabled(if: ProgramTests.program != nil)) func theServiceSaysThatItIsReadyAliveAndStopping() throws {
        let folder = TemporaryFolder()
        let socket = try #require(NotifySocket(folder.path + "/notify"))
        let file = folder.write(
            "agent.toml",
            """
            agent = "shz-0041-server"
            token = "anpi_agent_1_secret"
            collectors = ["http://127.0.0.1:1"]
            interval = 3600
            state = "\(folder.path)/state"
            """)
        let running = RunningProgram(
            try #require(ProgramTests.program), ["run", "--config", file], in: folder,
            environment: ["NOTIFY_SOCKET": socket.name, "WATCHDOG_USEC": "400000"])
        #expect(socket.next() == "READY=1")
        // The beat of an hour's interval is long done: these are the watchdog's own.
        for _ in 0..<4 { #expect(socket.next() == "WATCHDOG=1") }
        running.send(SIGTERM)
        var last = socket.next()
        while last == "WATCHDOG=1" { last = socket.next() }
        #expect(last == "STOPPING=1")
        #expect(running.waitForEnd().end == .exited(0))
    }
}
