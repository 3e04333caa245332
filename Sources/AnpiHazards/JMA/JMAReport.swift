import AnpiModel

/// One JMA report: what its head says, and from its body the statements by the rules of its telegram.
struct JMAReport {
    let telegram: JMATelegram
    /// `EditorialOffice`: who wrote it; the publishing office may be several together.
    let office: String
    /// `Head/Title`.
    let title: String
    let status: HazardMessage.Status
    let issue: Issue
    let reportedAt: Timestamp
    let targetAt: Timestamp?
    /// `ValidDateTime`, where it lies after the report.
    let validUntil: Timestamp?
    let event: String
    let serial: Int
    /// `Head/Headline`.
    let headline: MarkupElement?
    let body: MarkupElement?

    /// `InfoType`.
    enum Issue: String {
        case issued = "発表"
        case corrected = "訂正"
        case delayed = "遅延"
        case takenBack = "取消"
    }

    init(_ report: MarkupElement, fileName: String?) throws(HazardError) {
        guard let control = report.child("Control"), let controlTitle = control.text("Title") else {
            throw HazardError(
                .missing, "the title that tells the kind of report is missing; fetch it again",
                at: "Report/Control/Title")
        }
        guard let telegram = JMATelegram(title: controlTitle, fileName: fileName) else {
            throw HazardError(
                .telegram, "reports of this kind are not read; send warnings, rivers, rain, quakes or tsunami",
                at: "Report/Control/Title")
        }
        self.telegram = telegram
        switch control.text("Status") {
        case "通常": status = .actual
        case "訓練": status = .exercise
        // 試験, and whatever is not plainly in earnest.
        case .some: status = .test
        case nil:
            throw HazardError(
                .missing, "it does not say whether it is in earnest or a drill; fetch it again",
                at: "Report/Control/Status")
        }
        guard let head = report.child("Head") else {
            throw HazardError(.missing, "the head is missing; fetch it again", at: "Report/Head")
        }
        guard let reportedAt = Self.time(head, "ReportDateTime") else {
            throw HazardError(
                .value, "not a time with offset; write it like 2022-09-24T05:10:00+09:00",
                at: "Report/Head/ReportDateTime")
        }
        self.reportedAt = reportedAt
        office = control.text("EditorialOffice") ?? control.text("PublishingOffice") ?? ""
        title = head.text("Title") ?? controlTitle
        issue = head.text("InfoType").flatMap(Issue.init) ?? .issued
        targetAt = Self.time(head, "TargetDateTime")
        validUntil = Self.time(head, "ValidDateTime").flatMap { $0 > reportedAt ? $0 : nil }
        event = head.text("EventID")?.split(whereSeparator: \.isWhitespace).joined(separator: " ") ?? ""
        serial = head.code("Serial").flatMap { Int($0) } ?? 0
        headline = head.child("Headline")
        body = report.child("Body")
    }

    private static func time(_ head: MarkupElement, _ name: String) -> Timestamp? {
        head.text(name).flatMap { Timestamp(rfc3339: OfficialText.code($0)) }
    }

    func message() throws(HazardError) -> HazardMessage {
        var message = HazardMessage(
            format: .jma, telegram: telegram.rawValue, identifier: identifier, series: series, status: status,
            action: .replace, reportedAt: reportedAt, serial: serial, headline: words)
        if issue == .takenBack {
            // Its body is words only. What it takes back has the same office, and event or title and target time.
            message.action = .cancel
            message.references = [subject]
            return message
        }
        switch telegram {
        case .vpww50, .vpww53, .vpww54, .vpww55, .vpww56, .vpww57, .vpww58, .vpww59, .vpww60, .vpww61, .vxww50:
            message.areas = try JMAWarnings(self).statements()
        case .vxko: message.areas = try JMARiver(self).statements()
        case .vpoa50:
            message.action = .add
            message.areas = try JMASuddenRain(self).statements()
        case .vxse51, .vxse53:
            let quake = JMAQuake(self)
            message.originAt = quake.originAt
            message.areas = try quake.statements()
        case .vtse41, .vtse51:
            guard let areas = try JMATsunami(self).statements() else {
                message.action = .note
                break
            }
            message.areas = areas
        }
        return message
    }

    private var words: String {
        let text = headline?.text("Text") ?? ""
        return OfficialText.line(
            text.isEmpty ? title : "\(title) \(text)", charactersMax: HazardBounds.headlineCharactersMax)
    }

    // MARK: Identity

    /// What a 取消 names: telegram, office, and the event, or title and target time where the telegram has no events.
    private var subject: String {
        let event = event.isEmpty ? "\(title)@\((targetAt ?? reportedAt).rfc3339())" : event
        return OfficialText.line("\(telegram.rawValue),\(office),\(event)", charactersMax: 200)
    }

    private var identifier: String {
        "\(subject),\(reportedAt.rfc3339()),\(serial),\(issue.rawValue)"
    }

    /// What a newer report takes the place of.
    private var series: String {
        let subject =
            switch telegram {
            // An office writes for several regions: the region is the widest area of the body.
            case .vpww50, .vpww53, .vpww54: "VPWW|\(office)|\(region ?? title)"
            case .vpww55, .vpww56, .vpww57, .vpww58, .vpww59, .vpww60, .vpww61:
                "\(telegram.rawValue)|\(office)|\(region ?? title)"
            case .vxww50: "VXWW50|\(office)|\(body?.descendant("TargetArea")?.code("Code") ?? title)"
            case .vxko: "VXKO|\(event.isEmpty ? title : event)"
            case .vpoa50: "VPOA50|\(office)"
            // Of one quake: the cities of the full report take the place of the first report's regions.
            case .vxse51, .vxse53: "VXSE|\(event.isEmpty ? (targetAt ?? reportedAt).rfc3339() : event)"
            // Every report lists all coasts; one may speak of two quakes, so the event does not tell series apart.
            case .vtse41, .vtse51: "VTSE"
            }
        return OfficialText.line(subject, charactersMax: HazardBounds.identifierCharactersMax)
    }

    private var region: String? {
        let widest = body?.children("Warning").first { $0.attributes["type"]?.contains("府県予報区") == true }
        return widest?.child("Item")?.child("Area")?.code("Code")
    }
}

extension MarkupElement {
    /// The areas of an item: `Area` directly, or inside `Areas`.
    var areas: [MarkupElement] { children("Area") + children("Areas").flatMap { $0.children("Area") } }
}
