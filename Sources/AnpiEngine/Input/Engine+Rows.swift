package import AnpiModel

/// How rows of the log are applied: the one order that a collector, its restart and a replay of what it recorded share.
extension Engine {
    /// A row that cannot be read back: damaged, or written by a newer release.
    package struct UnreadableRow: Error {
        package var place: LogPlace
    }

    /// Applies a row's inputs in the order they were received, then lets time pass up to the row's stamp: a beat that
    /// came before its deadline is in time, however long the commit took and whatever stood before it in the row.
    ///
    /// - Parameters:
    ///   - quarantined: what everyone skips; a row that names another one adds it.
    ///   - each: called before each input; what it throws ends the row.
    package mutating func apply(
        _ row: LogRow, skipping quarantined: inout Set<LogPlace>, before each: (LogPlace) throws -> Void = { _ in },
        into step: inout Step
    ) throws {
        let whole = LogPlace(writer: row.writer, seq: row.seq, index: LogPlace.wholeRow)
        guard !quarantined.contains(whole) else { return }
        let inputs: [Input]
        do {
            inputs = try InputCodec.decode(row.batch)
        } catch {
            throw UnreadableRow(place: whole)
        }
        let order = inputs.enumerated()
            .map { (index: $0.offset, at: Self.time(of: $0.element, in: row)) }
            .sorted { ($0.at, $0.index) < ($1.at, $1.index) }
        for (index, at) in order {
            let input = inputs[index]
            let place = LogPlace(writer: row.writer, seq: row.seq, index: index)
            guard !quarantined.contains(place) else { continue }
            try each(place)
            if case .quarantined(let named) = input { quarantined.insert(named) }
            apply(input, at: max(at, now), into: &step)
        }
        if row.at > now { advance(to: row.at, into: &step) }
    }

    private static func time(of input: Input, in row: LogRow) -> Timestamp {
        switch input {
        case .heartbeats(let heartbeats): min(heartbeats.receivedAt, row.at)
        case .ping(let ping): min(ping.receivedAt, row.at)
        case .command(let command): min(command.receivedAt, row.at)
        // Stamped right after the last watermark, meant for the watermark itself: no deadline lies between.
        case .deaf(let span): min(span.from, row.at)
        case .hazard(let hazard): min(hazard.receivedAt, row.at)
        case .hazardQuarantined(let message): min(message.receivedAt, row.at)
        case .feedSeen(let seen): min(seen.at, row.at)
        case .heard(let heard): min(heard.receivedAt, row.at)
        case .restored(let restored): min(restored.at, row.at)
        case .quarantined, .anchored, .calibrated: row.at
        }
    }
}
