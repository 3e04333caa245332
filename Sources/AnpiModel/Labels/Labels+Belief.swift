extension Labels {
    /// How a belief is told: its three steps, what else may explain a silence, warnings in force, the roll call.
    static let belief: [Label] = [
        Label("probability.low", "低", "low"),
        Label("probability.middle", "中", "middle"),
        Label("probability.high", "高", "high"),
        Label("belief.probability", "被災の可能性 {step} {p}", "chance of harm: {step}, {p}"),
        Label("belief.blind", "受信不能時間 {span}", "blind time {span}"),

        Label("availability.title", "受信率", "Heard"),
        Label("availability.figure", "{n}日 {share}（予定 {expected}）", "{n} days {share} (of {expected} expected)"),
        Label(
            "availability.figure.blind", "{n}日 {share}（予定 {expected}、受信不能時間 {blind}を除く）",
            "{n} days {share} (of {expected} expected, {blind} of blind time left out)"),
        Label("availability.figure.none", "{n}日 受信の予定なし", "{n} days: never expected"),

        Label("rival.title", "ほかの説明", "Or else"),
        Label("rival.none", "途絶していないため、ありません。", "None: it is not silent."),
        Label("rival.power", "停電 {p}（周辺{n}施設は受信中）", "power cut {p} ({n} neighbours heard)"),
        Label("rival.power.one", "停電 {p}（周辺{n}施設は受信中）", "power cut {p} ({n} neighbour heard)"),
        Label("rival.power.plain", "停電 {p}", "power cut {p}"),
        Label("rival.carrier", "通信障害 {p}（同じ事業者の{n}施設は受信中）", "carrier outage {p} ({n} of its sites heard)"),
        Label("rival.carrier.plain", "通信障害 {p}", "carrier outage {p}"),
        Label("rival.agentRelease.plain", "更新不具合 {p}", "bad update {p}"),
        Label("rival.collector.plain", "監視側 {p}", "ourselves {p}"),

        Label("hazard.title", "警報等", "Warnings"),
        Label("hazard.none", "発表中の警報等はありません", "No warning is in force"),
        Label("hazard.inForce", "{name} {level}（{area}、{from}から）", "{name}, {level} ({area}, from {from})"),
        Label("hazard.level", "レベル{level}", "level {level}"),
        Label("hazard.inForce.plain", "{name}（{area}、{from}から）", "{name} ({area}, from {from})"),
        Label("hazard.feed", "警報: {freshness}（{span}前に受信）", "Warnings: {freshness} (heard {span} ago)"),
        Label("hazard.feed.never", "警報: {freshness}", "Warnings: {freshness}"),
        Label("hazard.inArea", "{area} {name} {level}（{n}施設）", "{area}: {name}, {level} ({n} sites)"),
        Label("hazard.inArea.one", "{area} {name} {level}（{n}施設）", "{area}: {name}, {level} ({n} site)"),
        Label("hazard.inArea.plain", "{area} {name}（{n}施設）", "{area}: {name} ({n} sites)"),
        Label("hazard.inArea.plain.one", "{area} {name}（{n}施設）", "{area}: {name} ({n} site)"),
        Label("hazard.moreAreas", "ほか{n}地域", "{n} more areas"),
        Label("hazard.moreAreas.one", "ほか{n}地域", "{n} more area"),
        Label("intensity.1", "1", "1"),
        Label("intensity.2", "2", "2"),
        Label("intensity.3", "3", "3"),
        Label("intensity.4", "4", "4"),
        Label("intensity.5-", "5弱", "5 lower"),
        Label("intensity.5+", "5強", "5 upper"),
        Label("intensity.6-", "6弱", "6 lower"),
        Label("intensity.6+", "6強", "6 upper"),
        Label("intensity.7", "7", "7"),

        Label("rollCall.title", "開院点呼", "Roll call"),
        Label(
            "rollCall.ahead", "{opening} {n}施設 {judgedFrom}から判定", "{opening}: {n} sites open, judged from {judgedFrom}"),
        Label(
            "rollCall.ahead.one", "{opening} {n}施設 {judgedFrom}から判定",
            "{opening}: {n} site opens, judged from {judgedFrom}"),
        Label(
            "rollCall.result", "{opening} {n}施設 {judgedFrom}から判定 → {up} 起動 {missing} まだ",
            "{opening}: {n} sites, judged from {judgedFrom} → {up} up, {missing} not yet"),
        Label(
            "rollCall.result.one", "{opening} {n}施設 {judgedFrom}から判定 → {up} 起動 {missing} まだ",
            "{opening}: {n} site, judged from {judgedFrom} → {up} up, {missing} not yet"),

        Label("unknownBy.power", "停電で説明 {n}", "{n} explained by power"),
        Label("unknownBy.carrier", "通信障害で説明 {n}", "{n} explained by a carrier"),
        Label("unknownBy.agentRelease", "更新不具合で説明 {n}", "{n} explained by a bad update"),
        Label("unknownBy.opening", "{time}から開院で判明 {n}", "{n} known from {time} as they open"),
        Label("unknownBy.nothing", "材料なし {n}", "{n} without evidence"),

        Label(
            "incident.candidate", "警報による候補です。被災の兆候はまだありません。", "Proposed by a warning; no site shows a sign of harm yet."
        ),
        Label("incident.mergedInto", "{incident} に統合", "merged into {incident}"),
    ]
}
