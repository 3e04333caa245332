import AnpiHazards
import AnpiModel
import Foundation

/// Our own hand-written messages, in the shape of the official ones.
enum Fixture {
    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: name)))
    }

    static var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
    }

    static func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

    static func message(_ name: String) throws -> HazardMessage { try parse(try bytes(name)) }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures")

    /// Later than every fixture.
    static let receivedAt = time("2026-12-01T00:00:00+09:00")
}

/// An RFC 3339 literal of a test.
func time(_ text: String) -> Timestamp { Timestamp(rfc3339: text) ?? .distantPast }

func parse(_ bytes: [UInt8]) throws(HazardError) -> HazardMessage {
    try HazardParser.parse(bytes, receivedAt: Fixture.receivedAt)
}

func parse(_ text: String) throws(HazardError) -> HazardMessage { try parse(Array(text.utf8)) }

/// The reason for which a text is refused; nil where it is not.
func refusal(_ text: String) -> HazardError? { refusal(Array(text.utf8)) }

func refusal(_ bytes: [UInt8]) -> HazardError? {
    do throws(HazardError) {
        _ = try parse(bytes)
        return nil
    } catch {
        return error
    }
}
