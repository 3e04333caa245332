extension Labels {
    /// Official warnings and the feeds that bring them.
    static let hazards: [Label] = [
        Label("freshness.fresh", "最新", "fresh"),
        Label("freshness.delayed", "遅延", "delayed"),
        Label("freshness.stale", "停止（「警報なし」ではありません）", "stopped (this is not “no warning”)"),
        Label("freshness.error", "取得できません（「警報なし」ではありません）", "cannot be read (this is not “no warning”)"),
        Label("freshness.never", "未受信（「警報なし」ではありません）", "nothing yet (this is not “no warning”)"),
        Label("hazardState.acting", "発表中", "in force"),
        Label("hazardState.stored", "保存のみ", "stored only"),
        Label("hazardState.superseded", "更新済み", "replaced"),
        Label("hazardState.cancelled", "取消", "cancelled"),
        Label("hazardState.ended", "終了", "over"),
        Label("hazardStatus.actual", "通常", "actual"),
        Label("hazardStatus.exercise", "【訓練】", "drill"),
        Label("hazardStatus.test", "【試験】", "test"),
        Label("hazardPhenomenon.flood", "大雨・洪水", "flood"),
        Label("hazardPhenomenon.landslide", "土砂災害", "landslide"),
        Label("hazardPhenomenon.surge", "高潮", "storm surge"),
        Label("hazardPhenomenon.tsunami", "津波", "tsunami"),
        Label("hazardPhenomenon.quake", "地震", "earthquake"),
        Label("hazardPhenomenon.wind", "暴風", "wind"),
        Label("hazardPhenomenon.snow", "大雪", "snow"),
        Label("hazardPhenomenon.other", "その他", "other"),
        Label("cli.column.level", "レベル", "level"),
        Label("cli.column.telegram", "電文", "telegram"),
        Label("cli.column.areas", "地域", "areas"),
        Label(
            "cli.hazard.parsed", "{file}: 登録しました（{telegram}、{level}、{areas}地域） {headline}",
            "{file}: stored ({telegram}, {level}, {areas} areas) {headline}"),
        Label(
            "cli.hazard.drill", "{file}: 訓練・試験として保存しました。判断には使われません（{telegram}、{level}、{areas}地域） {headline}",
            "{file}: stored as a drill or test, which never acts ({telegram}, {level}, {areas} areas) {headline}"),
        Label("cli.hazard.quarantined", "{file}: 隔離しました。{reason}", "{file}: in quarantine. {reason}"),
        Label("cli.hazard.unreadable", "{file}: 読めません。", "{file}: cannot be read."),
        Label(
            "cli.hazard.summary", "登録 {n}件、隔離 {quarantined}件、読めないファイル {unreadable}件",
            "{n} stored, {quarantined} in quarantine, {unreadable} not read"),
        Label("cli.hazard.freshness", "警報等の情報: {freshness}", "Warnings: {freshness}"),
        Label("cli.hazard.feed", "  {feed}  {freshness}  最新の発表 {time}", "  {feed}  {freshness}  newest report {time}"),
        Label("cli.hazard.none", "該当する警報等はありません。", "No warning matches."),
        Label("cli.hazard.inQuarantine", "隔離 {time} {name}: {reason}", "quarantine {time} {name}: {reason}"),
    ]
}
