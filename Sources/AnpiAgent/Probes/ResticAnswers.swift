import AnpiModel

extension ResticProbe {
    struct Snapshot: Hashable {
        var id: String
        var host: String
        var time: Timestamp
    }

    /// Reads `restic snapshots --json`; an empty repository answers `null` or `[]`. Nil where it cannot be read.
    static func snapshots(in output: [UInt8]) -> [Snapshot]? {
        guard let json = JSONReader.read(output) else { return nil }
        if json == .null { return [] }
        guard let items = json.items else { return nil }
        var snapshots: [Snapshot] = []
        for item in items {
            guard let time = item["time"]?.stringValue.flatMap({ Timestamp(rfc3339: $0) }) else { return nil }
            snapshots.append(
                Snapshot(
                    id: item["short_id"]?.stringValue ?? "", host: item["hostname"]?.stringValue ?? "", time: time))
        }
        return snapshots
    }

    /// Reads `restic stats --json`.
    static func totalSize(in output: [UInt8]) -> Int64? {
        JSONReader.read(output)?["total_size"]?.wholeNumber
    }
}
