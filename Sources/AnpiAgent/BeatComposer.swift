import AnpiModel

/// Makes the content of beats so that equal circumstances give equal content, which merges into runs.
struct BeatComposer {
    private var disk: Beat.Disk?

    /// A beat without its number; the spool gives it.
    mutating func compose(
        at now: Timestamp, intervalSeconds: Int, uptimeSeconds: Int64?, disk: Beat.Disk?, copies: [CopyReport]
    ) -> Beat {
        self.disk = Self.steadied(disk, before: self.disk)
        return Beat(
            seq: 0, at: now, interval: intervalSeconds, uptimeSeconds: uptimeSeconds, disk: self.disk,
            copies: copies.isEmpty ? nil : copies)
    }

    /// Free room moves with every line of a log: it is told anew when it has moved by a hundredth of the volume.
    private static func steadied(_ disk: Beat.Disk?, before: Beat.Disk?) -> Beat.Disk? {
        guard let disk, let before, disk.totalBytes == before.totalBytes else { return disk }
        return abs(disk.freeBytes - before.freeBytes) * 100 < disk.totalBytes ? before : disk
    }
}
