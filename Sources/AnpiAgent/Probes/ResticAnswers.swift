import AnpiModel
import FoundationEssentials

extension ResticProbe {
    struct Snapshot: Hashable {
        var id: String
        var host: String
        var time: Timestamp
    }

    private struct ListedSnapshot: Decodable {
        var time: Timestamp
        var hostname: String?
        var short_id: String?
    }

    private struct Statistics: Decodable {
        var total_size: Int64
    }

    /// Reads `restic snapshots --json`; an empty repository answers `null` or `[]`. Nil where it cannot be read.
    static func snapshots(in output: [UInt8]) -> [Snapshot]? {
        let listed: [ListedSnapshot]?
        do {
            listed = try JSONDecoder().decode([ListedSnapshot]?.self, from: Data(output))
        } catch {
            return nil
        }
        return (listed ?? []).map { Snapshot(id: $0.short_id ?? "", host: $0.hostname ?? "", time: $0.time) }
    }

    /// Reads `restic stats --json`.
    static func totalSize(in output: [UInt8]) -> Int64? {
        try? JSONDecoder().decode(Statistics.self, from: Data(output)).total_size
    }
}
