import AnpiEngine
import AnpiModel

/// Where the heads of the journal are noted outside the database, a line each time (`--anchor FILE`).
///
/// Lines are only ever appended and on the disk before `append` returns: best a file on another machine's disk or one
/// that this process may only append to.
struct AnchorFile: Sendable {
    private let path: String

    /// Throws where the file cannot be written: better at the start than unnoticed.
    init(_ path: String) throws {
        self.path = path
        try append([])
    }

    func append(_ anchored: Input.Anchored, at now: Timestamp) throws {
        let line: JSON = ["at": .time(now), "chains": .array(anchored.chains.map(\.json))]
        try append(Array((line.text + "\n").utf8))
    }

    private func append(_ bytes: [UInt8]) throws {
        do throws(SharedFile.Failure) {
            try SharedFile.append(bytes, to: path)
        } catch {
            throw Failure(path: path, number: error.number)
        }
    }

    struct Failure: Error, CustomStringConvertible {
        var path: String
        var number: Int32

        var description: String { "\(path), the --anchor file, cannot be written (errno \(number))" }
    }
}
