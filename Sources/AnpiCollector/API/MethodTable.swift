import HTTPTypes
import Hummingbird

/// Which methods each path of the door knows, so that a wrong one is told from a wrong path.
struct MethodTable: Sendable {
    private struct Entry: Sendable {
        /// Nil stands for any one segment.
        var segments: [String?]
        var methods: Set<String>
    }

    private var entries: [Entry] = []

    init(_ router: Router<PeopleContext>) {
        for route in router.routes { add(route.path.description, route.method.rawValue) }
    }

    private mutating func add(_ path: String, _ method: String) {
        let segments = path.split(separator: "/").map { $0.hasPrefix("{") ? nil : String($0) }
        // The router answers HEAD wherever it answers GET.
        let methods: Set = method == "GET" ? ["GET", "HEAD"] : [method]
        if let index = entries.firstIndex(where: { $0.segments == segments }) {
            entries[index].methods.formUnion(methods)
        } else {
            entries.append(Entry(segments: segments, methods: methods))
        }
    }

    /// The methods of `path` in the order of the alphabet; empty where no route has it.
    func methods(of path: String) -> [String] {
        let segments = path.split(separator: "/")
        return entries.filter { Self.matches($0.segments, segments) }
            .reduce(into: Set<String>()) { $0.formUnion($1.methods) }.sorted()
    }

    private static func matches(_ pattern: [String?], _ segments: [Substring]) -> Bool {
        pattern.count == segments.count
            && zip(pattern, segments).allSatisfy { expected, segment in expected.map { $0 == segment } ?? true }
    }
}
