package import AnpiModel

/// `POST /v1/tasks/{id}/transitions` as a person asks for it.
package struct TransitionRequest: Hashable, Codable, Sendable {
    /// A state, or `declined`.
    package var to: String
    package var onBehalfOf: String?
    package var reason: String?
    package var eta: Timestamp?
    package var retryAt: Timestamp?
    package var note: String?
    /// The road that stands in the way, where one does.
    package var road: BlockedRoad?
    /// When it was done, where that was before it is sent.
    package var doneAt: Timestamp?
    /// What was done stands though the task was cancelled meanwhile.
    package var despiteCancellation: Bool?

    package init(
        to: String, onBehalfOf: String? = nil, reason: String? = nil, eta: Timestamp? = nil,
        retryAt: Timestamp? = nil, note: String? = nil, road: BlockedRoad? = nil, doneAt: Timestamp? = nil
    ) {
        self.to = to
        self.onBehalfOf = onBehalfOf
        self.reason = reason
        self.eta = eta
        self.retryAt = retryAt
        self.note = note
        self.road = road
        self.doneAt = doneAt
    }

    var json: JSON {
        .present([
            .init("to", .string(to)), .init("onBehalfOf", .optional(onBehalfOf)), .init("reason", .optional(reason)),
            .init("eta", .time(eta)), .init("retryAt", .time(retryAt)), .init("note", .optional(note)),
            .init("road", road?.json ?? .null), .init("doneAt", .time(doneAt)),
            .init("despiteCancellation", despiteCancellation.map { .bool($0) } ?? .null),
        ])
    }
}

/// Who a new token speaks for.
package enum TokenSubject: Hashable, Sendable {
    case role(String, engineer: String?, office: String?)
    case agent(String)
    case ping(site: String, tier: String)
}

extension APIClient {
    package func transitionTask(
        _ id: String, _ request: TransitionRequest, change: Change
    ) throws(APIError) -> Read<TaskDetail> {
        try read(
            TaskDetail.self,
            from: send(.post, Target("tasks", id, "transitions"), body: request.json, change: change))
    }

    package func addNote(
        _ text: String, to id: String, doneAt: Timestamp?, change: Change
    ) throws(APIError) -> Read<TaskRow> {
        let body = JSON.present([.init("text", .string(text)), .init("doneAt", .time(doneAt))])
        return try read(TaskRow.self, from: send(.post, Target("tasks", id, "notes"), body: body, change: change))
    }

    /// Sends a photo under its digest; the same photo again changes nothing.
    package func addPhoto(
        _ bytes: [UInt8], digest: String, type: PhotoType, to id: String, doneAt: Timestamp?, change: Change
    ) throws(APIError) -> Read<TaskRow> {
        let target = Target("tasks", id, "photos", digest).with("doneAt", doneAt?.rfc3339())
        let content = Content(type: type.rawValue, bytes: bytes, timeout: Self.photoTimeout)
        return try read(TaskRow.self, from: send(.put, target, content, change: change))
    }

    /// A little longer than the collector waits for one.
    static let photoTimeout: Duration = .seconds(130)

    package func closeIncident(_ id: String, reason: String?, change: Change) throws(APIError) -> Read<IncidentRow> {
        let body = JSON.present([.init("to", "closed"), .init("reason", .optional(reason))])
        return try read(
            IncidentRow.self, from: send(.post, Target("incidents", id, "transitions"), body: body, change: change))
    }

    package func addFinding(_ members: [JSON.Member], change: Change) throws(APIError) -> Read<FindingAnswer> {
        try read(
            FindingAnswer.self, from: send(.post, Target("findings"), body: .present(members), change: change))
    }

    package func addFinding(_ draft: FindingDraft, change: Change) throws(APIError) -> Read<FindingAnswer> {
        try read(FindingAnswer.self, from: send(.post, Target("findings"), body: draft.json, change: change))
    }

    package func setAvailability(
        of engineer: String, _ availability: Availability, reason: String?, until: Timestamp?, change: Change
    ) throws(APIError) -> Read<EngineerRow> {
        let body = JSON.present([
            .init("availability", .word(availability)), .init("reason", .optional(reason)),
            .init("until", .time(until)),
        ])
        return try read(
            EngineerRow.self,
            from: send(.post, Target("engineers", engineer, "availability"), body: body, change: change))
    }

    /// Sends the whole set; `files` in the order they should stand in the request.
    package func importFleet(
        _ files: [(name: String, text: String)], dryRun: Bool, change: Change
    ) throws(APIError) -> Read<FleetImportAnswer> {
        let body = JSON.object([
            .init("files", .object(files.map { JSON.Member($0.name, .string($0.text)) }))
        ])
        let target = Target("fleet").with("dryRun", dryRun ? "true" : nil)
        return try read(FleetImportAnswer.self, from: send(.post, target, body: body, change: change))
    }

    package func createToken(
        for subject: TokenSubject, label: String?, expiresAt: Timestamp?, change: Change
    ) throws(APIError) -> Read<NewToken> {
        var members: [JSON.Member]
        switch subject {
        case .role(let role, let engineer, let office):
            members = [
                .init("role", .string(role)), .init("engineer", .optional(engineer)),
                .init("office", .optional(office)),
            ]
        case .agent(let agent):
            members = [.init("role", "agent"), .init("agent", .string(agent))]
        case .ping(let site, let tier):
            members = [
                .init("role", "ping"),
                .init("ping", .object([.init("site", .string(site)), .init("tier", .string(tier))])),
            ]
        }
        members += [.init("label", .optional(label)), .init("expiresAt", .time(expiresAt))]
        return try read(
            NewToken.self, from: send(.post, Target("tokens"), body: .present(members), change: change))
    }

    package func revokeToken(_ id: String, change: Change) throws(APIError) -> Answer {
        try send(.delete, Target("tokens", id), change: change)
    }

    package func retryDelivery(_ id: String, change: Change) throws(APIError) -> Answer {
        try send(.post, Target("hooks", "deliveries", id, "retry"), change: change)
    }
}

extension JSON {
    /// An object of the members that are not null: the API reads an absent key as "not said".
    static func present(_ members: [Member]) -> JSON {
        .object(members.filter { $0.value != .null })
    }
}
