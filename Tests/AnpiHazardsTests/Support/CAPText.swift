/// A CAP alert put together from parts, so that a test shows only what it is about.
struct CAPText {
    var identifier = "a-1"
    var sender = "s@example.jp"
    var sent = "2022-09-23T23:30:00+09:00"
    var status = "Actual"
    var msgType = "Alert"
    var references: String?
    var infos = [Info()]

    struct Info {
        var language: String? = "ja-JP"
        var event = "大雨"
        var severity = "Severe"
        var certainty = "Observed"
        /// `onset`, `effective`, `expires`, `eventCode`, `responseType`, `parameter`, as they stand.
        var more = "<expires>2022-09-24T09:00:00+09:00</expires>"
        var areas =
            "<area><areaDesc>清水区</areaDesc><polygon>35.0,138.4 35.1,138.4 35.1,138.5 35.0,138.4</polygon></area>"

        var text: String {
            """
            <info>\(language.map { "<language>\($0)</language>" } ?? "")<category>Met</category><event>\(event)</event>\
            <urgency>Expected</urgency><severity>\(severity)</severity><certainty>\(certainty)</certainty>\(more)\(areas)</info>
            """
        }
    }

    var text: String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>\(identifier)</identifier><sender>\(sender)</sender>\
        <sent>\(sent)</sent><status>\(status)</status><msgType>\(msgType)</msgType><scope>Public</scope>\
        \(references.map { "<references>\($0)</references>" } ?? "")\(infos.map(\.text).joined())</alert>
        """
    }
}
