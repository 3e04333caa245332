extension Labels {
    /// Why copies survive, why a rung was chosen, what claims still need, how a site stands before a storm.
    static let recovery: [Label] = survival + rungReasons + claims + readiness

    private static let survival: [Label] = [
        Label("survival.reason.saidToWork", "無事との連絡（{by} {at}）", "Said to work ({by} at {at})"),
        Label("survival.reason.saidWet", "濡れたとの連絡（{by} {at}）", "Said to be wet ({by} at {at})"),
        Label("survival.reason.saidLost", "失われたとの連絡（{by} {at}）", "Said to be lost ({by} at {at})"),
        Label(
            "survival.reason.sameRoomWet", "同じ部屋の、これより低くない{tier}が濡れています",
            "In the same room the {tier} copy, which stands no lower, is wet"),
        Label(
            "survival.reason.sameRoomDry", "同じ部屋の、これより高くない{tier}が無事です",
            "In the same room the {tier} copy, which stands no higher, is dry"),
        Label(
            "survival.reason.aboveWater", "水深{depth}mより上（地上{meters}m）",
            "Above the water: {meters} m, water at {depth} m"),
        Label(
            "survival.reason.reachedByWater", "水深{depth}mに対し地上{meters}m",
            "Reached by water: {meters} m, water at {depth} m"),
        Label(
            "survival.reason.aboveExpectedWater", "想定水深 約{depth}mより上（地上{meters}m）",
            "Above the water to be expected: {meters} m, about {depth} m"),
        Label(
            "survival.reason.reachedByExpectedWater", "想定水深 約{depth}mに対し地上{meters}m",
            "Reached by the water to be expected: {meters} m, about {depth} m"),
        Label(
            "survival.reason.heightUnknown", "高さが不明のため1階の机（地上{meters}m）とみなします",
            "Height not known: taken for a desk on the ground floor ({meters} m)"),
        Label(
            "survival.reason.buildingSound", "建物に被害なし（{phenomenon}、{by} {at}）",
            "The building is sound ({phenomenon}; {by} at {at})"),
        Label(
            "survival.reason.buildingDamaged", "建物に被害（{phenomenon}、{by} {at}）",
            "The building is damaged ({phenomenon}; {by} at {at})"),
        Label(
            "survival.reason.buildingNoEntry", "建物に立ち入れません（{phenomenon}、{by} {at}）",
            "The building must not be entered ({phenomenon}; {by} at {at})"),
        Label(
            "survival.reason.buildingUnknown", "建物の状態が不明です（{phenomenon}）",
            "The state of the building is not known ({phenomenon})"),
        Label("survival.reason.offsiteVerified", "建物の外にあり、{at}に読出確認", "Away from the building, read back at {at}"),
        Label(
            "survival.reason.offsiteNeverVerified", "建物の外にありますが、読出確認がありません",
            "Away from the building, never read back"),
        Label("survival.reason.jobFails", "取得に失敗しています", "Its job fails"),
        Label("survival.reason.missing", "コピーがないとの報告", "Reported not to be there"),
        Label(
            "survival.kept", "建物が失われても {until} まで残ります（{tier}、読出確認 {at}、残存 {p}）",
            "If the building is lost, data is kept up to {until} ({tier}, read back {at}, chance {p})"),
        Label(
            "survival.keptNothing", "建物が失われると、読出確認のあるデータは残りません",
            "If the building is lost, no verified data is left"),
        Label("survival.recoveryTime", "復旧まで 約{span}", "About {span} until it works again"),
    ]

    private static let rungReasons: [Label] = [
        Label("rung.reason.serverWorks", "本体は動作しています（{by} {at}）", "The server works ({by} at {at})"),
        Label("rung.reason.serverProbablyWorks", "本体は無事の見込み {p}", "The server probably works: {p}"),
        Label("rung.reason.serverWet", "本体が濡れています（{by} {at}）", "The server is wet ({by} at {at})"),
        Label(
            "rung.reason.serverProbablyWet", "本体は濡れてもディスクは無事の見込み {p}",
            "The server is probably wet and its disk dry: {p}"),
        Label("rung.reason.serverLost", "本体は喪失（{by} {at}）", "The server is lost ({by} at {at})"),
        Label("rung.reason.serverProbablyLost", "本体は喪失の見込み {p}", "The server is probably lost: {p}"),
        Label("rung.reason.mirrorSurvives", "ミラー機が使えます（残存 {p}）", "The mirror survives: {p}"),
        Label("rung.reason.noMirror", "ミラー機がありません", "There is no mirror"),
        Label("rung.reason.mirrorLost", "ミラー機は使えない見込み（残存 {p}）", "The mirror is probably lost: {p} that it survives"),
        Label("rung.reason.externalSurvives", "外付けが使えます（残存 {p}）", "The external storage survives: {p}"),
        Label("rung.reason.noExternal", "外付けがありません", "There is no external storage"),
        Label(
            "rung.reason.externalLost", "外付けは使えない見込み（残存 {p}）",
            "The external storage is probably lost: {p} that it survives"),
        Label("rung.reason.offsiteSurvives", "建物の外に{tier}のコピー（残存 {p}）", "Away from the building: {tier} copy, {p}"),
        Label("rung.reason.noOffsite", "建物の外にコピーがありません", "There is no copy away from the building"),
        Label("rung.reason.allCopiesLost", "すべてのコピーが失われました。データは戻りません", "Every copy is lost: the data is gone"),
        Label(
            "rung.reason.noCopySurvives", "残るコピーがない見込みです（残存 {p}）", "Probably no copy survives: {p} that one does"),
        Label(
            "rung.reason.atOfficeWithoutPowerAndNetwork", "施設に電気も回線もないため、営業所で作業します",
            "The site has neither power nor network: the work is at the office"),
        Label(
            "rung.reason.atOfficeWithoutPower", "施設に電気がないため、営業所で作業します",
            "The site has no power: the work is at the office"),
        Label(
            "rung.reason.atOfficeWithoutNetwork", "施設に回線がないため、営業所で作業します",
            "The site has no network: the work is at the office"),
        Label("rung.reason.atOffice", "営業所で作業します", "The work is at the office"),
        Label(
            "rung.reason.siteHasPowerAndNetwork", "施設に電気と回線があり、VPNで施設での復元もできます",
            "The site has power and network: it may be restored there over VPN"),
        Label("rung.reason.loanerInStock", "使える代替機 {n}台", "{n} fitting loaners can be had"),
        Label("rung.reason.loanerInStock.one", "使える代替機 {n}台", "{n} fitting loaner can be had"),
        Label("rung.reason.noLoanerInStock", "使える代替機がありません", "No fitting loaner can be had"),
        Label(
            "rung.reason.buildingNoEntry", "建物に立ち入れません。中のコピーは後になります",
            "The building must not be entered: copies in it come later"),
        Label("rung.meanwhile.here", "復旧までクラウドで診療継続（施設で）", "Work in the cloud meanwhile, at the site"),
        Label(
            "rung.meanwhile.elsewhere", "復旧までクラウドで診療継続（別の場所のPCから）", "Work in the cloud meanwhile, from any PC elsewhere"
        ),
        Label("taskPlace.site", "施設", "site"),
        Label("taskPlace.office", "営業所", "office"),
        Label("taskPlace.depot", "保管庫", "depot"),
        Label("accessWindow.siteHours", "診療時間内", "in opening hours"),
        Label("accessWindow.keyHolder", "鍵を持つ人がいるとき", "when somebody with a key is there"),
    ]

    private static let claims: [Label] = [
        Label("claimsKind.normal", "通常請求", "normal claims"),
        Label("claimsKind.estimated", "概算請求", "estimated claims"),
        Label("claims.reason.recordsKept", "当月の記録は残っています", "The month's records are kept"),
        Label("claims.reason.recordsLost", "当月の記録が失われています", "The month's records are lost"),
        Label(
            "claims.reason.recordsLostFrom", "{from} より後の記録が失われています", "Records after {from} are lost"),
        Label(
            "claims.reason.keptUnverified", "残るコピー（{at}）は読出確認がありません",
            "The copy that is left ({at}) was never read back"),
        Label("claims.reason.restored", "{at}に復旧しました", "Restored at {at}"),
        Label(
            "claims.reason.restoredBeforeDue", "期限までに復旧の見込み（{at}）", "Expected to be restored before it is due ({at})"),
        Label(
            "claims.reason.notRestoredBeforeDue", "期限までに復旧しない見込み（{at}）",
            "Not expected to be restored before it is due ({at})"),
        Label(
            "claims.reason.previousMonthIsDueToo", "被災が10日以前のため、前月分の請求も確かめてください",
            "It struck on or before the 10th: look at the claims of the month before, too"),
        Label("claims.missing.damageReport", "被害の報告", "damage report"),
        Label("claims.missing.restoredSystem", "システムの復旧", "restored system"),
        Label("claims.missing.disasterCertificate", "罹災証明書", "disaster certificate"),
        Label("claims.missing.photos", "被害の写真", "pictures of the damage"),
        Label("claims.missing.payments", "直近3か月の支払額", "payments of the last three months"),
        Label("claims.missing.openDays", "当月の診療日数", "days open in the month"),
        Label("claims.missing.inpatientDays", "当月の入院診療日数", "days with in-patients in the month"),
        Label("claims.column.site", "施設", "site"),
        Label("claims.column.name", "名称", "name"),
        Label("claims.column.due", "期限", "due"),
        Label("claims.column.daysLeft", "残り日数", "days left"),
        Label("claims.column.kind", "請求", "claims"),
        Label("claims.column.state", "状態", "state"),
        Label("claims.column.missing", "不足", "missing"),
        Label("claims.column.reasons", "理由", "reasons"),
        Label("claims.column.estimate", "概算額（円）", "estimate (yen)"),
        Label("claims.state.submitted", "請求済", "submitted"),
        Label("claims.state.complete", "準備完了", "ready"),
        Label("claims.state.incomplete", "不足あり", "incomplete"),
    ]

    private static let readiness: [Label] = [
        Label("readinessClause.copies", "コピー3つ", "three copies"),
        Label("readinessClause.media", "媒体2種", "two kinds of media"),
        Label("readinessClause.offsite", "建物の外に1つ", "one off-site"),
        Label("readinessClause.offline", "書換不可・オフライン1つ", "one offline"),
        Label("readinessClause.verified", "未確認0", "none unverified"),
        Label("readinessClause.externalHeight", "外付けの高さ", "height of the external storage"),
        Label("readinessClause.ups", "UPS", "UPS"),
        Label("readinessClause.restoreTest", "復元テスト", "restore test"),
        Label("readinessResult.pass", "適", "pass"),
        Label("readinessResult.fail", "不適", "fail"),
        Label("readinessResult.unknown", "不明", "unknown"),
        Label("readiness.reason.copiesCounted", "コピー {n}つ", "{n} copies"),
        Label("readiness.reason.copiesCounted.one", "コピー {n}つ", "{n} copy"),
        Label(
            "readiness.reason.mediaCounted", "媒体 {n}種（ミラーは本体と同じ）", "{n} kinds of media (a mirror is of the server's)"),
        Label(
            "readiness.reason.mediaCounted.one", "媒体 {n}種（ミラーは本体と同じ）", "{n} kind of media (a mirror is of the server's)"
        ),
        Label("readiness.reason.offsiteExists", "建物の外に{tier}のコピー", "A {tier} copy away from the building"),
        Label("readiness.reason.noOffsite", "建物の外にコピーがありません", "No copy away from the building"),
        Label(
            "readiness.reason.offlineNotTold", "{tier}のコピーが書換不可か、取り外してあるかは不明です",
            "Nobody told whether the {tier} copy is write-locked or unplugged"),
        Label(
            "readiness.reason.offlineKept", "{tier}のコピーは取り外すか書換不可で保管しています",
            "The {tier} copy is kept unplugged or write-locked"),
        Label(
            "readiness.reason.allOnline", "どのコピーも施設の機器から書き換えられます",
            "The site's devices can overwrite every copy"),
        Label("readiness.reason.noOfflineCopy", "オフラインにできるコピーがありません", "No copy that could be offline"),
        Label("readiness.reason.allVerified", "すべて{at}以降に読出確認", "All read back since {at}"),
        Label("readiness.reason.neverVerified", "{tier}の読出確認がありません", "The {tier} copy was never read back"),
        Label("readiness.reason.verifiedLongAgo", "{tier}の読出確認は{at}が最後", "The {tier} copy was last read back at {at}"),
        Label("readiness.reason.jobFails", "{tier}の取得に失敗しています", "The job of the {tier} copy fails"),
        Label("readiness.reason.copyMissing", "{tier}のコピーがありません", "The {tier} copy is missing"),
        Label("readiness.reason.noBackup", "バックアップがありません（ミラーはバックアップではありません）", "There is no backup (a mirror is none)"),
        Label("readiness.reason.nothingTold", "{tier}の状態が届いていません", "Nothing was told of the {tier} copy"),
        Label(
            "readiness.reason.externalAboveWater", "外付けは地上{meters}m、想定水深{depth}mより上",
            "The external storage at {meters} m is above the expected {depth} m"),
        Label(
            "readiness.reason.externalBelowWater", "外付けは地上{meters}m、想定水深{depth}mに届きません",
            "The external storage at {meters} m is below the expected {depth} m"),
        Label(
            "readiness.reason.externalHeightUnknown", "外付けの高さが不明です（想定水深{depth}m）",
            "The height of the external storage is not known (water expected: {depth} m)"),
        Label("readiness.reason.mapUnknown", "浸水想定が不明です", "The expected depth of water is not known"),
        Label("readiness.reason.noFloodExpected", "浸水想定区域の外です", "No flood is expected there"),
        Label("readiness.reason.noExternal", "外付けがありません", "There is no external storage"),
        Label("readiness.reason.upsTells", "UPSあり", "There is a UPS"),
        Label("readiness.reason.upsAbsent", "UPSがありません", "There is no UPS"),
        Label("readiness.reason.upsUnknown", "UPSの有無が不明です", "Whether there is a UPS is not known"),
        Label("readiness.reason.restoreTested", "復元テスト {at}", "Restore tested at {at}"),
        Label("readiness.reason.restoreTestedLongAgo", "復元テストは{at}が最後", "Restore last tested at {at}"),
        Label("readiness.reason.restoreNeverTested", "復元テストの記録がありません", "No restore test is known"),
        Label("directive.title", "遠隔取得の依頼", "Off-site backup"),
        Label("directive.asked", "{at}に依頼", "asked at {at}"),
        Label("directive.done", "{at}に依頼、{doneAt}に完了", "asked at {at}, done at {doneAt}"),
        Label(
            "readiness.loss", "失われるおそれ: 浸水 {flood}、建物の喪失 {building}",
            "May be lost: in a flood {flood}, with the building {building}"),
    ]
}
