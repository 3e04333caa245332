import AnpiModel

/// What a screen is written on: language, width, colour and the time it is read at.
struct Paper: Sendable {
    var words: Words
    /// Terminal cells in a line.
    var width: Int
    var hasColor: Bool
    var now: Timestamp
    /// The drill that is shown; nil is the real fleet.
    var drill: String?

    /// Narrower than this a table says nothing; a terminal that claims less gets lines that it breaks itself.
    static let narrowest = 40

    init(words: Words, width: Int, hasColor: Bool = false, now: Timestamp, drill: String? = nil) {
        self.words = words
        self.width = max(width, Self.narrowest)
        self.hasColor = hasColor
        self.now = now
        self.drill = drill
    }

    var moments: Moments { Moments(now: now, words: words) }

    /// `text` in the colour of `tone`; unchanged where colour is off.
    func colored(_ text: String, _ tone: Tone) -> String {
        guard hasColor, let code = tone.code else { return text }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }

    /// `label  text`, the text broken to the width and hanging behind the label.
    func fact(_ label: String, _ text: String, labelCells: Int = 8) -> [String] {
        let indent = max(labelCells, label.cellWidth + 2)
        let lines = Cells.wrapped(text, to: max(width - indent, 16))
        return lines.enumerated().map { index, line in
            index == 0 ? label.padded(toCells: indent) + line : String(repeating: " ", count: indent) + line
        }
    }

    /// Several texts under one label, the label only on the first.
    func facts(_ label: String, _ texts: [String], labelCells: Int = 8) -> [String] {
        let indent = max(labelCells, label.cellWidth + 2)
        return texts.enumerated().flatMap { index, text in
            fact(index == 0 ? label : "", text, labelCells: indent)
        }
    }

    /// Parts in one line with wide gaps, or below one another where the line is too short for them.
    func heading(_ parts: [String?]) -> [String] {
        let parts = parts.compactMap(\.self).filter { !$0.isEmpty }
        var lines: [String] = []
        for part in parts {
            if let last = lines.last, last.cellWidth + 3 + part.cellWidth <= width {
                lines[lines.count - 1] = last + "   " + part
            } else {
                lines.append(part)
            }
        }
        return lines
    }

    /// The line under a list that goes on.
    func more(_ hasMore: Bool) -> [String] { hasMore ? [words("cli.list.more")] : [] }

    /// `Next: anpi task start T-412`. What follows a drill's screen stays in the drill.
    func next(_ command: String) -> String {
        words("cli.next", ["command": command + (drill.map { " --drill \($0)" } ?? "")])
    }
}

/// How urgent a text is; shape and words carry the meaning, colour only helps.
enum Tone: Sendable {
    case plain, alarm, warning, good, faint

    var code: String? {
        switch self {
        case .plain: nil
        case .alarm: "1;31"
        case .warning: "33"
        case .good: "32"
        case .faint: "2"
        }
    }

    init(contact: String) {
        switch contact {
        case "silent": self = .alarm
        case "late": self = .warning
        case "reporting": self = .good
        default: self = .faint
        }
    }

    init(assessment: String) {
        switch assessment {
        case "likelyHit", "confirmedHit": self = .alarm
        case "suspect": self = .warning
        case "ok", "confirmedOK": self = .good
        default: self = .plain
        }
    }

    init(task: String) {
        switch task {
        case "blocked", "failed": self = .alarm
        case "offered", "draft": self = .warning
        case "done": self = .good
        case "cancelled": self = .faint
        default: self = .plain
        }
    }

    init(copy: String) {
        switch copy {
        case "failing", "missing": self = .alarm
        case "old": self = .warning
        case "good": self = .good
        default: self = .faint
        }
    }
}
