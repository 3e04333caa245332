extension Labels {
    /// Why we believe what we believe of a site: one whole sentence a piece of evidence.
    static let evidence: [Label] = [
        Label("evidence.base", "警報等なし（出発点 {p}）", "No warning in force (starting from {p})"),
        Label(
            "evidence.hazard", "{name} 警戒レベル{level}（{area} {from}〜、出発点 {p}）",
            "{name}, level {level} ({area}, from {from}; starting from {p})"),
        Label(
            "evidence.hazardOver", "警報は{at}に解除、その後の受信なし（出発点 {p}）",
            "The warning was lifted at {at}, not heard since (starting from {p})"),
        Label(
            "evidence.shaking", "{at}の地震 震度{intensity}（{area}、出発点 {p}）",
            "Quake of {at}, intensity {intensity} ({area}; starting from {p})"),
        Label("evidence.heard", "{at}に受信", "Heard at {at}"),
        Label("evidence.late", "{since}の受信後、定刻を過ぎています", "Overdue since it was heard at {since}"),
        Label(
            "evidence.silentOpen", "診療時間中に24時間稼働の{device}が{since}から途絶",
            "In opening hours the always-on {device} is silent since {since}"),
        Label(
            "evidence.silentAfterHours", "24時間稼働の{device}が時間外に{since}から途絶",
            "After hours the always-on {device} is silent since {since}"),
        Label(
            "evidence.silentClosedDay", "24時間稼働の{device}が休診日に{since}から途絶",
            "On a closed day the always-on {device} is silent since {since}"),
        Label(
            "evidence.silentHoliday", "24時間稼働の{device}が休日に{since}から途絶",
            "On a holiday the always-on {device} is silent since {since}"),
        Label(
            "evidence.silentNotUp", "開院後も{device}が立ち上がっていません（最終受信 {since}）",
            "The {device} has not come up after opening (last heard {since})"),
        Label(
            "evidence.silentPings", "{since}のあと、定期の連絡がありません", "The regular ping has not come since {since}"),
        Label(
            "evidence.silentAfterGasp", "停電通報のあと、{since}から信号が途絶えています",
            "Silent since {since}, after a power-fail notice"),
        Label(
            "evidence.silentWhileClosed", "{since}から信号がありません（休診・時間外のため判断材料になりません）",
            "No signal since {since} (closed: that says nothing)"),
        Label(
            "evidence.silentWhileDeaf", "{since}から信号がありません（当方が受信できていません）",
            "No signal since {since} (we cannot hear)"),
        Label(
            "evidence.silentBeforeShaking", "揺れの前の{since}から途絶しています（地震の判断材料にはなりません）",
            "Silent since {since}, before the shaking, and so no sign of it"),
        Label(
            "evidence.neighbourhood", "周囲3kmでは{n}施設が途絶、{m}施設が受信中です",
            "Within 3 km {n} sites are silent and {m} report"),
        Label(
            "evidence.tooYoung", "ふだんの途絶と区別できるのは{until}以降です",
            "Until {until} it cannot be told from an ordinary silence"),
        Label(
            "evidence.feedStale", "警報の受信が止まっています（「警報なし」ではありません）",
            "The hazard feed has stopped (that is not \"no warning\")"),
        Label(
            "evidence.rival.power", "周辺の停電で説明できる見込み {p}", "A power failure around it explains it: {p}"),
        Label(
            "evidence.rival.carrier", "通信事業者の障害で説明できる見込み {p}", "An outage of its carrier explains it: {p}"),
        Label(
            "evidence.rival.agentRelease", "見守りプログラムの更新不具合で説明できる見込み {p}",
            "A bad release of the agent explains it: {p}"),
        Label("evidence.neighboursHeard", "同じ市区町村の{n}施設は受信中", "{n} sites of the same municipality report"),
        Label(
            "evidence.neighboursHeard.one", "同じ市区町村の{n}施設は受信中", "{n} site of the same municipality reports"),
        Label("evidence.signedOff", "{at}に正常に停止（連絡あり）", "Announced its shutdown at {at}"),
        Label("evidence.neverHeard", "登録後まだ一度も受信していません", "Never heard since it was enrolled"),
        Label(
            "evidence.confirmation", "{by}が{at}に{assessment}（{until}まで有効）",
            "{assessment} by {by} at {at} (until {until})"),
        Label("evidence.call", "{by}が{at}に電話：{result}", "{by} called at {at}: {result}"),
        Label(
            "evidence.reportDamage", "{meters}m先で被害の報告（{phenomenon}、{by} {at}）",
            "Damage reported {meters} m away ({phenomenon}, {by} at {at})"),
        Label(
            "evidence.reportNoDamage", "{meters}m先で被害なしの報告（{by} {at}）",
            "No damage reported {meters} m away ({by} at {at})"),
        Label(
            "evidence.reportDamageArea", "この地域で被害の報告（{phenomenon}、{by} {at}）",
            "Damage reported in this area ({phenomenon}, {by} at {at})"),
        Label(
            "evidence.reportNoDamageArea", "この地域で被害なしの報告（{by} {at}）",
            "No damage reported in this area ({by} at {at})"),
    ]
}
