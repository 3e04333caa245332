import AnpiModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Draws reliability and time to flag as one SVG: no fonts, no scripts, readable on light and dark pages.
package enum ScorePicture {
    /// One detector's way to its flags.
    package struct Series: Sendable {
        package var name: String
        package var score: FlagScore

        package init(name: String, score: FlagScore) {
            self.name = name
            self.score = score
        }
    }

    private static let side = 300.0
    private static let margin = 56.0
    private static let secondLeft = 456.0
    /// Ticks of the time axis in minutes: 5 min to 72 h, on a logarithmic scale.
    private static let ticks: [(minutes: Double, label: String)] = [
        (5, "5 min"), (20, "20 min"), (60, "1 h"), (240, "4 h"), (1_440, "1 d"), (4_320, "3 d"),
    ]
    /// Told apart by line, not by colour alone.
    private static let dashes = ["", "6 4", "2 3"]

    package static func svg(_ reliability: Reliability, timeToFlag: [Series]) -> String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 820 430" role="img" aria-labelledby="t d" \
        font-family="sans-serif" font-size="12">
        <title id="t">Reliability of probabilities and time to the first flag</title>
        <desc id="d">\(escaped(description(reliability, timeToFlag)))</desc>
        <style>.i{stroke:#57606a;fill:none}.w{fill:#57606a}.a{stroke:#0b6bcb;fill:none;stroke-width:2}\
        .b{fill:#0b6bcb}@media (prefers-color-scheme:dark){.i{stroke:#a8b1bb}.w{fill:#a8b1bb}\
        .a{stroke:#6cb6ff}.b{fill:#6cb6ff}}</style>
        \(diagram(reliability))\(curves(timeToFlag))</svg>

        """
    }

    /// What the picture shows, in words.
    private static func description(_ reliability: Reliability, _ series: [Series]) -> String {
        let bins = reliability.bins.compactMap { bin in
            bin.said.flatMap { said in bin.hit.map { "\(percent(said)) said, \(percent($0)) hit (\(bin.count))" } }
        }
        let times = series.map { one in
            let median = one.score.delay(atShare: 0.5).map { "\($0.wholeSeconds / 60) min" } ?? "none"
            return
                "\(one.name): \(one.score.hitsFound) of \(one.score.hits) hits flagged, half of them within \(median)"
        }
        return (bins + times).joined(separator: "; ") + "."
    }

    // MARK: Reliability

    private static func diagram(_ reliability: Reliability) -> String {
        var text = frame(left: margin, title: "Said and true", across: "probability said", up: "share hit")
        text += line("i", from: (margin, margin + side), to: (margin + side, margin), dash: "4 4")
        for share in [0, 0.2, 0.4, 0.6, 0.8, 1] {
            text += word(JSON.fixed(share, digits: 1), x: margin + share * side, y: margin + side + 18, "middle")
            text += word(JSON.fixed(share, digits: 1), x: margin - 8, y: margin + side - share * side + 4, "end")
        }
        for bin in reliability.bins {
            guard let said = bin.said, let hit = bin.hit else { continue }
            let (x, y) = (margin + said * side, margin + side - hit * side)
            let radius = 4 + min(10, log10(Double(bin.count)) * 2)
            text += "<circle class=\"b\" cx=\"\(number(x))\" cy=\"\(number(y))\" r=\"\(number(radius))\"/>\n"
            let isAtEdge = said > 0.8
            text += word(
                "n = \(bin.count)", x: isAtEdge ? x - radius - 3 : x + radius + 3, y: y + 4, isAtEdge ? "end" : "start")
        }
        return text
    }

    // MARK: Time to flag

    private static func curves(_ series: [Series]) -> String {
        let left = secondLeft
        var text = frame(
            left: left, title: "Hits flagged by then", across: "time after the harm", up: "share of all hits")
        for tick in ticks {
            text += word(tick.label, x: left + position(minutes: tick.minutes), y: margin + side + 18, "middle")
        }
        for share in [0, 0.5, 1] {
            text += word(percent(share), x: left - 8, y: margin + side - share * side + 4, "end")
        }
        for (index, one) in series.enumerated() {
            let dash = dashes[index % dashes.count]
            var points: [String] = []
            var height = 0.0
            for (rank, delay) in one.score.delays.sorted().enumerated() {
                let x = left + position(minutes: Double(delay.wholeSeconds) / 60)
                points.append("\(number(x)),\(number(margin + side - height * side))")
                height = Double(rank + 1) / Double(max(1, one.score.hits))
                points.append("\(number(x)),\(number(margin + side - height * side))")
            }
            points.append("\(number(left + side)),\(number(margin + side - height * side))")
            text += "<polyline class=\"a\" stroke-dasharray=\"\(dash)\" points=\"\(points.joined(separator: " "))\"/>\n"
            let y = margin + side + 56 + Double(index) * 16
            text += line("a", from: (left, y - 4), to: (left + 30, y - 4), dash: dash)
            text += word(one.name, x: left + 38, y: y, "start")
        }
        return text
    }

    private static func position(minutes: Double) -> Double {
        let (first, last) = (log10(5.0), log10(4_320.0))
        return side * min(1, max(0, (log10(max(minutes, 0.1)) - first) / (last - first)))
    }

    // MARK: Strokes

    private static func frame(left: Double, title: String, across: String, up: String) -> String {
        "<rect class=\"i\" x=\"\(number(left))\" y=\"\(number(margin))\" width=\"300\" height=\"300\"/>\n"
            + word(title, x: left, y: margin - 26, "start", size: 14) + word(up, x: left, y: margin - 8, "start")
            + word(across, x: left + side, y: margin + side + 36, "end")
    }

    private static func line(
        _ style: String, from: (x: Double, y: Double), to: (x: Double, y: Double), dash: String
    ) -> String {
        "<line class=\"\(style)\" x1=\"\(number(from.x))\" y1=\"\(number(from.y))\" x2=\"\(number(to.x))\""
            + " y2=\"\(number(to.y))\" stroke-dasharray=\"\(dash)\"/>\n"
    }

    private static func word(_ text: String, x: Double, y: Double, _ anchor: String, size: Int = 12) -> String {
        "<text class=\"w\" x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\" font-size=\"\(size)\">"
            + escaped(text) + "</text>\n"
    }

    private static func number(_ value: Double) -> String { JSON.fixed(value, digits: 1) }

    private static func percent(_ share: Double) -> String { JSON.fixed(share * 100, digits: 0) + " %" }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
