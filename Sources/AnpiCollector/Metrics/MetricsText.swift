import AnpiModel

/// Writes the Prometheus text format, version 0.0.4.
package struct MetricsText: Sendable {
    package private(set) var text = ""

    package init() {}

    package enum Kind: String, Sendable { case counter, gauge, histogram }

    /// Begins a family; its samples follow.
    package mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    /// One sample; label values are words of fixed sets and are escaped all the same.
    package mutating func sample(_ name: String, _ value: String, _ labels: KeyValuePairs<String, String> = [:]) {
        text += name
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",") + "}"
        }
        text += " \(value)\n"
    }

    package mutating func sample(_ name: String, _ value: Int64, _ labels: KeyValuePairs<String, String> = [:]) {
        sample(name, String(value), labels)
    }

    /// The whole family of a histogram, bounds in seconds.
    package mutating func histogram(_ name: String, _ help: String, _ durations: MetricDurations) {
        family(name, .histogram, help)
        let snapshot = durations.snapshot
        for (bound, count) in zip(MetricDurations.boundsMilliseconds, snapshot.cumulative) {
            sample(name + "_bucket", count, ["le": Self.seconds(milliseconds: bound)])
        }
        sample(name + "_bucket", snapshot.count, ["le": "+Inf"])
        sample(name + "_sum", JSON.fixed(Double(snapshot.sumNanoseconds) / 1e9, digits: 6))
        sample(name + "_count", snapshot.count)
    }

    private static func seconds(milliseconds: Double) -> String {
        var text = JSON.fixed(milliseconds / 1_000, digits: 4)
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for character in value {
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.append(character)
            }
        }
        return text
    }
}
