/// How attempts to deliver to one hook have ended since this process started.
package struct HookTally: Hashable, Sendable {
    /// The receiver took it.
    package var delivered: Int64 = 0
    /// It did not arrive, or was refused, and is tried again.
    package var failed: Int64 = 0
    /// It was given up.
    package var dead: Int64 = 0

    package init() {}
}
