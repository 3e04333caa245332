import AnpiClient
import AnpiModel

/// A sheet on the terminal: its first columns stay, the last give way first.
struct SheetListScreen {
    var sheet: SheetAnswer

    func text(on paper: Paper) -> String {
        guard !sheet.rows.isEmpty else { return sheet.title + "\n" + paper.words("cli.sheet.empty") }
        let count = sheet.columns.count
        var table = Table(
            sheet.columns.enumerated().map { place, title in
                // The name of what a line is about stands in the first columns.
                Table.Column(
                    title: title, rank: place < 3 ? Table.Column.keep : count - place, least: place < 2 ? nil : 6)
            })
        for row in sheet.rows { table.append((0..<count).map { Table.Cell($0 < row.count ? row[$0] : "") }) }
        return ([sheet.title] + table.lines(on: paper)).joined(separator: "\n")
    }
}

extension Session {
    /// Prints a sheet as a table or as CSV, or the API's own JSON of what it is made of.
    func sheet(
        _ name: String, _ filter: ListFilter, json: () throws(APIError) -> APIClient.Answer
    ) throws(Complaint) -> ExitStatus {
        var translated = filter
        translated.parameters["lang"] = words.language.rawValue
        switch options.output {
        case .json:
            world.output(Self.json(try ask { () throws(APIError) in try json() }))
        case .csv:
            let answer = try ask { () throws(APIError) in try api.csv(name, translated) }
            // The output ends the last line itself.
            world.output(String(decoding: answer.body.dropLast(answer.body.last == 0x0A ? 1 : 0), as: UTF8.self))
        case .table, .md:
            let answer = try ask { () throws(APIError) in try api.sheet(name, translated).value }
            world.output(SheetListScreen(sheet: answer).text(on: paper))
        }
        return .done
    }
}
