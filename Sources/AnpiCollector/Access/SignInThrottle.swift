package import AnpiModel

/// Slows down guessing at the sign-in route, per address: five free failures, then a pause that doubles.
package struct SignInThrottle: Sendable {
    package static let freeFailures = 5
    package static let pauseMin: Duration = .seconds(1)
    package static let pauseMax: Duration = .seconds(300)
    /// Failures are forgotten this long after the last one.
    package static let memory: Duration = .seconds(3_600)
    /// Addresses remembered; at the bound the ones that failed longest ago are forgotten.
    package static let addressesMax = 10_000

    private struct Failures: Sendable {
        var count: Int
        var last: Timestamp
    }

    private var failures: [String: Failures] = [:]

    package init() {}

    /// How long `address` still has to wait before it may try again; nil when it may try now.
    package func pause(address: String, at now: Timestamp) -> Duration? {
        guard let known = failures[address], known.count >= Self.freeFailures else { return nil }
        let doublings = min(known.count - Self.freeFailures, 9)
        let pause = min(Self.pauseMin * (1 << doublings), Self.pauseMax)
        let left = known.last + pause - now
        return left > .zero ? left : nil
    }

    /// A wrong token came from `address`.
    package mutating func failed(address: String, at now: Timestamp) {
        if failures.count >= Self.addressesMax, failures[address] == nil { forget(at: now) }
        let known = failures[address]
        let isRecent = known.map { now - $0.last < Self.memory } ?? false
        failures[address] = Failures(count: isRecent ? (known?.count ?? 0) + 1 : 1, last: now)
    }

    /// A right token came from `address`.
    package mutating func succeeded(address: String) {
        failures[address] = nil
    }

    private mutating func forget(at now: Timestamp) {
        failures = failures.filter { now - $0.value.last < Self.memory }
        guard failures.count >= Self.addressesMax else { return }
        let oldest = failures.sorted { $0.value.last < $1.value.last }.prefix(Self.addressesMax / 10)
        for (address, _) in oldest { failures[address] = nil }
    }
}
