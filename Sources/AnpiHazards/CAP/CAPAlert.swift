import AnpiModel

/// One CAP alert, 1.1 or 1.2; the two differ in nothing that is read here.
struct CAPAlert {
    private let alert: MarkupElement

    init(_ alert: MarkupElement) { self.alert = alert }

    func message(receivedAt: Timestamp) throws(HazardError) -> HazardMessage {
        let sender = try required("sender")
        let identifier = try required("identifier")
        guard let sent = Timestamp(rfc3339: try required("sent")) else {
            throw HazardError(
                .value, "not a time with offset; write it like 2022-09-24T05:10:00+09:00", at: "alert/sent")
        }
        let status: HazardMessage.Status =
            switch try required("status") {
            case "Actual": .actual
            case "Exercise": .exercise
            // Test, System, Draft, and whatever else is not a plain order to act.
            default: .test
            }
        let references = self.references
        let action = try action(hasReferences: !references.isEmpty)
        let infos = CAPInfo.all(of: alert, sent: sent)
        return HazardMessage(
            format: .cap, telegram: "CAP", identifier: Self.key(sender, identifier, sent),
            series: series(sender, infos),
            status: status, action: action, references: references, reportedAt: sent, headline: headline(infos),
            areas: action == .replace || action == .add ? CAPInfo.statements(of: infos) : [])
    }

    /// How messages are told apart and referred to: the time in one form, because senders write `-00:00` here and `Z`
    /// there.
    private static func key(_ sender: String, _ identifier: String, _ sent: Timestamp) -> String {
        OfficialText.line(
            "\(sender),\(identifier),\(sent.rfc3339(at: .utc))", charactersMax: HazardBounds.identifierCharactersMax)
    }

    private func required(_ name: String) throws(HazardError) -> String {
        guard let text = alert.text(name) else {
            throw HazardError(
                .missing, "a required element is missing or empty; the sender must fill it", at: "alert/\(name)")
        }
        return text
    }

    private func action(hasReferences: Bool) throws(HazardError) -> HazardMessage.Action {
        switch try required("msgType") {
        case "Alert": .add
        case "Update": .replace
        case "Cancel": .cancel
        case "Ack", "Error": .note
        default:
            throw HazardError(
                .value, "not one of Alert, Update, Cancel, Ack, Error; the sender must use one of them",
                at: "alert/msgType")
        }
    }

    /// `references`, and NWS's `expiredReferences`: "sender,identifier,sent" with white space between. What cannot be
    /// taken apart is kept as it stands: it may still equal an identifier.
    private var references: [String] {
        var texts = alert.texts("references")
        for parameter in alert.children("info").flatMap({ $0.children("parameter") })
        where parameter.text("valueName") == "expiredReferences" {
            texts += parameter.texts("value")
        }
        var keys: [String] = []
        for text in texts.flatMap({ $0.split(whereSeparator: \.isWhitespace) }) {
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            let key =
                if parts.count >= 3, let sent = Timestamp(rfc3339: parts[parts.count - 1]) {
                    Self.key(String(parts[0]), parts[1..<(parts.count - 1)].joined(separator: ","), sent)
                } else {
                    OfficialText.line(String(text), charactersMax: HazardBounds.identifierCharactersMax)
                }
            if !keys.contains(key), keys.count < Self.referencesMax { keys.append(key) }
        }
        return keys
    }

    /// An alert that is updated each half hour for ten days.
    private static let referencesMax = 500

    /// (sender, event, area): what an update without references takes the place of. Codes before words, because words
    /// change with the language.
    private func series(_ sender: String, _ infos: [CAPInfo]) -> String {
        guard let first = infos.first else { return OfficialText.line("CAP|\(sender)", charactersMax: 200) }
        var areas = Fingerprint()
        for key in first.areaKeys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) { areas.add(key) }
        let event = first.eventCodes.first ?? first.event.lowercased()
        return OfficialText.line("CAP|\(sender)|\(event)", charactersMax: 200) + "|" + String(areas.value, radix: 16)
    }

    private func headline(_ infos: [CAPInfo]) -> String {
        let first = CAPInfo.forPeople(infos)
        let text = first?.headline ?? first?.event ?? alert.text("note") ?? alert.text("identifier") ?? ""
        return OfficialText.line(text, charactersMax: HazardBounds.headlineCharactersMax)
    }
}
