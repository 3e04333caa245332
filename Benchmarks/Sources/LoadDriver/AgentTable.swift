import Glibc

/// Ids and tokens of the agents that a load speaks for, as `prepare_fleet.py` writes them.
///
/// Each line is `a-0000001 <token's id>_<secret>`: all of one width, so that a request is made by copying two spans.
package struct AgentTable: Sendable {
    package static let idLength = 9
    /// Twelve characters, an underscore, forty characters.
    package static let secretLength = 53
    static let lineLength = idLength + 1 + secretLength + 1

    private let bytes: [UInt8]

    package var count: Int { bytes.count / Self.lineLength }

    package init(bytes: [UInt8]) throws(LoadError) {
        guard !bytes.isEmpty, bytes.count % Self.lineLength == 0 else {
            throw LoadError("the agents file is not made of lines of \(Self.lineLength) bytes")
        }
        self.bytes = bytes
    }

    package init(path: String) throws(LoadError) {
        guard let file = fopen(path, "r") else { throw LoadError("the agents file \(path) cannot be read") }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while case let read = fread(&chunk, 1, chunk.count, file), read > 0 { bytes.append(contentsOf: chunk[..<read]) }
        try self.init(bytes: bytes)
    }

    /// Writes id and secret of agent `index` to their places in a request.
    func copy(_ index: Int, id: UnsafeMutableRawPointer, secret: UnsafeMutableRawPointer) {
        bytes.withUnsafeBytes { all in
            guard let line = all.baseAddress?.advanced(by: index * Self.lineLength) else { return }
            id.copyMemory(from: line, byteCount: Self.idLength)
            secret.copyMemory(from: line + Self.idLength + 1, byteCount: Self.secretLength)
        }
    }
}

/// Why a load could not be made; one sentence for the terminal.
package struct LoadError: Error, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}
