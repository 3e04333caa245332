internal import AnpiClient
internal import AnpiModel
internal import AnpiStore

/// Sends deliveries; belongs to one thread, because its clients do.
final class HookSender {
    /// Connections kept for hooks that were used last.
    static let clientsMax = 16
    /// What a receiver may answer; nothing of it is kept.
    static let answerBytesMax = 1 << 20

    private var clients: [String: HTTPClient] = [:]

    /// One attempt. The failure's words come with it for the log: they name hosts and ports, never what was sent.
    func send(_ entry: OutboxEntry, to hook: Hook, at now: Timestamp) -> (result: DeliveryResult, failure: String?) {
        do {
            let answer = try client(of: hook).perform(Self.request(for: entry, to: hook, at: now))
            return (DeliveryResult(status: answer.status, retryAfter: answer.retryAfter(at: now)), nil)
        } catch {
            return (.unavailable(status: nil, retryAfter: nil), "\(error.code): \(error.message)")
        }
    }

    /// The request of Standard Webhooks 1.0: the id is the same in every attempt, time and signature are new.
    static func request(for entry: OutboxEntry, to hook: Hook, at now: Timestamp) -> HTTPRequest {
        let body = HookBody.bytes(of: entry)
        let seconds = now.milliseconds / 1_000
        let signatures = hook.secrets.map { $0.signature(id: entry.id, timestamp: seconds, body: body) }
        return HTTPRequest(
            .post, hook.address.url,
            headers: [
                ("content-type", "application/json"), ("webhook-id", entry.id), ("webhook-timestamp", "\(seconds)"),
                ("webhook-signature", signatures.joined(separator: " ")),
            ],
            body: body)
    }

    private func client(of hook: Hook) throws(ClientError) -> HTTPClient {
        if let client = clients[hook.name] { return client }
        if clients.count >= Self.clientsMax { clients = [:] }
        let client = try HTTPClient(
            options: .init(
                connectTimeout: min(hook.timeout, .seconds(5)), timeout: hook.timeout,
                answerBytesMax: Self.answerBytesMax, addressPolicy: hook.allowsPrivate ? .any : .publicOnly,
                caFile: hook.caFile, userAgent: "anpi-hooks"))
        clients[hook.name] = client
        return client
    }
}
