import AnpiEngine
import AnpiModel
import Hummingbird
import NIOCore
import ServiceLifecycle

/// Writes one client's live stream: what it missed from the journal, then what is committed.
struct EventStream: Sendable {
    /// Entries read from the journal at a time while a client catches up.
    static let pageEntries = 500
    /// What a browser waits before it opens the stream again.
    static let retryMilliseconds = 2_000
    /// How long a client that is too slow may take for the last words before its connection is closed.
    static let farewellSeconds: Int64 = 5

    let subscription: LiveSubscription
    let journal: any JournalReading
    let engine: any EngineReading
    let scope: Scope
    /// The last number the client has; nil begins with what comes.
    let after: Int64?
    /// False once the caller's token or session has ended; asked before anything is told, and the clock tells something
    /// every second.
    let isWelcome: @Sendable () -> Bool

    @concurrent
    func write(to writer: inout any ResponseBodyWriter) async throws {
        let subscription = subscription
        defer { subscription.end(.left) }
        try await withGracefulShutdownHandler {
            try await writer.write(ByteBuffer(string: "retry: \(Self.retryMilliseconds)\n: anpi\n\n"))
            let told = try await catchUp(&writer)
            while let item = await subscription.next() {
                guard isWelcome() else {
                    subscription.end(.revoked)
                    break
                }
                if case .entry(let entry) = item, entry.number <= told { continue }
                guard let text = text(of: item) else { continue }
                try await writer.write(ByteBuffer(string: text))
            }
            if let last = Self.lastWords(subscription.ending) {
                try await writer.write(ByteBuffer(string: last))
            }
        } onGracefulShutdown: {
            subscription.end(.shutdown)
        }
        try await writer.finish(nil)
    }

    /// Writes what was committed since `after`; returns the last number looked at.
    @concurrent
    private func catchUp(_ writer: inout any ResponseBodyWriter) async throws -> Int64 {
        guard var last = after else { return 0 }
        // A number that the journal has not reached: the database was brought back from a copy since the client read it,
        // and waiting for that number would hide everything until then. Or one that has left for the archive long ago.
        if last > 0, try await journal.read(after: last - 1, limit: 1, filter: JournalFilter()).first?.number != last {
            try await writer.write(ByteBuffer(string: "event: reset\ndata: {}\n\n"))
            return 0
        }
        let filter = JournalFilter(kinds: DecisionName.allCases.map(\.rawValue))
        while true {
            let lines = try await journal.read(after: last, limit: Self.pageEntries, filter: filter)
            let seen = try await JournalView.visible(lines, scope: scope, engine: engine)
            guard isWelcome() else {
                subscription.end(.revoked)
                return last
            }
            let text = seen.compactMap { line in
                line.body.map { Self.event(number: line.number, name: line.kind, data: $0) }
            }.joined()
            if !text.isEmpty { try await writer.write(ByteBuffer(string: text)) }
            if let newest = lines.last { last = newest.number }
            if lines.count < Self.pageEntries || subscription.ending != nil { return last }
        }
    }

    private func text(of item: LiveItem) -> String? {
        switch item {
        case .entry(let entry):
            guard let offices = scope.offices, !entry.offices.isEmpty else {
                return Self.event(number: entry.number, name: entry.name.rawValue, data: entry.text)
            }
            guard entry.offices.contains(where: offices.contains) else { return nil }
            return Self.event(number: entry.number, name: entry.name.rawValue, data: entry.text)
        case .clock(let clock):
            let data: JSON = ["asOf": .time(clock.asOf), "deafSince": .time(clock.deafSince)]
            return "event: asof\ndata: \(data.text)\n\n"
        case .keepAlive:
            return ": still here\n\n"
        }
    }

    static func event(number: Int64, name: String, data: String) -> String {
        "id: \(number)\nevent: \(name)\ndata: \(data)\n\n"
    }

    private static func lastWords(_ ending: LiveSubscription.Ending?) -> String? {
        switch ending {
        case .tooSlow: ": too slow, open the stream again from the last id\n\n"
        case .shutdown: ": the collector is stopping\n\n"
        case .revoked: ": the token or session is no longer valid\n\n"
        case .left, nil: nil
        }
    }
}
