extension Labels {
    /// Why we believe what we believe of a site: one whole sentence a piece of evidence.
    static let evidence: [Label] = [
        Label("evidence.heard", "{at}に受信", "Heard at {at}"),
        Label("evidence.late", "{since}の受信後、定刻を過ぎています", "Overdue since it was heard at {since}"),
        Label("evidence.silent", "{since}から信号が途絶えています", "Silent since {since}"),
        Label(
            "evidence.silentAfterGasp", "停電通報のあと、{since}から信号が途絶えています",
            "Silent since {since}, after a power-fail notice"),
        Label(
            "evidence.silentWhileClosed", "{since}から信号がありません（休診・時間外のため判断材料になりません）",
            "No signal since {since} (closed: that says nothing)"),
        Label(
            "evidence.silentWhileDeaf", "{since}から信号がありません（当方が受信できていません）",
            "No signal since {since} (we cannot hear)"),
        Label("evidence.neighboursHeard", "同じ市区町村の{n}施設は受信中", "{n} sites of the same municipality report"),
        Label("evidence.signedOff", "{at}に正常に停止（連絡あり）", "Announced its shutdown at {at}"),
        Label("evidence.neverHeard", "登録後まだ一度も受信していません", "Never heard since it was enrolled"),
        Label(
            "evidence.confirmation", "{by}が{at}に{assessment}（{until}まで有効）",
            "{assessment} by {by} at {at} (until {until})"),
        Label("evidence.call", "{by}が{at}に電話：{result}", "{by} called at {at}: {result}"),
    ]
}
