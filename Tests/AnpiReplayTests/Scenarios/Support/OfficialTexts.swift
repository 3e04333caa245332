import AnpiModel

/// Official messages in their true shape, with as much in them as a scenario needs. None was ever issued.
enum OfficialTexts {
    /// A quake of 6+ in these municipalities (VXSE53).
    static func quake(at origin: Timestamp, _ municipalities: [String], reportedAt: Timestamp) -> String {
        let cities = municipalities.map { "<City><Name>\($0)</Name><Code>\($0)00</Code><MaxInt>6+</MaxInt></City>" }
        return report(
            title: "震源・震度に関する情報", reportedAt: reportedAt,
            body: """
                <Body xmlns="http://xml.kishou.go.jp/jmaxml1/body/seismology1/">
                <Earthquake><OriginTime>\(origin)</OriginTime>
                <Hypocenter><Area><Name>駿河湾</Name><Code type="震央地名">485</Code></Area></Hypocenter></Earthquake>
                <Intensity><Observation><MaxInt>6+</MaxInt><Pref><Name>静岡県</Name><Code>22</Code><MaxInt>6+</MaxInt>
                <Area><Name>静岡県中部</Name><Code>442</Code><MaxInt>6+</MaxInt>\(cities.joined())</Area></Pref>
                </Observation></Intensity></Body>
                """)
    }

    /// A great tsunami on the coast of Shizuoka (VTSE51); a drill unless said otherwise.
    static func tsunami(reportedAt: Timestamp, status: String = "訓練") -> String {
        report(
            title: "津波情報a", status: status, reportedAt: reportedAt,
            body: """
                <Body xmlns="http://xml.kishou.go.jp/jmaxml1/body/seismology1/"><Tsunami><Forecast><Item>
                <Area><Name>静岡県</Name><Code>380</Code></Area>
                <Category><Kind><Name>大津波警報：発表</Name><Code>53</Code></Kind></Category>
                </Item></Forecast></Tsunami></Body>
                """)
    }

    private static func report(title: String, status: String = "通常", reportedAt: Timestamp, body: String) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <Report xmlns="http://xml.kishou.go.jp/jmaxml1/">
        <Control><Title>\(title)</Title><DateTime>\(reportedAt)</DateTime><Status>\(status)</Status>
        <EditorialOffice>気象庁本庁</EditorialOffice><PublishingOffice>気象庁本庁</PublishingOffice></Control>
        <Head xmlns="http://xml.kishou.go.jp/jmaxml1/informationBasis1/"><Title>\(title)</Title>
        <ReportDateTime>\(reportedAt)</ReportDateTime><TargetDateTime>\(reportedAt)</TargetDateTime>
        <EventID>\(reportedAt.milliseconds)</EventID><InfoType>発表</InfoType><Serial>1</Serial>
        <InfoKind>情報</InfoKind><InfoKindVersion>1.0_1</InfoKindVersion><Headline><Text>\(title)</Text></Headline></Head>
        \(body)
        </Report>
        """
    }

    /// A flood warning of one municipality for six hours (CAP 1.2).
    static func flood(_ number: Int, municipality: String, sentAt: Timestamp) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
        <identifier>example-\(number)</identifier><sender>bousai@example.jp</sender><sent>\(sentAt)</sent>
        <status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
        <info><language>ja-JP</language><category>Met</category><event>大雨による浸水</event>
        <urgency>Immediate</urgency><severity>Severe</severity><certainty>Observed</certainty>
        <effective>\(sentAt)</effective><expires>\(sentAt + .seconds(6 * 3_600))</expires>
        <headline>第\(number)号 浸水のおそれ</headline>
        <area><areaDesc>第\(number)区域</areaDesc><geocode><valueName>JIS X0402</valueName>
        <value>\(municipality)</value></geocode></area></info>
        </alert>
        """
    }
}
