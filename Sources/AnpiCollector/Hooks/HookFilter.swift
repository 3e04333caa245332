package import AnpiEngine
internal import AnpiModel
package import AnpiStore

/// Says which deliveries a decision calls for; pure, so that the same step always fills the outbox the same way.
package struct HookFilter: Sendable {
    private let hooks: [Hook]
    private let isDrill: Bool

    /// - Parameter isDrill: whether the lane is a drill's; a drill's decisions go only to hooks that ask for them.
    package init(_ hooks: [Hook], isDrill: Bool = false) {
        self.hooks = hooks
        self.isDrill = isDrill
    }

    /// The deliveries of the step's entry number `journalIndex`, in the order of the hooks file.
    package func outbox(_ decision: Decision, _ journalIndex: Int) -> [OutboxDraft] {
        let isDrill = isDrill || decision.details.contains { $0.key == "drill" && $0.value == true }
        let wanting = hooks.filter { wants($0, decision, isDrill: isDrill) }
        guard !wanting.isEmpty else { return [] }
        let body = HookBody.text(of: decision, isDrill: isDrill)
        let subject = Self.subject(of: decision)
        let replaces = Self.replacesWaiting(decision.name)
        return wanting.map { hook in
            OutboxDraft(
                journalIndex: journalIndex, hook: hook.name, subject: subject, type: decision.name.rawValue,
                at: decision.at, body: body, replacesWaiting: replaces)
        }
    }

    private func wants(_ hook: Hook, _ decision: Decision, isDrill: Bool) -> Bool {
        guard hook.events.contains(decision.name), hook.takesDrills || !isDrill else { return false }
        guard let offices = hook.offices, !decision.offices.isEmpty else { return true }
        return decision.offices.contains { offices.contains($0) }
    }

    /// What the delivery is about: deliveries with one subject go out one at a time, in order.
    ///
    /// Everything about an incident and its tasks has the incident as subject, and order is kept. News of a site or an
    /// agent that may be replaced have a subject for each kind of news: within one subject the store replaces whatever
    /// may be replaced, and the newer contact of one site must not take the place of another's, nor of an assessment.
    static func subject(of decision: Decision) -> String {
        let name = decision.name.rawValue
        switch decision.name {
        case .siteContact, .siteAssessed, .sitePlanned: return decision.site.map { "\(name) \($0.text)" } ?? name
        case .agentContact: return decision.agent.map { "\(name) \($0.text)" } ?? name
        case .incidentProposed, .incidentOpened, .incidentJoined, .incidentLeft, .incidentChanged, .incidentMerged,
            .incidentStable, .incidentClosed, .taskDrafted, .taskOffered, .taskChanged:
            return decision.incident?.description ?? decision.task?.description ?? decision.site?.text ?? name
        // Begin and end, old and new belong together.
        case .blindBegan, .blindEnded, .feedChanged, .hazardApplied, .hazardQuarantined, .journalAnchored:
            return String(name.prefix { $0 != "." })
        }
    }

    /// Whether a waiting delivery of the same subject gives way to this one (ENGINE §9).
    ///
    /// Only what tells a whole state does. A task's changes are few, made by people, and each may be the one that
    /// somebody waits for (`accepted`, `done`): none is ever left out.
    static func replacesWaiting(_ name: DecisionName) -> Bool {
        switch name {
        case .siteContact, .siteAssessed, .sitePlanned, .agentContact, .incidentChanged: true
        case .incidentProposed, .incidentOpened, .incidentJoined, .incidentLeft, .incidentMerged, .incidentStable,
            .incidentClosed, .taskDrafted, .taskOffered, .taskChanged, .blindBegan, .blindEnded, .feedChanged,
            .hazardApplied, .hazardQuarantined, .journalAnchored:
            false
        }
    }
}
