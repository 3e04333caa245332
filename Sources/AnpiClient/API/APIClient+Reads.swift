package import AnpiModel

/// What to look for in a list; nil asks for everything.
package struct ListFilter: Hashable, Sendable {
    package var parameters: [String: String]
    package var limit: Int?
    package var cursor: String?

    package init(_ parameters: [String: String?] = [:], limit: Int? = nil, cursor: String? = nil) {
        self.parameters = parameters.compactMapValues(\.self)
        self.limit = limit
        self.cursor = cursor
    }

    func applied(to target: APIClient.Target) -> APIClient.Target {
        // In a fixed order, so that the same question is the same request.
        var target = target
        for name in parameters.keys.sorted() { target = target.with(name, parameters[name]) }
        return target.with("limit", limit).with("cursor", cursor)
    }
}

extension APIClient {
    package func identity() throws(APIError) -> Read<Identity> {
        try read(Identity.self, from: get(Target("me")))
    }

    package func overview(office: String?) throws(APIError) -> Read<Overview> {
        try read(Overview.self, from: get(Target("overview").with("office", office)))
    }

    package func sites(_ filter: ListFilter) throws(APIError) -> Read<Items<SiteRow>> {
        try read(Items<SiteRow>.self, from: get(filter.applied(to: Target("sites"))))
    }

    package func site(_ id: String) throws(APIError) -> Read<SiteDetail> {
        try read(SiteDetail.self, from: get(Target("sites", id)))
    }

    package func findings(_ filter: ListFilter) throws(APIError) -> Read<Items<FindingAnswer>> {
        try read(Items<FindingAnswer>.self, from: get(filter.applied(to: Target("findings"))))
    }

    package func task(_ id: String) throws(APIError) -> Read<TaskDetail> {
        try read(TaskDetail.self, from: get(Target("tasks", id)))
    }

    package func queue(_ filter: ListFilter) throws(APIError) -> Read<Items<TaskRow>> {
        try read(Items<TaskRow>.self, from: get(filter.applied(to: Target("queue"))))
    }

    package func incidents(_ filter: ListFilter) throws(APIError) -> Read<Items<IncidentRow>> {
        try read(Items<IncidentRow>.self, from: get(filter.applied(to: Target("incidents"))))
    }

    package func incident(_ id: String) throws(APIError) -> Read<IncidentDetail> {
        try read(IncidentDetail.self, from: get(Target("incidents", id)))
    }

    package func engineers(_ filter: ListFilter) throws(APIError) -> Read<Items<EngineerRow>> {
        try read(Items<EngineerRow>.self, from: get(filter.applied(to: Target("engineers"))))
    }

    package func fleet() throws(APIError) -> Read<FleetAnswer> {
        try read(FleetAnswer.self, from: get(Target("fleet")))
    }

    package func tokens(_ filter: ListFilter) throws(APIError) -> Read<Items<TokenRow>> {
        try read(Items<TokenRow>.self, from: get(filter.applied(to: Target("tokens"))))
    }

    package func hooks() throws(APIError) -> Read<Items<HookRow>> {
        try read(Items<HookRow>.self, from: get(Target("hooks")))
    }

    package func deliveries(_ filter: ListFilter) throws(APIError) -> Read<Items<DeliveryRow>> {
        try read(Items<DeliveryRow>.self, from: get(filter.applied(to: Target("hooks", "deliveries"))))
    }

    package func journal(_ filter: ListFilter, after: Int?) throws(APIError) -> Read<Items<JournalRow>> {
        try read(Items<JournalRow>.self, from: get(filter.applied(to: Target("journal").with("after", after))))
    }

    /// The last lines, newest first.
    package func newestJournal(_ filter: ListFilter) throws(APIError) -> Read<Items<JournalRow>> {
        try read(Items<JournalRow>.self, from: get(filter.applied(to: Target("journal").with("order", "desc"))))
    }

    /// The first piece of what was recorded, as the bytes of a `ReplayPage`.
    package func replay(from: Timestamp, to: Timestamp) throws(APIError) -> Answer {
        try get(Target("replay").with("from", from.rfc3339()).with("to", to.rfc3339()))
    }

    /// The piece behind `cursor`, which the piece before names.
    package func replay(after cursor: String, to: Timestamp) throws(APIError) -> Answer {
        try get(Target("replay").with("after", cursor).with("to", to.rfc3339()))
    }

    package func journalVerdict() throws(APIError) -> Read<JournalVerdictAnswer> {
        try read(JournalVerdictAnswer.self, from: get(Target("journal", "verify")))
    }
}
