import AnpiModel
import ArgumentParser

/// A threshold range of the monitoring-plugin guidelines: `[@][start:]end`.
///
/// A value outside the range alerts, with `@` one inside it; `~` is minus infinity, a missing end plus infinity.
/// A bare whole number from 1 on is a count, "this many or more": `-c 1` is the range `0`, as people mean it.
struct NagiosRange: Hashable, Sendable {
    /// Nil is minus infinity.
    var start: Double?
    /// Nil is plus infinity.
    var end: Double?
    var alertsInside = false
    /// As performance data carries it.
    var text: String

    /// Nil where `text` is no range, or its start is above its end.
    init?(_ text: String) {
        if let count = Int(text), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            let end = max(0, count - 1)
            self.init(start: 0, end: Double(end), alertsInside: false, text: String(end))
            return
        }
        var rest = text[...]
        let alertsInside = rest.first == "@"
        if alertsInside { rest = rest.dropFirst() }
        let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
        var start: Double? = 0
        var end: Double?
        switch parts.count {
        case 1:
            guard let value = Self.number(parts[0]) else { return nil }
            end = value
        case 2:
            if parts[0] == "~" {
                start = nil
            } else if !parts[0].isEmpty {
                guard let value = Self.number(parts[0]) else { return nil }
                start = value
            }
            if !parts[1].isEmpty {
                guard let value = Self.number(parts[1]) else { return nil }
                end = value
            }
        default:
            return nil
        }
        if let start, let end, start > end { return nil }
        self.init(start: start, end: end, alertsInside: alertsInside, text: text)
    }

    private init(start: Double?, end: Double?, alertsInside: Bool, text: String) {
        self.start = start
        self.end = end
        self.alertsInside = alertsInside
        self.text = text
    }

    func alerts(on value: Double) -> Bool {
        let isInside = (start.map { value >= $0 } ?? true) && (end.map { value <= $0 } ?? true)
        return isInside == alertsInside
    }

    private static func number(_ text: Substring) -> Double? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E || $0 == 0x2D }) else {
            return nil
        }
        return Double(text)
    }
}

extension NagiosRange: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}
