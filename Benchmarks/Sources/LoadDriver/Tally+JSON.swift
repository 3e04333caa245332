extension Tally {
    /// One line of JSON; durations in microseconds, because milliseconds hide what a door costs.
    package var json: String {
        let seconds = max(Double(measuredNanoseconds) / 1e9, 1e-9)
        let good = latencies.count
        func microseconds(_ quantile: Double) -> String {
            Self.fixed(Double(latencies.nanoseconds(quantile: quantile)) / 1_000)
        }
        func each(_ nanoseconds: Int64) -> String {
            good == 0 ? "null" : Self.fixed(Double(nanoseconds) / 1_000 / Double(good))
        }
        let statuses = badStatuses.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
        let members = [
            "\"good\":\(good)", "\"goodInAll\":\(goodInAll)", "\"seconds\":\(Self.fixed(seconds))",
            "\"perSecond\":\(Self.fixed(Double(good) / seconds))", "\"errors\":\(errors)",
            "\"badStatuses\":{\(statuses.joined(separator: ","))}",
            "\"wrongAcknowledgements\":\(wrongAcknowledgements)", "\"brokenConnections\":\(brokenConnections)",
            "\"unanswered\":\(unanswered)", "\"p50Microseconds\":\(microseconds(0.5))",
            "\"p99Microseconds\":\(microseconds(0.99))", "\"p999Microseconds\":\(microseconds(0.999))",
            "\"maxMicroseconds\":\(Self.fixed(Double(latencies.nanosecondsMax) / 1_000))",
            "\"driverMicrosecondsEach\":\(each(driverNanoseconds))",
            "\"serverMicrosecondsEach\":\(each(serverNanoseconds))", "\"requestBytes\":\(bytesPerRequest)",
            "\"bodyBytes\":\(bytesPerBody)", "\"answerBytes\":\(bytesPerAnswer)",
            "\"eachSecond\":[\(perSecond.map(String.init).joined(separator: ","))]",
        ]
        return "{\(members.joined(separator: ","))}"
    }

    /// A decimal with three digits; `String(Double)` may write an exponent.
    private static func fixed(_ value: Double) -> String {
        let thousandths = Int64((value * 1_000).rounded())
        let rest = String(thousandths % 1_000)
        return "\(thousandths / 1_000).\(String(repeating: "0", count: 3 - rest.utf8.count))\(rest)"
    }
}
