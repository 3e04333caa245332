/// One mistake in a fleet file, for the person who keeps the file.
package struct FleetProblem: Codable, Hashable, Sendable, CustomStringConvertible {
    package var file: String
    /// Nil where it is about the whole file.
    package var line: Int?
    /// The name in the header; nil where it is about the whole row.
    package var column: String?
    package var message: String

    package init(file: String, line: Int? = nil, column: String? = nil, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    /// Where it is: `sites.csv:14: column floodDepthMeters`.
    package var place: String {
        file + (line.map { ":\($0)" } ?? "") + (column.map { ": column \($0)" } ?? "")
    }

    /// `sites.csv:14: column floodDepthMeters: "2,5" is not a number`.
    package var description: String { "\(place): \(message)" }
}

/// Every mistake found in a set of fleet files; nothing of such a set is imported.
package struct FleetProblems: Error, Hashable, Sendable, CustomStringConvertible {
    /// In the order of the files and their lines; at most `countMax`.
    package var problems: [FleetProblem]
    /// True where there were more than are told.
    package var isCut: Bool

    /// Mistakes that are told at once: a person mends no more, and a file of another kind would make one for each cell.
    package static let countMax = 200

    package init(problems: [FleetProblem], isCut: Bool = false) {
        self.problems = problems
        self.isCut = isCut
    }

    /// One line for each mistake.
    package var description: String {
        problems.map(\.description).joined(separator: "\n")
            + (isCut ? "\nand more: these are the first \(problems.count)" : "")
    }
}

/// Collects mistakes while files are read.
final class FleetProblemCollector {
    private(set) var problems: [FleetProblem] = []
    private(set) var isCut = false

    func add(_ problem: FleetProblem) {
        guard problems.count < FleetProblems.countMax else {
            isCut = true
            return
        }
        problems.append(problem)
    }
}
