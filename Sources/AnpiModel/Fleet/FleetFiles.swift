/// Fleet files (CONTRACTS §9) to a fleet and back.
package enum FleetFiles {
    /// What spreadsheets need before UTF-8 text to read it as such; readers here skip it.
    package static let byteOrderMark = "\u{FEFF}"

    /// The fleet that `files` (name → bytes) describe, or every mistake in them.
    ///
    /// `offices.csv`, `sites.csv` and `agents.csv` must be there; any other file of a fleet that is missing is an empty
    /// set. A file whose name is none of these is a mistake: most likely a misspelt one.
    package static func read(_ files: [String: [UInt8]]) throws(FleetProblems) -> Fleet {
        let problems = FleetProblemCollector()
        let known = FleetKind.allCases.map(\.file) + [RecoveryTemplates.file]
        for name in files.keys.sorted() where !known.contains(name) {
            let nearest = Spelling.nearest(to: name, in: known)
            problems.add(
                FleetProblem(
                    file: name,
                    message: "is not a fleet file" + (nearest.map { "; did you mean \($0)?" } ?? "")))
        }
        var builder = FleetBuilder(problems: problems)
        for kind in FleetKind.allCases {
            if let bytes = files[kind.file] {
                let table = FleetTable(kind, bytes: bytes, problems: problems)
                builder.read(kind, table)
            } else {
                if kind.isRequired { problems.add(FleetProblem(file: kind.file, message: "is missing")) }
                builder.missing(kind)
            }
        }
        if let bytes = files[RecoveryTemplates.file] { builder.read(recovery: bytes) }
        guard problems.problems.isEmpty else {
            throw FleetProblems(problems: problems.problems, isCut: problems.isCut)
        }
        return builder.fleet
    }

    /// The files of `fleet` (name → text), each with its header, LF between lines and no byte-order mark.
    package static func write(_ fleet: Fleet) -> [String: String] {
        var files: [String: String] = [:]
        for kind in FleetKind.allCases {
            let rows = rows(of: kind, in: fleet)
            let columns = kind.columns.filter { column in
                !kind.optionalColumns.contains(column) || rows.contains { $0[column] != nil }
            }
            var text = CSVReader.line(columns)
            for row in rows { text += CSVReader.line(columns.map { row[$0] ?? "" }) }
            files[kind.file] = text
        }
        files[RecoveryTemplates.file] = fleet.recovery ?? RecoveryTemplates.standardText
        return files
    }

    private static func rows(of kind: FleetKind, in fleet: Fleet) -> [[String: String]] {
        switch kind {
        case .offices:
            fleet.offices.map { cells(place: $0.place, ["id": $0.id.text, "name": $0.name, "phone": $0.phone]) }
        case .sites: fleet.sites.map(cells(of:))
        case .agents:
            fleet.agents.map {
                compact([
                    "id": $0.id.text, "site": $0.site.text, "device": $0.device.rawValue, "rhythm": $0.rhythm.rawValue,
                    "intervalSeconds": $0.intervalSeconds.map { String($0) },
                    "graceSeconds": $0.graceSeconds.map { String($0) }, "canary": flag($0.canary),
                ])
            }
        case .copies:
            fleet.copies.map {
                compact([
                    "site": $0.site.text, "tier": $0.tier.rawValue, "room": $0.room,
                    "heightMeters": $0.heightMeters.map(number), "everyHours": $0.everyHours.map(number),
                    "offline": $0.offline.map(flag),
                ])
            }
        case .engineers:
            fleet.engineers.map {
                cells(
                    place: $0.place,
                    [
                        "id": $0.id.text, "name": $0.name, "office": $0.office?.text, "base": $0.base,
                        "phone": $0.phone, "skills": $0.skills.map(\.rawValue).joined(separator: ";"),
                        "shift": $0.shift?.text, "onCall": $0.onCall?.text,
                    ])
            }
        case .depots:
            fleet.depots.map {
                cells(place: $0.place, ["id": $0.id.text, "name": $0.name, "office": $0.office?.text])
            }
        case .loaners:
            fleet.loaners.map {
                compact([
                    "id": $0.id.text, "depot": $0.depot?.text, "fits": $0.fits.joined(separator: ";"),
                    "imageVersion": $0.imageVersion,
                ])
            }
        }
    }

    private static func cells(of site: Site) -> [String: String] {
        cells(
            place: site.place,
            [
                "id": site.id.text, "name": site.name, "kana": site.kana, "kind": site.kind.rawValue,
                "office": site.office.text, "address": site.address, "municipality": site.municipality,
                "weatherArea": site.weatherArea, "seismicCity": site.seismicCity, "carrier": site.carrier,
                "powerArea": site.powerArea, "phone": site.phone, "contactName": site.contactName,
                "contactPhone": site.contactPhone, "keyHolder": site.keyHolder, "hours": site.hours?.text,
                "closures": site.closures?.text, "beds": String(site.beds), "dialysis": flag(site.dialysis),
                "homeOxygen": flag(site.homeOxygen), "floodDepthMeters": site.floodDepthMeters.map(number),
                "system": site.system, "dataGigabytes": site.dataGigabytes.map(number),
            ])
    }

    private static func cells(place: Coordinate, _ others: [String: String?]) -> [String: String] {
        var cells = compact(others)
        cells["latitude"] = number(place.latitude)
        cells["longitude"] = number(place.longitude)
        return cells
    }

    private static func compact(_ cells: [String: String?]) -> [String: String] { cells.compactMapValues { $0 } }

    private static func flag(_ value: Bool) -> String { value ? "yes" : "no" }

    /// The shortest text that reads back as the same number.
    private static func number(_ value: Double) -> String {
        value.rounded() == value && value.magnitude < 1e15 ? String(Int64(value)) : String(value)
    }
}
