/// What keeps the agent from doing its work.
package struct AgentError: Error, Sendable {
    package enum Code: String, Sendable, CaseIterable {
        /// The configuration, or a file that it names, cannot be read. A person must change it.
        case configuration
        /// The state directory cannot be made, opened or written.
        case state
        /// Another agent runs on the same state directory.
        case running
        /// A program could not be started. The program is missing, not executable, or the system has no room for it.
        case start
    }

    package let code: Code
    /// One sentence for people; paths may stand in it, secrets never.
    package let message: String
    package let file: StaticString
    package let line: UInt

    package init(_ code: Code, _ message: String, file: StaticString = #fileID, line: UInt = #line) {
        self.code = code
        self.message = message
        self.file = file
        self.line = line
    }
}

extension AgentError: CustomStringConvertible {
    package var description: String { message }
}
