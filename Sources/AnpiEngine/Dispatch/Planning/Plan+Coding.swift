import AnpiModel

// A plan is what the next one is compared with, so a checkpoint holds it.
extension Plan {
    func write(to writer: inout ByteWriter) {
        writer.put(list: visits) { $1.write(to: &$0) }
        writer.put(list: unassigned) { $0.put($1) }
        for part in [cost.waiting, cost.driving, cost.moved, cost.unassigned] { writer.put(part) }
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        let visits = try reader.list { reader throws(ByteCodingError) in try Visit(&reader) }
        let unassigned = try reader.list { reader throws(ByteCodingError) in try reader.integer() }
        self.init(visits: visits, unassigned: unassigned)
        cost.waiting = try reader.integer64()
        cost.driving = try reader.integer64()
        cost.moved = try reader.integer64()
        cost.unassigned = try reader.integer64()
    }
}

extension Plan.Visit {
    func write(to writer: inout ByteWriter) {
        writer.put(job)
        writer.put(engineer)
        writer.put(loaner) { $0.put($1) }
        for instant in [leavesAt, arrivesAt, startsAt, endsAt] { writer.put(instant) }
        writer.put(isFrozen)
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            job: try reader.integer(), engineer: try reader.integer(),
            loaner: try reader.optional { reader throws(ByteCodingError) in try reader.integer() },
            leavesAt: try reader.timestamp(), arrivesAt: try reader.timestamp(), startsAt: try reader.timestamp(),
            endsAt: try reader.timestamp(), isFrozen: try reader.bool())
    }
}
