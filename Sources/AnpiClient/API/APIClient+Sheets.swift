package import AnpiModel

/// A list as rows of text (`GET /v1/sheets/{sheet}`).
package struct SheetAnswer: Decodable, Sendable {
    package var name: String
    package var title: String
    package var columns: [String]
    package var rows: [[String]]
}

/// One situation report, as lists and answers have it.
package struct SitrepRow: Decodable, Sendable {
    package var number: Int
    package var at: Timestamp
    package var by: String
    package var text: String?
    package var nextDue: Timestamp?
}

/// A site's claims, as far as a screen tells of them.
package struct ClaimsAnswer: Decodable, Sendable {
    package var site: String
    package var siteName: String
    package var due: String
    package var daysLeft: Int
    package var state: String
    package var missing: [Sentence]
}

extension APIClient {
    package func sheet(_ name: String, _ filter: ListFilter) throws(APIError) -> Read<SheetAnswer> {
        try read(SheetAnswer.self, from: get(filter.applied(to: Target("sheets", name))))
    }

    /// The same as CSV, byte for byte.
    package func csv(_ name: String, _ filter: ListFilter) throws(APIError) -> Answer {
        try get(filter.applied(to: Target("sheets", name + ".csv")))
    }

    /// Claims or readiness as the API's own JSON.
    package func rows(_ name: String, _ filter: ListFilter) throws(APIError) -> Answer {
        try get(filter.applied(to: Target(name)))
    }

    package func enterClaims(
        at site: String, _ members: [JSON.Member], change: Change
    ) throws(APIError) -> Read<ClaimsAnswer> {
        try read(
            ClaimsAnswer.self,
            from: send(.post, Target("sites", site, "claims"), body: .present(members), change: change))
    }

    package func changeIncident(
        _ id: String, _ members: [JSON.Member], change: Change
    ) throws(APIError) -> Read<IncidentRow> {
        try read(
            IncidentRow.self, from: send(.post, Target("incidents", id), body: .present(members), change: change))
    }

    package func mergeIncident(
        _ id: String, into other: String, reason: String?, change: Change
    ) throws(APIError) -> Read<IncidentRow> {
        let body = JSON.present([.init("into", .string(other)), .init("reason", .optional(reason))])
        return try read(
            IncidentRow.self, from: send(.post, Target("incidents", id, "merge"), body: body, change: change))
    }

    package func sitreps(of incident: String) throws(APIError) -> Read<Items<SitrepRow>> {
        try read(Items<SitrepRow>.self, from: get(Target("incidents", incident, "sitreps")))
    }

    package func sitrep(_ number: Int, of incident: String) throws(APIError) -> Answer {
        try get(Target("incidents", incident, "sitreps", String(number)))
    }

    /// One report as a page of Markdown.
    package func sitrepText(_ number: Int, of incident: String, language: Language) throws(APIError) -> Answer {
        try get(Target("incidents", incident, "sitreps", "\(number).md").with("lang", language.rawValue))
    }

    package func addSitrep(
        to incident: String, text: String?, nextDue: Timestamp?, change: Change
    ) throws(APIError) -> Read<SitrepRow> {
        let body = JSON.present([.init("text", .optional(text)), .init("nextDue", .time(nextDue))])
        return try read(
            SitrepRow.self, from: send(.post, Target("incidents", incident, "sitreps"), body: body, change: change))
    }
}
