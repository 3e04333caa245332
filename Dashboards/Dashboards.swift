import Foundation

/// The office web app: the files under `office/`, read once and served from memory.
///
/// What is served is this list and nothing else, so no path of a request can reach outside of the folder.
package enum OfficeDashboard {
    /// One file of the app.
    package struct File: Hashable, Sendable {
        /// The URL's path, beginning with a slash; `/` for the page itself.
        package let path: String
        package let contentType: String
        package let bytes: [UInt8]
    }

    /// All files in the order of their paths; empty where the app was not installed beside the program.
    package static let files: [File] = load()

    /// The file at a path of the address; nil where there is none.
    package static func file(_ path: String) -> (bytes: [UInt8], contentType: String)? {
        files.first { $0.path == path }.map { ($0.bytes, $0.contentType) }
    }

    /// Types that the app is made of; anything else in the folder is not served.
    private static let contentTypes = [
        "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "css": "text/css; charset=utf-8", "svg": "image/svg+xml",
    ]

    private static func load() -> [File] {
        guard let root = Bundle.module.url(forResource: "office", withExtension: nil)?.standardizedFileURL,
            let found = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
        else { return [] }
        var files: [File] = []
        for case let url as URL in found {
            guard let contentType = contentTypes[url.pathExtension], let data = try? Data(contentsOf: url) else {
                continue
            }
            let path = String(url.standardizedFileURL.path.dropFirst(root.path.count))
            files.append(
                File(path: path == "/index.html" ? "/" : path, contentType: contentType, bytes: [UInt8](data)))
        }
        return files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }
}
