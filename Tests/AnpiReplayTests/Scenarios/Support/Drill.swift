import AnpiModel
import AnpiReplay
import FoundationEssentials

/// A drill as it lies in `deploy/drills`: its fleet, what was received, and what really happened.
struct Drill {
    let fleet: Fleet
    let lines: [FeedLine]
    /// Sites that were hit, in the order of the file.
    let hit: [SiteID]
    /// Hit, and nobody could be reached there.
    let unreachable: [SiteID]
    /// Sites that lost their power and nothing else.
    let powerOnly: [SiteID]

    init(_ name: String) throws {
        let folder = Self.folder(name)
        var files: [String: [UInt8]] = [:]
        for name in FleetKind.allCases.map(\.file) {
            files[name] = Array(try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
        }
        fleet = try FleetFiles.read(files)
        lines = try Self.lines(name, "feed.jsonl")
        let truth = String(decoding: try Data(contentsOf: URL(filePath: "\(folder)/truth.csv")), as: UTF8.self)
        let rows = truth.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        let columns = rows[0]
        func sites(_ column: String) -> [SiteID] {
            let place = columns.firstIndex { $0 == column } ?? 0
            return rows.dropFirst().filter { $0[place] == "yes" }.map { SiteID(trusted: String($0[0])) }
        }
        hit = sites("hit")
        unreachable = sites("unreachable")
        powerOnly = sites("powerOnly")
    }

    private static func folder(_ name: String) -> String {
        "/" + "\(#filePath)".split(separator: "/").dropLast(5).joined(separator: "/") + "/deploy/drills/" + name
    }

    /// A feed of a drill's folder.
    static func lines(_ name: String, _ file: String) throws -> [FeedLine] {
        var reader = try FeedReader(path: "\(folder(name))/\(file)")
        var lines: [FeedLine] = []
        while let line = try reader.next() { lines.append(line) }
        return lines
    }

    /// The feed as it would have been if nobody had said a word: machines and official messages alone.
    var withoutPeople: [FeedLine] {
        lines.filter { line in
            switch line.event {
            case .time, .heartbeat, .heard, .hazard: true
            case .finding, .damage, .claims, .task, .engineer: false
            }
        }
    }
}
