/// What an identifier of a fleet file names; never made, it only tells the types apart.
package enum Named {
    package enum Site {}
    package enum Office {}
    package enum Agent {}
    package enum Engineer {}
    package enum Depot {}
    package enum Loaner {}
}

/// An identifier that people chose in the fleet files: `[A-Za-z0-9-]{1,40}`.
package struct Identifier<Kind>: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let text: String

    /// Nil where `text` has another character or length than an identifier may have.
    package init?(_ text: some StringProtocol) {
        var text = String(text)
        let isValid = text.withUTF8 { bytes in
            (1...40).contains(bytes.count)
                && bytes.allSatisfy { byte in
                    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                        || byte == 0x2D
                }
        }
        guard isValid else { return nil }
        self.text = text
    }

    /// An identifier read back from a place that only ever held valid ones (log, store).
    package init(trusted text: String) {
        self.text = text
    }

    package var description: String { text }

    /// Byte order, the same on every machine.
    package static func < (left: Self, right: Self) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension Identifier: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let identifier = Identifier(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not an identifier: letters, digits and '-', 1 to 40 of them")
        }
        self = identifier
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

package typealias SiteID = Identifier<Named.Site>
package typealias OfficeID = Identifier<Named.Office>
package typealias AgentID = Identifier<Named.Agent>
package typealias EngineerID = Identifier<Named.Engineer>
package typealias DepotID = Identifier<Named.Depot>
package typealias LoanerID = Identifier<Named.Loaner>

/// What a spoken number counts; gives the letter before it.
package protocol SpokenKind: Sendable {
    static var letter: Character { get }
}

/// An identifier that people say over the phone: a letter and a number that is never used again (`T-412`).
package struct SpokenID<Kind: SpokenKind>: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let number: Int

    package init(_ number: Int) { self.number = number }

    /// Reads `T-412`; also `t-412`, `t412` and `412`, as people type what they heard.
    package init?(_ text: some StringProtocol) {
        var rest = text[...]
        if let first = rest.first, first.uppercased() == String(Kind.letter) {
            rest = rest.dropFirst()
            if rest.first == "-" { rest = rest.dropFirst() }
        }
        guard (1...12).contains(rest.utf8.count), rest.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(rest), number > 0
        else { return nil }
        self.number = number
    }

    package var description: String { "\(Kind.letter)-\(number)" }

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

extension SpokenID: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let identifier = SpokenID(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not an identifier like \(Kind.letter)-412")
        }
        self = identifier
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Named {
    package enum Incident: SpokenKind { package static let letter: Character = "I" }
    package enum Task: SpokenKind { package static let letter: Character = "T" }
    package enum Finding: SpokenKind { package static let letter: Character = "F" }
}

package typealias IncidentID = SpokenID<Named.Incident>
package typealias TaskID = SpokenID<Named.Task>
package typealias FindingID = SpokenID<Named.Finding>
