import Glibc

/// Tells systemd how the service stands: a datagram to `$NOTIFY_SOCKET`, which is all that its library does.
struct SystemdNotifier: Sendable {
    private let address: String?
    /// How often systemd wants to hear that we are alive; nil when it does not watch us.
    let watchdog: Duration?

    init(environment: [String: String]) {
        address = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
        // Half of the limit, as systemd's own manual advises.
        watchdog = environment["WATCHDOG_USEC"].flatMap { Int64($0) }.map { .microseconds(max($0, 2_000) / 2) }
    }

    func ready() { send("READY=1") }
    func alive() { send("WATCHDOG=1") }
    func stopping() { send("STOPPING=1") }

    private func send(_ message: String) {
        guard let address else { return }
        var target = sockaddr_un()
        target.sun_family = sa_family_t(AF_UNIX)
        var path = Array(address.utf8)
        guard path.count < MemoryLayout.size(ofValue: target.sun_path) else { return }
        // "@" stands for the NUL byte that begins an abstract name.
        if path.first == 0x40 { path[0] = 0 }
        withUnsafeMutableBytes(of: &target.sun_path) { $0.copyBytes(from: path) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
        let bytes = Array(message.utf8)
        _ = withUnsafePointer(to: &target) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                // Never waits: a full queue of systemd's must not stop the beats.
                sendto(descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL), $0, length)
            }
        }
    }
}
