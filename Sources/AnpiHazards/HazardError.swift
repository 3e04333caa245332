/// Why a message could not be read: the reason it is quarantined with.
package struct HazardError: Error, Hashable, Sendable {
    package enum Code: String, Hashable, CaseIterable, Sendable {
        /// More bytes than `HazardBounds.bytesMax`; nothing was read.
        case tooLarge
        /// The bytes are in an encoding that is not read: send UTF-8.
        case encoding
        /// A document type or entity declaration: refused unread, for they can name files and grow without bound.
        case declaration
        /// Not well-formed XML; `place` has line and column.
        case malformed
        /// Deeper, or with more elements or places, than any official message is.
        case bounds
        /// Well-formed, but neither a CAP alert nor a JMA report.
        case format
        /// A JMA report of a kind that has no table here.
        case telegram
        /// A field that is required is not there.
        case missing
        /// A required field holds what it cannot hold.
        case value
    }

    package let code: Code
    /// What is wrong and what would cure it, without any value of the message in it.
    package let message: StaticString
    /// Where: a path of elements (`alert/info[2]/area`), or line and column.
    package let place: String

    package init(_ code: Code, _ message: StaticString, at place: String) {
        self.code = code
        self.message = message
        self.place = place
    }

    /// One sentence for the person who looks at the quarantine.
    package var reason: String { "\(place): \(message)" }

    package static func == (left: Self, right: Self) -> Bool {
        left.code == right.code && left.place == right.place && left.reason == right.reason
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(code)
        hasher.combine(place)
    }
}

extension HazardError: CustomStringConvertible {
    package var description: String { reason }
}

/// What a message may measure; the largest official telegrams (1,186 cities, 0.5 MB) stay well below.
package enum HazardBounds {
    package static let bytesMax = 2 * 1_024 * 1_024
    package static let depthMax = 40
    package static let elementsMax = 100_000
    /// Statements of one message.
    package static let areasMax = 20_000
    /// Points of all polygons and codes of all areas of one message.
    package static let placesMax = 50_000
    package static let identifierCharactersMax = 300
    package static let headlineCharactersMax = 200
    package static let nameCharactersMax = 80
    /// An office's clock may be ahead of ours by this; a report from further in the future would outrank every later
    /// one, so it is not let in.
    package static let aheadMax: Duration = .seconds(3_600)
}
