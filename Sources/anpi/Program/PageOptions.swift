import AnpiClient
import ArgumentParser

/// How much of a list is wanted.
struct PageOptions: ParsableArguments {
    @Option(help: .said("At most this many.", ja: "最大件数", value: "n"))
    var limit: Int?

    @Option(help: .said("Where to go on: next of the answer before.", ja: "続きの位置（前の答えの next）", value: "cursor"))
    var cursor: String?

    func validate() throws {
        if let limit, limit < 1 {
            throw ValidationError(Help.words("--limit must be at least 1.", ja: "--limit は 1 以上です。"))
        }
    }
}

extension Session {
    /// Rows of a table where nobody says how many; a list that is longer says so.
    static let usualRows = 1_000
    /// Rows that the collector gives in one answer at most.
    static let pageRows = 500
    /// Answers asked for at most, whatever a collector says of more.
    static let pagesMax = 1_000

    /// Prints a list: one answer as it came where JSON was asked for, else a table of as many as are wanted.
    func list<Item>(
        _ page: PageOptions, _ filter: ListFilter,
        _ call: (ListFilter) throws(APIError) -> APIClient.Read<Items<Item>>,
        screen: (_ items: [Item], _ hasMore: Bool) -> String
    ) throws(Complaint) -> ExitStatus {
        var filter = filter
        filter.cursor = page.cursor
        guard options.output == .table else {
            filter.limit = page.limit
            world.output(Self.json(try ask { () throws(APIError) in try call(filter).answer }))
            return .done
        }
        let (items, hasMore, _) = try ask { () throws(APIError) in
            try Self.rows(page.limit ?? Self.usualRows, filter, call)
        }
        world.output(screen(items, hasMore))
        return .done
    }

    /// Follows the pages of a list up to `wanted` rows; `last` is the answer that came last.
    static func rows<Item>(
        _ wanted: Int, _ filter: ListFilter, _ call: (ListFilter) throws(APIError) -> APIClient.Read<Items<Item>>
    ) throws(APIError) -> (items: [Item], hasMore: Bool, last: APIClient.Answer?) {
        var filter = filter
        filter.limit = min(wanted, pageRows)
        var items: [Item] = []
        var last: APIClient.Answer?
        for _ in 0..<pagesMax {
            let page = try call(filter)
            items += page.value.items
            filter.cursor = page.value.next
            last = page.answer
            if filter.cursor == nil || items.count >= wanted { break }
        }
        return (Array(items.prefix(wanted)), filter.cursor != nil || items.count > wanted, last)
    }

    /// Everyone, where the person may see it; names make a screen readable, their absence does not end it.
    func engineersIfAllowed() throws(Complaint) -> [EngineerRow] {
        try askIfAllowed { () throws(APIError) in
            try Self.rows(Self.usualRows, ListFilter(), api.engineers).items
        } ?? []
    }
}
