import Foundation
import FoundationXML

/// Reads a document into elements, within bounds; libxml2 (behind `XMLParser`) never sees a declaration or more than
/// the cap, and opens nothing.
final class MarkupReader: NSObject, XMLParserDelegate {
    /// The open elements, outermost first.
    private var open: [MarkupElement] = []
    private var root: MarkupElement?
    private var count = 0
    private var failure: HazardError?

    static func read(_ bytes: [UInt8], bytesMax: Int = HazardBounds.bytesMax) throws(HazardError) -> MarkupElement {
        let text = try MarkupText.read(bytes, bytesMax: bytesMax)
        let reader = MarkupReader()
        let parser = XMLParser(data: Data(text))
        parser.shouldResolveExternalEntities = false
        parser.shouldProcessNamespaces = false
        parser.delegate = reader
        let isWellFormed = parser.parse()
        if let failure = reader.failure { throw failure }
        guard isWellFormed, let root = reader.root else {
            throw HazardError(
                .malformed, "the XML is cut off or damaged here; fetch or send the message again",
                at: "line \(max(1, parser.lineNumber)), column \(max(1, parser.columnNumber))")
        }
        return root
    }

    func parser(
        _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        count += 1
        guard open.count < HazardBounds.depthMax else {
            return stop(parser, "elements lie deeper in one another than in any official message; check the sender")
        }
        guard count <= HazardBounds.elementsMax else {
            return stop(parser, "the message has more than 100,000 elements; check the sender")
        }
        var element = MarkupElement(name: Self.local(elementName))
        for (name, value) in attributes { element.attributes[Self.local(name)] = value }
        open.append(element)
    }

    func parser(_ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?, qualifiedName: String?) {
        guard let element = open.popLast() else { return }
        if open.isEmpty {
            root = element
        } else {
            open[open.count - 1].children.append(element)
        }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        guard !open.isEmpty else { return }
        open[open.count - 1].text += string
    }

    func parser(_ parser: XMLParser, foundCDATA data: Data) {
        guard !open.isEmpty else { return }
        open[open.count - 1].text += String(decoding: data, as: UTF8.self)
    }

    private func stop(_ parser: XMLParser, _ message: StaticString) {
        let path = open.prefix(4).map(\.name).joined(separator: "/")
        failure = HazardError(
            .bounds, message, at: path.isEmpty ? "message" : OfficialText.line(path, charactersMax: 80))
        parser.abortParsing()
    }

    private static func local(_ name: String) -> String {
        name.lastIndex(of: ":").map { String(name[name.index(after: $0)...]) } ?? name
    }
}
