/// Why the store could not do what it was asked.
package struct StoreError: Error, Sendable {
    /// What kind of failure it is: callers decide by this alone.
    package var code: Code
    /// One sentence without any value in it.
    package var message: StaticString
    /// Numbers and paths that help an operator; never a statement's arguments or contents of rows.
    package var detail: String?
    /// The driver's own error.
    package var underlying: (any Error)?
    /// Where it was thrown.
    package var location: Location

    package init(
        _ code: Code, _ message: StaticString, detail: String? = nil, underlying: (any Error)? = nil,
        file: String = #fileID, line: Int = #line
    ) {
        self.code = code
        self.message = message
        self.detail = detail
        self.underlying = underlying
        location = Location(file: file, line: line)
    }

    package struct Location: Hashable, Sendable {
        package var file: String
        package var line: Int
    }

    package enum Code: String, Hashable, Sendable, CaseIterable {
        /// Too many wait for the writer, or a lock did not come free in time: trying again later may succeed.
        case busy
        /// No room on the disk, or the database has reached its allowed size. The transaction is undone; reads go on,
        /// and writes do again once there is room.
        case full
        /// The file is damaged or is not a database of ours: nothing more must be written; restore a backup.
        case corrupt
        /// A row breaks a rule of its table (a key that exists, a null, a wrong type): an error in our program.
        case constraint
        /// The file cannot be opened, read or written, the connection is closed or lost.
        case unavailable
        /// Another process has the database open; the embedded store serves exactly one.
        case inUse
        /// The database demands a newer program than this one (`minReader`).
        case newerSchema
        /// This writer has been closed by another process: stop taking input, answer nothing more as stored.
        case shutOut
        /// Another process has taken the lane whose decisions were to be written: forget them, and follow it.
        case notOwner
        /// What the write rests on is no longer so: another owner wrote, or the number has been used for other content.
        case conflict
        /// The commit was asked for and not confirmed: the transaction may be there or not, and may stay or be lost with
        /// a server. Nothing of it counts as acknowledged; who goes on must look at what is stored, or write again what
        /// names the state it rests on.
        case unconfirmed
        /// A stored value is not of the type or form that it must have.
        case invalidValue
        /// The caller broke a documented rule; nothing was written.
        case misuse
    }
}

extension StoreError: CustomStringConvertible {
    package var description: String {
        detail.map { "\(message) (\($0))" } ?? "\(message)"
    }
}
