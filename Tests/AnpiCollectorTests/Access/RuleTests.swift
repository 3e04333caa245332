import AnpiModel
import Logging
import Testing

@testable import AnpiCollector

struct RuleTests {
    let now = DoorFixture.now

    @Test(arguments: ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost", "LOCALHOST"])
    func loopbackNeedsNothing(host: String) {
        #expect(ListenRule.judge(host: host, hasTLS: false, behindProxy: nil) == .allowed)
    }

    @Test(arguments: ["0.0.0.0", "::", "192.168.1.5", "127.0.0.1.evil.example", "127.0.0", "example.jp", "127.0.0.256"])
    func otherAddressesNeedTLSOrANamedProxy(host: String) {
        guard case .refused(let sentence) = ListenRule.judge(host: host, hasTLS: false, behindProxy: nil) else {
            Issue.record("\(host) was allowed")
            return
        }
        #expect(sentence.contains("--behind-proxy"))
        #expect(ListenRule.judge(host: host, hasTLS: true, behindProxy: nil) == .allowed)
        #expect(ListenRule.judge(host: host, hasTLS: false, behindProxy: "10.0.0.1") == .allowed)
    }

    @Test func tlsAndAProxyExcludeEachOther() {
        guard case .refused = ListenRule.judge(host: "::1", hasTLS: true, behindProxy: "10.0.0.1") else {
            Issue.record("both were allowed")
            return
        }
    }

    @Test func onlyTheNamedProxySpeaksForOthers() {
        let trust = ProxyTrust(flag: "10.0.0.1, 10.0.0.2")
        #expect(trust.client(peer: "10.0.0.1", forwardedFor: "6.6.6.6, 203.0.113.9, 10.0.0.2") == "203.0.113.9")
        #expect(trust.client(peer: "203.0.113.1", forwardedFor: "6.6.6.6") == "203.0.113.1")
        #expect(trust.client(peer: "10.0.0.1", forwardedFor: nil) == "10.0.0.1")
        #expect(trust.isSecure(peer: "10.0.0.1", forwardedProto: "https", hasTLS: false))
        #expect(!trust.isSecure(peer: "203.0.113.1", forwardedProto: "https", hasTLS: false))
        #expect(!ProxyTrust(flag: nil).trusts(""))
    }

    @Test func thePauseDoublesAndIsForgotten() {
        var throttle = SignInThrottle()
        for _ in 0..<SignInThrottle.freeFailures {
            #expect(throttle.pause(address: "a", at: now) == nil)
            throttle.failed(address: "a", at: now)
        }
        #expect(throttle.pause(address: "a", at: now) == .seconds(1))
        #expect(throttle.pause(address: "b", at: now) == nil)
        throttle.failed(address: "a", at: now)
        #expect(throttle.pause(address: "a", at: now) == .seconds(2))
        for _ in 0..<50 { throttle.failed(address: "a", at: now) }
        #expect(throttle.pause(address: "a", at: now) == SignInThrottle.pauseMax)
        throttle.failed(address: "a", at: now + SignInThrottle.memory)
        #expect(throttle.pause(address: "a", at: now + SignInThrottle.memory) == nil)
        throttle.succeeded(address: "a")
        #expect(throttle.pause(address: "a", at: now) == nil)
    }

    @Test func theThrottleIsBounded() {
        var throttle = SignInThrottle()
        for number in 0..<(SignInThrottle.addressesMax + 50) {
            throttle.failed(address: "\(number)", at: now + .milliseconds(number))
        }
        for _ in 0..<SignInThrottle.freeFailures { throttle.failed(address: "late", at: now + .seconds(60)) }
        #expect(throttle.pause(address: "late", at: now + .seconds(60)) != nil)
    }
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
