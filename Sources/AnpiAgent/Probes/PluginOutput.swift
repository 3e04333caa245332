/// What a Nagios plugin printed: `TEXT | label=value[unit];warn;crit;min;max …` on its first line.
struct PluginOutput: Hashable {
    struct Datum: Hashable {
        var label: String
        var value: Double
        var unit: String
    }

    var message: String
    var data: [Datum]

    init(_ output: [UInt8]) {
        let line = output.prefix { $0 != 0x0A && $0 != 0x0D }
        let text = String(decoding: line, as: UTF8.self)
        guard let bar = text.firstIndex(of: "|") else {
            message = text.trimmed
            data = []
            return
        }
        message = String(text[..<bar]).trimmed
        data = Self.data(in: text[text.index(after: bar)...])
    }

    /// Seconds since the newest usable copy was made.
    var age: Duration? { seconds("age") }
    /// Seconds since data was last read back.
    var verified: Duration? { seconds("verified") }

    var bytes: Int64? {
        guard let datum = data.first(where: { $0.label == "size" }) else { return nil }
        let scale: Double? =
            switch datum.unit.uppercased() {
            case "", "B": 1
            case "KB": 1_024
            case "MB": 1_048_576
            case "GB": 1_073_741_824
            case "TB": 1_099_511_627_776
            default: nil
            }
        return scale.flatMap { Int64(exactly: (datum.value * $0).rounded()) }.flatMap { $0 >= 0 ? $0 : nil }
    }

    private func seconds(_ label: String) -> Duration? {
        guard let datum = data.first(where: { $0.label == label }), datum.unit == "s" || datum.unit.isEmpty,
            datum.value >= 0, datum.value < 1e10
        else { return nil }
        return .milliseconds(Int64(datum.value * 1_000))
    }

    /// Labels may stand in single quotes, where two of them mean one; what does not fit the form is passed over.
    private static func data(in text: Substring) -> [Datum] {
        var data: [Datum] = []
        var rest = text
        while let first = rest.first {
            if first.isWhitespace {
                rest.removeFirst()
                continue
            }
            let label = Self.label(&rest)
            let field = rest.prefix { !$0.isWhitespace }
            rest = rest.dropFirst(field.count)
            guard field.first == "=",
                let first = field.dropFirst().split(separator: ";", omittingEmptySubsequences: false).first
            else { continue }
            let number = first.prefix { $0.isASCII && ($0.isNumber || "+-.".contains($0)) }
            guard let value = Double(number), value.isFinite else { continue }
            data.append(Datum(label: label, value: value, unit: String(first.dropFirst(number.count))))
        }
        return data
    }

    private static func label(_ rest: inout Substring) -> String {
        guard rest.first == "'" else {
            let label = rest.prefix { $0 != "=" && !$0.isWhitespace }
            rest = rest.dropFirst(label.count)
            return String(label)
        }
        rest.removeFirst()
        var label = ""
        while let character = rest.popFirst() {
            if character == "'" {
                guard rest.first == "'" else { break }
                rest.removeFirst()
            }
            label.append(character)
        }
        return label
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
