import AnpiModel

/// A loaner that is not in stock: all others of the fleet are.
struct LentLoaner: Hashable, Sendable {
    let loaner: LoanerID
    /// At which site it stands; nil where it is out of service.
    var site: Int32?
    var since: Timestamp
    /// Who said so; nil where a finished task did.
    var by: String?
    var note: String?

    init(loaner: LoanerID, site: Int32?, since: Timestamp, by: String?, note: String? = nil) {
        self.loaner = loaner
        self.site = site
        self.since = since
        self.by = by
        self.note = note
    }

    /// Writes it for a checkpoint.
    func write(to writer: inout ByteWriter) {
        writer.put(loaner.text)
        writer.put(site) { $0.put(Int($1)) }
        writer.put(since)
        writer.put(by) { $0.put($1) }
        writer.put(note) { $0.put($1) }
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        loaner = LoanerID(trusted: try reader.string())
        site = try reader.optional { reader throws(ByteCodingError) in try reader.number32() }
        since = try reader.timestamp()
        by = try reader.optionalString()
        note = try reader.optionalString()
    }
}
