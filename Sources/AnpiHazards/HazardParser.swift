package import AnpiModel

/// Reads one official message: CAP 1.1 and 1.2, and JMA XML of both generations.
///
/// It is a pure function of the bytes and the time of receipt. What an office may leave out or write oddly is
/// tolerated as the tables and the comments beside each rule say; what cannot be understood is an error with its place,
/// never a guess.
package enum HazardParser {
    /// Parses one message.
    ///
    /// - Parameters:
    ///   - bytes: the document as received.
    ///   - receivedAt: when we had it; a report from further in the future than an hour is refused.
    ///   - fileName: its file's or address's last part, which carries the telegram's name (`…_VPWW54_220000.xml`)
    ///     where the title is not known.
    package static func parse(
        _ bytes: [UInt8], receivedAt: Timestamp, fileName: String? = nil
    ) throws(HazardError) -> HazardMessage {
        let root = try MarkupReader.read(bytes)
        let message: HazardMessage
        switch root.name {
        case "alert": message = try CAPAlert(root).message(receivedAt: receivedAt)
        case "Report": message = try JMAReport(root, fileName: fileName).message()
        default:
            throw HazardError(
                .format, "the outermost element is neither CAP's <alert> nor JMA's <Report>; send one of these",
                at: OfficialText.line(root.name, charactersMax: 40))
        }
        guard message.reportedAt <= receivedAt + HazardBounds.aheadMax else {
            throw HazardError(
                .value, "the report is more than an hour ahead of our clock; check both clocks",
                at: message.format == .cap ? "alert/sent" : "Report/Head/ReportDateTime")
        }
        guard message.areas.count <= HazardBounds.areasMax,
            message.areas.reduce(0, { $0 + weight($1) }) <= HazardBounds.placesMax
        else {
            throw HazardError(
                .bounds, "the message names more areas or points than any official one; check the sender", at: root.name
            )
        }
        return message
    }

    private static func weight(_ area: HazardArea) -> Int {
        area.places.reduce(0) { sum, place in
            if case .polygon(let ring) = place { sum + ring.count } else { sum + 1 }
        }
    }
}
