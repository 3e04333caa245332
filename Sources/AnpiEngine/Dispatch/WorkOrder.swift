import AnpiModel

/// Where a task is done, what it takes along and what it waits for, as the template of its rung laid it out.
///
/// What an incident asks for by itself (a call, an inspection) belongs to no rung and is done at the site.
struct WorkOrder: Hashable, Sendable {
    /// The rung that it is a part of.
    var rung: Rung?
    var place: TaskPlace = .site
    /// Where something is picked up before.
    var from: TaskPlace?
    /// It takes one machine from stock that fits the site's system.
    var needsLoaner = false
    /// Numbers of the tasks that must be done before; they hold back the offer, never a person (decision 13).
    var after: [Int32] = []
    var within: AccessWindow?
    /// A look in passing at a site that may be hit: whoever passes, or nobody.
    var isLook = false

    init() {}

    /// - Parameter after: the numbers of the tasks that the plan names by their places.
    init(_ planned: PlannedTask, of rung: Rung, after: [Int32]) {
        self.rung = rung
        place = planned.place
        from = planned.from
        needsLoaner = planned.needsLoaner
        self.after = after
        within = planned.within
    }

    /// Writes it for a checkpoint.
    func write(to writer: inout ByteWriter) {
        writer.put(rung) { $0.put($1.rawValue) }
        writer.put(place.rawValue)
        writer.put(from) { $0.put($1.rawValue) }
        writer.put(needsLoaner)
        writer.put(list: after) { $0.put(Int($1)) }
        writer.put(within) { $0.put($1.rawValue) }
        writer.put(isLook)
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        rung = try reader.optional { reader throws(ByteCodingError) in try reader.word() }
        place = try reader.word()
        from = try reader.optional { reader throws(ByteCodingError) in try reader.word() }
        needsLoaner = try reader.bool()
        after = try reader.list { reader throws(ByteCodingError) in try reader.number32() }
        within = try reader.optional { reader throws(ByteCodingError) in try reader.word() }
        isLook = try reader.bool()
    }
}
