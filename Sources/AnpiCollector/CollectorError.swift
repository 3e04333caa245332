/// What goes wrong inside the collector and is not the caller's mistake alone.
///
/// Bad requests are `Problem`s; `Problem.init(_: CollectorError)` is the one place that gives these a status.
package struct CollectorError: Error {
    package enum Code: Hashable, Sendable {
        /// A bounded queue (engine reads, input log, store threads) is full; trying again later is right.
        case overloaded
        /// The engine is still being loaded from its checkpoint and log.
        case starting
        /// The command is in the log, its outcome has not come within the time we wait; the same key asks again.
        case outcomePending
        /// The operation key is known with another body.
        case operationReused
        /// This process has lost its right to write and is going to stop.
        case shutOut
        /// The store refused or failed; `underlying` says how.
        case storeFailed
        /// The process is stopping and takes nothing new.
        case stopping
        /// A setting cannot be used as it is (listen address, proxy address, token file).
        case configuration
    }

    package let code: Code
    package let message: StaticString
    package let underlying: (any Error)?
    package let file: StaticString
    package let line: Int

    package init(
        _ code: Code, _ message: StaticString = "", underlying: (any Error)? = nil, file: StaticString = #fileID,
        line: Int = #line
    ) {
        self.code = code
        self.message = message
        self.underlying = underlying
        self.file = file
        self.line = line
    }
}

extension CollectorError: CustomStringConvertible {
    package var description: String {
        var text = "\(code)"
        if message.utf8CodeUnitCount > 0 { text += ": \(message)" }
        if let underlying { text += " (\(underlying))" }
        return text + " at \(file):\(line)"
    }
}
