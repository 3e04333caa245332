import AnpiModel
import Synchronization

/// Everything that says who may come in: one value that both doors share.
package final class AccessControl: Sendable {
    package let tokens: TokenTable
    package let sessions: SessionTable
    package let pings: PingDirectory
    package let keeper: any TokenKeeping
    package let proxy: ProxyTrust
    /// True where this process ends TLS itself.
    package let hasTLS: Bool
    private let throttle = Mutex(SignInThrottle())

    package init(keeper: any TokenKeeping, proxy: ProxyTrust = ProxyTrust(flag: nil), hasTLS: Bool = false) {
        let tokens = TokenTable()
        self.tokens = tokens
        self.sessions = SessionTable()
        self.pings = PingDirectory(tokens: tokens)
        self.keeper = keeper
        self.proxy = proxy
        self.hasTLS = hasTLS
    }

    /// How long `address` has to wait before it may try to sign in again; nil when it may try now.
    func signInPause(address: String, at now: Timestamp) -> Duration? {
        throttle.withLock { $0.pause(address: address, at: now) }
    }

    func signInFailed(address: String, at now: Timestamp) {
        throttle.withLock { $0.failed(address: address, at: now) }
    }

    func signInSucceeded(address: String) {
        throttle.withLock { $0.succeeded(address: address) }
    }
}
