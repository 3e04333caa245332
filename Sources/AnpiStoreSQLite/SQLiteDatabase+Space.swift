internal import AnpiStore
import GRDB

extension SQLiteDatabase {
    /// How large the file is.
    package struct Space: Hashable, Sendable {
        package var bytes: Int64
        /// Of these, what rows have left behind: new ones go there, and the file does not shrink by itself.
        package var free: Int64

        /// As `doctor` prints it.
        package var text: String { "\(bytes / 1_048_576) MiB, of which \(free / 1_048_576) MiB are free for new rows" }
    }

    package func space() throws -> Space {
        try read { reader in
            func number(_ pragma: String) throws -> Int64 {
                try reader.first("SELECT * FROM pragma_\(pragma)") { try $0.integer(0) } ?? 0
            }
            let page = try number("page_size")
            return Space(bytes: try number("page_count") * page, free: try number("freelist_count") * page)
        }
    }
}
