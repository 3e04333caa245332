import AnpiModel

/// Warnings of heavy rain for the municipalities of one prefecture over one storm, and the messages that say so.
///
/// Each message tells the whole state of the prefecture and replaces the one before, as the weather service does. No
/// level above 4 is ever given: the highest is for what has happened already.
struct Storm {
    var prefecture: Int
    /// The highest level that each municipality (by index) is put under; 0 for none.
    var peaks: [Int: Int]
    /// When the rain is at its worst.
    var at: Timestamp

    /// The messages in order of time.
    func messages(_ landscape: Landscape, _ random: inout SimulationRandom) -> [FeedLine] {
        var steps: [(at: Timestamp, municipality: Int, level: Int)] = []
        for municipality in peaks.keys.sorted() {
            guard let peak = peaks[municipality], peak > 0 else { continue }
            steps.append((slot(hours: -18, spread: 2, &random), municipality, min(2, peak)))
            if peak >= 3 {
                steps.append((slot(hours: -7, spread: 3, &random), municipality, 3))
                steps.append((slot(hours: 12, spread: 2, &random), municipality, 2))
            }
            if peak >= 4 {
                steps.append((slot(hours: -1.5, spread: 1.5, &random), municipality, 4))
                steps.append((slot(hours: 6, spread: 1, &random), municipality, 3))
            }
            steps.append((slot(hours: 20, spread: 2, &random), municipality, 0))
        }
        steps.sort { ($0.at, $0.municipality) < ($1.at, $1.municipality) }
        var levels: [Int: Int] = [:]
        var messages: [FeedLine] = []
        var index = 0
        while index < steps.count {
            let at = steps[index].at
            while index < steps.count, steps[index].at == at {
                levels[steps[index].municipality] = steps[index].level
                index += 1
            }
            messages.append(FeedLine(at: at.later(25), .hazard(xml: xml(levels, at: at, landscape))))
        }
        return messages
    }

    /// A moment this many hours from the worst, give or take, on a quarter of an hour: offices change many areas at once.
    private func slot(hours: Double, spread: Double, _ random: inout SimulationRandom) -> Timestamp {
        let quarter: Int64 = 900_000
        let moment = at.later((hours + random.within(-spread...spread)) * 3_600)
        return Timestamp(milliseconds: moment.milliseconds / quarter * quarter)
    }

    /// A VPWW55 telegram in the service's form of 2026, with what a reader needs of it.
    private func xml(_ levels: [Int: Int], at: Timestamp, _ landscape: Landscape) -> String {
        let name = "第\(prefecture)県"
        var items = ""
        var told: Set<String> = []
        // Wards of one city share a code: the city has the highest of their levels.
        for municipality in levels.keys.sorted() {
            let area = landscape.municipalities[municipality]
            guard told.insert(area.weatherArea).inserted else { continue }
            let level = levels.filter { landscape.municipalities[$0.key].weatherArea == area.weatherArea }.values.max()
            items += item(level ?? 0, name: area.name, code: area.weatherArea)
        }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <Report xmlns="http://xml.kishou.go.jp/jmaxml1/" xmlns:jmx="http://xml.kishou.go.jp/jmaxml1/">
            <Control><Title>気象警報・注意報（Ｒ０６）（大雨）</Title><DateTime>\(at.rfc3339(at: .utc))</DateTime>\
            <Status>通常</Status><EditorialOffice>\(name)気象台</EditorialOffice>\
            <PublishingOffice>\(name)気象台</PublishingOffice></Control>
            <Head xmlns="http://xml.kishou.go.jp/jmaxml1/informationBasis1/"><Title>\(name)大雨警報・注意報</Title>\
            <ReportDateTime>\(at.rfc3339())</ReportDateTime><TargetDateTime>\(at.rfc3339())</TargetDateTime>\
            <EventID/><InfoType>発表</InfoType><Serial/><InfoKind>気象警報・注意報</InfoKind>\
            <InfoKindVersion>1.5_0</InfoKindVersion><Headline><Text>低い土地の浸水に警戒して下さい。</Text></Headline></Head>
            <Body xmlns="http://xml.kishou.go.jp/jmaxml1/body/meteorology1/">
            <Warning type="気象警報・注意報（市町村等）">
            \(items)</Warning></Body></Report>
            """
    }

    private func item(_ level: Int, name: String, code: String) -> String {
        let area = "<Area><Name>\(name)</Name><Code>\(code)</Code></Area>"
        let kind: (name: String, code: String, significancy: String)
        switch level {
        case 4: kind = ("レベル４大雨危険警報", "43", "41")
        case 3: kind = ("レベル３大雨警報", "03", "31")
        case 2: kind = ("レベル２大雨注意報", "10", "21")
        default:
            return "<Item><Kind><Name>解除</Name><Code>00</Code><Status>解除</Status></Kind>\(area)</Item>\n"
        }
        return "<Item><Kind><Name>\(kind.name)</Name><Code>\(kind.code)</Code><Status>発表</Status>"
            + "<Property><Type>大雨浸水危険度</Type><SignificancyPart><Base><Significancy type=\"大雨浸水危険度\">"
            + "<Code>\(kind.significancy)</Code></Significancy></Base></SignificancyPart></Property></Kind>\(area)</Item>\n"
    }
}

/// Storms that come and go without a flood: warnings, a few feeders and exchanges lost.
struct Seasons {
    let plan: SimulationPlan
    let landscape: Landscape

    /// Storms of a year in each prefecture.
    private static let stormsAYear = 7.0

    func storms() -> [Storm] {
        plan.prefectures.flatMap { prefecture in
            var random = SimulationRandom(seed: plan.seed, .weather, prefecture)
            var storms: [Storm] = []
            var day = random.exponential(mean: 365 / Self.stormsAYear)
            while day < Double(plan.days) {
                let at = plan.start.later(day * 86_400)
                // A disaster brings its own storm.
                if !plan.disasters.contains(where: { abs(($0.at - at).wholeSeconds) < 3 * 86_400 }) {
                    storms.append(storm(prefecture, at: at, &random))
                }
                day += 3 + random.exponential(mean: 365 / Self.stormsAYear)
            }
            return storms
        }
    }

    private func storm(_ prefecture: Int, at: Timestamp, _ random: inout SimulationRandom) -> Storm {
        var peaks: [Int: Int] = [:]
        let worst = random.within(0.1...0.7)
        for (index, municipality) in landscape.municipalities.enumerated() where municipality.prefecture == prefecture {
            peaks[index] = random.chance(0.05) ? 4 : random.chance(worst) ? 3 : 2
        }
        return Storm(prefecture: prefecture, peaks: peaks, at: at)
    }
}
