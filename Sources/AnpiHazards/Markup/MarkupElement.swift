/// One element of a document: names are local (namespaces and prefixes differ between versions and senders), text is
/// that of the element itself without its children's.
struct MarkupElement {
    var name: String
    var attributes: [String: String] = [:]
    var text = ""
    var children: [MarkupElement] = []

    func children(_ name: String) -> [MarkupElement] { children.filter { $0.name == name } }

    func child(_ name: String) -> MarkupElement? { children.first { $0.name == name } }

    /// The first element at the end of the path.
    func descendant(_ path: String...) -> MarkupElement? {
        var element = self
        for name in path {
            guard let next = element.child(name) else { return nil }
            element = next
        }
        return element
    }

    /// The child's text without white space around it; nil where there is none or it is empty.
    func text(_ name: String) -> String? {
        child(name).flatMap(\.content)
    }

    /// The texts of all children of the name that have one.
    func texts(_ name: String) -> [String] { children(name).compactMap(\.content) }

    /// The child's text as a code: ASCII, without any white space; nil where there is none or it is empty.
    func code(_ name: String) -> String? {
        guard let code = text(name).map(OfficialText.code), !code.isEmpty else { return nil }
        return code
    }

    /// All elements of the name below this one, in the order of the document.
    func all(_ name: String) -> [MarkupElement] {
        children.flatMap { child in child.name == name ? [child] : child.all(name) }
    }

    /// The element's own text, trimmed; nil where it is empty.
    var content: String? {
        let text = OfficialText.trimmed(text)
        return text.isEmpty ? nil : text
    }
}
