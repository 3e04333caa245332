import AnpiModel
internal import CMalloc

/// Gives memory back to the system some time after much of it was freed.
///
/// Glibc keeps what is freed in the middle of its arenas. Ordinarily that is right, since it is needed again at once;
/// but the import of a large fleet passes through several forms of it, and would leave hundreds of MiB behind for as
/// long as the process runs.
struct FreedMemory {
    /// Until then the doors have let go of their part too.
    static let waits = Duration.seconds(5)

    private var dueAt: Timestamp?

    /// A fleet was imported or an engine loaded.
    mutating func muchWasFreed(at now: Timestamp) { dueAt = now + Self.waits }

    /// True once after that, when the time has come.
    mutating func isDue(at now: Timestamp) -> Bool {
        guard let dueAt, now >= dueAt else { return false }
        self.dueAt = nil
        return true
    }

    /// Takes some 10 ms for 100 MiB, in which other threads may wait for memory.
    static func giveBack() {
        #if os(Linux)
        malloc_trim(0)
        #endif
    }
}
