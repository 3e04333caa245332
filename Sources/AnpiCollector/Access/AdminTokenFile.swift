package import AnpiModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The names of `read` and `write` are taken by this file's own functions.
private let readDescriptor: @Sendable (Int32, UnsafeMutableRawPointer?, Int) -> Int = read
private let writeDescriptor: @Sendable (Int32, UnsafeRawPointer?, Int) -> Int = write

/// The file that holds the first administrator's token and nothing else (`--admin-token-file`, mode 0600).
package enum AdminTokenFile {
    package enum Result: Hashable, Sendable {
        /// A new token was drawn and written.
        case made
        /// The file's token was taken into a store that knew no administrator: a start that was cut short, or a file
        /// prepared beforehand.
        case adopted
        /// An administrator exists; the file was left as it is.
        case kept
    }

    /// Called once at each start, before the doors open. The file is written before the store learns of the token, so
    /// that a start that dies in between is completed by the next one.
    package static func ensure(
        _ path: String, keeper: any TokenKeeping, table: TokenTable, at now: Timestamp
    ) async throws -> Result {
        let known = try await keeper.all().records
        table.replace(with: known)
        let hasAdmin = known.contains { record in
            record.role == .admin && record.revokedAt == nil && record.expiresAt.map { now < $0 } ?? true
        }
        if hasAdmin { return .kept }
        let text: String
        let result: Result
        if let present = try read(path) {
            text = present
            result = .adopted
        } else {
            text = TokenText.format(
                role: .admin, id: TokenText.random(length: TokenText.idLength),
                secret: TokenText.random(length: TokenText.secretLength))
            try write(text, to: path)
            result = .made
        }
        let record = try record(of: text, at: now)
        try await keeper.insert(record)
        table.insert(record)
        return result
    }

    private static func record(of text: String, at now: Timestamp) throws -> TokenRecord {
        let bytes = Array(text.utf8)
        let parts = bytes.withUnsafeBufferPointer { buffer -> (id: String, digest: [UInt8])? in
            guard let parts = TokenText.parse(buffer), parts.kind == TokenText.Kind(.admin) else {
                return nil
            }
            let idStart = buffer.count - TokenText.secretLength - 1 - TokenText.idLength
            let id = String(decoding: buffer[idStart..<(idStart + TokenText.idLength)], as: UTF8.self)
            return (id, SecretDigest(of: UnsafeBufferPointer(rebasing: parts.secret)).bytes)
        }
        guard let parts else {
            throw CollectorError(
                .configuration,
                "the admin token file holds something else than an admin token; move it away to get a new one")
        }
        return TokenRecord(id: parts.id, role: .admin, label: "admin", createdAt: now, digest: parts.digest)
    }

    /// The file's text without the line end; nil where there is no file.
    private static func read(_ path: String) throws -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw CollectorError(.configuration, "the admin token file cannot be read")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & 0o077 == 0 else {
            throw CollectorError(
                .configuration, "the admin token file can be read by others; its mode must be 0600")
        }
        var buffer = [UInt8](repeating: 0, count: 512)
        let count = unsafeRead(descriptor, into: &buffer)
        guard count >= 0 else { throw CollectorError(.configuration, "the admin token file cannot be read") }
        var text = Substring(String(decoding: buffer[..<count], as: UTF8.self))
        while text.last?.isNewline == true { text.removeLast() }
        return String(text)
    }

    private static func unsafeRead(_ descriptor: Int32, into buffer: inout [UInt8]) -> Int {
        buffer.withUnsafeMutableBytes { readDescriptor(descriptor, $0.baseAddress, $0.count) }
    }

    private static func write(_ text: String, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CollectorError(.configuration, "the admin token file cannot be made; does its folder exist?")
        }
        defer { close(descriptor) }
        let line = Array(text.utf8)
        let written = line.withUnsafeBytes { writeDescriptor(descriptor, $0.baseAddress, $0.count) }
        guard written == line.count, fsync(descriptor) == 0 else {
            unlink(path)
            throw CollectorError(.configuration, "the admin token file cannot be written")
        }
    }
}
