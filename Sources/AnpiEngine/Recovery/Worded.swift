import AnpiModel

/// A closed set of words of which each has a whole sentence in the label table, under `<family>.<word>`.
protocol SentenceWord: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
    /// What stands before the word in the key of its label: `rung.reason`.
    static var family: String { get }
}

/// A word with what its sentence is filled in with: how the recovery part gives its reasons.
///
/// Arguments are text as they go out: an instant in RFC 3339, a word of the vocabulary by its raw value under the name of
/// its family, a number as people read it. So a reason is compared, kept and told without a second form.
struct Worded<Word: SentenceWord>: Hashable, Sendable {
    let word: Word
    /// In the order in which they are told.
    let arguments: [Argument]

    struct Argument: Hashable, Sendable {
        let name: String
        let text: String
    }

    init(_ word: Word, _ arguments: [Argument] = []) {
        self.word = word
        self.arguments = arguments
    }

    /// The key of its sentence in the label table.
    var labelKey: String { "\(Word.family).\(word.rawValue)" }

    /// `{"key","arguments"}`: what a page makes the sentence of.
    var json: JSON {
        .object([
            JSON.Member("key", .string(labelKey)),
            JSON.Member("arguments", .object(arguments.map { JSON.Member($0.name, .string($0.text)) })),
        ])
    }

    /// The sentence in Japanese, the language of the offices; its times with their day, so that it is true whenever it
    /// is read.
    var text: String {
        let texts = arguments.map { argument in
            let instant = Timestamp(rfc3339: argument.text)
            return (argument.name, instant?.clockText ?? Labels.word(argument.name, argument.text, .ja))
        }
        return Labels.text(labelKey, .ja, Dictionary(texts) { first, _ in first })
    }

    /// The sentence; times are told as of `asOf`.
    func text(_ language: Language, asOf: Timestamp) -> String {
        let texts = Dictionary(arguments.map { ($0.name, $0.text) }) { first, _ in first }
        return Labels.sentence(labelKey, language, texts, asOf: asOf)
    }
}

extension Worded.Argument {
    static func text(_ name: String, _ text: String) -> Self { Self(name: name, text: text) }

    static func word(_ family: String, _ word: some RawRepresentable<String>) -> Self {
        Self(name: family, text: word.rawValue)
    }

    static func time(_ name: String, _ instant: Timestamp) -> Self { Self(name: name, text: instant.rfc3339()) }

    static func integer(_ name: String, _ number: Int) -> Self { Self(name: name, text: String(number)) }

    /// A chance in thousandths as a percentage: people plan by steps of a percent.
    static func chance(_ name: String = "p", _ thousandths: Int) -> Self {
        Self(name: name, text: "\((thousandths + 5) / 10)%")
    }

    static func meters(_ name: String, _ meters: Double) -> Self {
        Self(name: name, text: JSON.fixed(meters, digits: 1))
    }
}

extension Worded {
    /// Writes it for a checkpoint.
    func write(to writer: inout ByteWriter) {
        writer.put(word.rawValue)
        writer.put(list: arguments) { writer, argument in
            writer.put(argument.name)
            writer.put(argument.text)
        }
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        word = try reader.word()
        arguments = try reader.list { reader throws(ByteCodingError) in
            Argument(name: try reader.string(), text: try reader.string())
        }
    }
}
