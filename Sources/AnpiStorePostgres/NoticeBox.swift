internal import CLibpq
internal import Synchronization

/// SQLSTATEs of the warnings that the server sends beside its answers.
final class NoticeBox: Sendable {
    /// Of more than that nobody would learn more.
    private static let statesMax = 16
    private let states = Mutex<[String]>([])

    /// Hears of the warnings on a connection from now on; must outlive it.
    func attach(to connection: OpaquePointer) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe PQsetNoticeReceiver(
            connection,
            { context, result in
                guard let context = unsafe context, let code = unsafe PQresultErrorField(result, 0x43) else { return }
                let state = unsafe String(cString: code)
                unsafe Unmanaged<NoticeBox>.fromOpaque(context).takeUnretainedValue().add(state)
            }, context)
    }

    /// What has come since the last call.
    func takeStates() -> [String] {
        states.withLock { states in
            defer { states = [] }
            return states
        }
    }

    private func add(_ state: String) {
        states.withLock { if $0.count < Self.statesMax { $0.append(state) } }
    }
}
