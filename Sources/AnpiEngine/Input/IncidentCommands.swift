package import AnpiModel

/// `POST /v1/incidents/{id}`: how an incident is led; what is absent stays as it is.
package struct IncidentChange: Hashable, Codable, Sendable {
    /// What people call it.
    package var title: String?
    /// Who leads it.
    package var commander: String?
    /// When the next situation report is due.
    package var sitrepDue: Timestamp?
    /// By when claims are due where an authority has moved the date.
    package var claimsDue: CivilDate?
    /// What is taken back.
    package var clear: [Field]?

    package enum Field: String, Hashable, Codable, CaseIterable, Sendable {
        case title, commander, sitrepDue, claimsDue
    }

    package init(
        title: String? = nil, commander: String? = nil, sitrepDue: Timestamp? = nil, claimsDue: CivilDate? = nil,
        clear: [Field]? = nil
    ) {
        self.title = title
        self.commander = commander
        self.sitrepDue = sitrepDue
        self.claimsDue = claimsDue
        self.clear = clear
    }

    /// What it says, for the journal.
    var json: JSON {
        var members: [JSON.Member] = []
        if let title { members.append(JSON.Member("title", .string(title))) }
        if let commander { members.append(JSON.Member("commander", .string(commander))) }
        if let sitrepDue { members.append(JSON.Member("sitrepDue", .time(sitrepDue))) }
        if let claimsDue { members.append(JSON.Member("claimsDue", .string(claimsDue.text))) }
        if let clear { members.append(JSON.Member("clear", .array(clear.map { .word($0) }))) }
        return .object(members)
    }
}

/// `POST /v1/incidents/{id}/merge`.
package struct IncidentMerge: Hashable, Codable, Sendable {
    /// The incident that goes on.
    package var into: IncidentID
    package var reason: String?

    package init(into: IncidentID, reason: String? = nil) {
        self.into = into
        self.reason = reason
    }
}

/// `POST /v1/incidents/{id}/sitreps`: a situation report is written now, with the figures of now.
package struct SitrepDraft: Hashable, Codable, Sendable {
    /// What the figures do not say.
    package var text: String?
    /// When the next one is due; absent: none is promised.
    package var nextDue: Timestamp?

    package init(text: String? = nil, nextDue: Timestamp? = nil) {
        self.text = text
        self.nextDue = nextDue
    }
}

/// `POST /v1/sites/{id}/claims`: what a person enters about a site's claims; what is absent stays as it is.
package struct ClaimsChange: Hashable, Codable, Sendable {
    /// 罹災証明書 is there.
    package var certificate: Bool?
    /// A notice names the area: no certificate is needed.
    package var notice: Bool?
    package var photos: Bool?
    /// What the three months before the claim month were paid, in yen.
    package var outpatientYen: Int?
    package var inpatientYen: Int?
    /// Days of the claim month on which the site was open, and had in-patients.
    package var openDays: Int?
    package var inpatientDays: Int?
    /// When the claims went out.
    package var submittedAt: Timestamp?
    /// What is taken back.
    package var clear: [Field]?

    package enum Field: String, Hashable, Codable, CaseIterable, Sendable {
        case outpatientYen, inpatientYen, openDays, inpatientDays, submittedAt
    }

    package init(
        certificate: Bool? = nil, notice: Bool? = nil, photos: Bool? = nil, outpatientYen: Int? = nil,
        inpatientYen: Int? = nil, openDays: Int? = nil, inpatientDays: Int? = nil, submittedAt: Timestamp? = nil,
        clear: [Field]? = nil
    ) {
        self.certificate = certificate
        self.notice = notice
        self.photos = photos
        self.outpatientYen = outpatientYen
        self.inpatientYen = inpatientYen
        self.openDays = openDays
        self.inpatientDays = inpatientDays
        self.submittedAt = submittedAt
        self.clear = clear
    }

    /// What it says, for the journal and for feeds.
    package var json: JSON {
        var members: [JSON.Member] = []
        func add(_ key: String, _ value: JSON?) {
            if let value { members.append(JSON.Member(key, value)) }
        }
        add("certificate", certificate.map { .bool($0) })
        add("notice", notice.map { .bool($0) })
        add("photos", photos.map { .bool($0) })
        add("outpatientYen", outpatientYen.map { .integer($0) })
        add("inpatientYen", inpatientYen.map { .integer($0) })
        add("openDays", openDays.map { .integer($0) })
        add("inpatientDays", inpatientDays.map { .integer($0) })
        add("submittedAt", submittedAt.map { .time($0) })
        add("clear", clear.map { .array($0.map { .word($0) }) })
        return .object(members)
    }
}
