/// Types are right when a heartbeat arrives here; these are the ranges of CONTRACTS §1.
package enum HeartbeatRules {
    static let beatsMax = 1_000
    static let bootBytesMax = 64
    static let versionBytesMax = 32
    package static let messageCharactersMax = 200
    static let intervalSeconds = 1...86_400
    /// A year of one-second beats.
    static let countMax = 366 * 86_400

    /// The first range that is broken; the whole request is refused with it (422).
    package static func check(_ request: HeartbeatRequest) throws(FieldProblem) {
        guard (1...bootBytesMax).contains(request.boot.utf8.count) else {
            throw FieldProblem(path: "boot", message: "must have 1 to \(bootBytesMax) bytes")
        }
        if let version = request.version, version.utf8.count > versionBytesMax {
            throw FieldProblem(path: "version", message: "must have at most \(versionBytesMax) bytes")
        }
        if let dropped = request.dropped, dropped < 0 {
            throw FieldProblem(path: "dropped", message: "must not be negative")
        }
        guard (1...beatsMax).contains(request.beats.count) else {
            throw FieldProblem(path: "beats", message: "must hold 1 to \(beatsMax) runs")
        }
        for (index, beat) in request.beats.enumerated() {
            guard let (member, message) = problem(of: beat) else { continue }
            throw FieldProblem(path: "beats[\(index)].\(member)", message: message)
        }
    }

    private static func problem(of beat: Beat) -> (member: String, message: String)? {
        if beat.seq < 0 { return ("seq", "must not be negative") }
        if let count = beat.count, !(1...countMax).contains(count) { return ("count", "must be 1 to \(countMax)") }
        if !intervalSeconds.contains(beat.interval) { return ("interval", "must be 1 to 86400 seconds") }
        if let uptime = beat.uptimeSeconds, uptime < 0 { return ("uptimeSeconds", "must not be negative") }
        if let charge = beat.power?.charge, !(0...1).contains(charge) { return ("power.charge", "must be 0 to 1") }
        if let runtime = beat.power?.runtimeSeconds, runtime < 0 {
            return ("power.runtimeSeconds", "must not be negative")
        }
        if let disk = beat.disk, disk.freeBytes < 0 { return ("disk.freeBytes", "must not be negative") }
        if let disk = beat.disk, disk.totalBytes < 0 { return ("disk.totalBytes", "must not be negative") }
        if beat.notice != .goodbye {
            if beat.reason != nil { return ("reason", "belongs to a goodbye only") }
            if beat.backAt != nil { return ("backAt", "belongs to a goodbye only") }
        }
        let copies = beat.copies ?? []
        for (index, copy) in copies.enumerated() {
            // There are five tiers: the sixth copy at the latest ends this.
            if copies[..<index].contains(where: { $0.tier == copy.tier }) {
                return ("copies[\(index)].tier", "is told twice")
            }
            if let bytes = copy.bytes, bytes < 0 { return ("copies[\(index)].bytes", "must not be negative") }
            if let message = copy.message, message.utf8.count > messageCharactersMax,
                message.unicodeScalars.count > messageCharactersMax
            {
                return ("copies[\(index)].message", "must have at most \(messageCharactersMax) characters")
            }
        }
        return nil
    }
}
