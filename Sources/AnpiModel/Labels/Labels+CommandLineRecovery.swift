extension Labels {
    /// What the command line says of damage, recovery, plans and loaners.
    static let commandLineRecovery: [Label] = [
        Label("cli.label.recovery", "復旧案", "Plan"),
        Label("cli.label.backup", "遠隔取得", "Off-site"),
        Label("cli.label.kept", "全損時", "If lost"),
        Label("cli.label.claims", "レセプト", "Claims"),
        Label("cli.label.plan", "予定", "Planned"),
        Label("cli.label.bring", "持物", "Bring"),
        Label("cli.label.first", "先の作業", "First"),
        Label("cli.label.pin", "固定", "Pinned"),
        Label("cli.label.runnerUp", "次点", "Next"),
        Label("cli.label.roads", "道路", "Roads"),
        Label("cli.column.depot", "保管場所", "depot"),
        Label("cli.column.fits", "対応システム", "fits"),
        Label("cli.column.image", "イメージ", "image"),
        Label("cli.column.note", "メモ", "note"),

        Label("cli.copy.chance", "残存 {p}", "chance {p}"),
        Label("cli.recovery.plan", "復旧案 {rung}", "Recovery plan: {rung}"),
        Label("cli.queue.rung", "{rung}案", "plan {rung}"),
        Label("cli.queue.rung.provisional", "{rung}案（仮）", "plan {rung}, provisional"),
        Label("cli.queue.loaner", "{loaner} {depot}", "{loaner} {depot}"),
        Label("cli.queue.planned", "予定 {person}", "planned: {person}"),
        Label("cli.recovery.runnerUp", "次点 {rung}", "else {rung}"),
        Label("cli.recovery.provisional", "仮の案: 現地の報告待ち", "provisional: nobody has told of damage yet"),
        Label(
            "cli.recovery.dataLost", "データは失われました。紙とレセプトから作り直します",
            "The data is lost: it is rebuilt from paper and claims"),
        Label("cli.recovery.loanerThere", "代替機 {loaner} を貸出中", "Loaner {loaner} stands there"),
        Label("cli.recovery.claims", "期限 {due}（あと{n}日）", "due {due} ({n} days left)"),
        Label("cli.recovery.claims.one", "期限 {due}（あと{n}日）", "due {due} ({n} day left)"),
        Label("cli.recovery.claimsOver", "期限 {due}（{n}日超過）", "due {due} ({n} days over)"),
        Label("cli.recovery.claimsOver.one", "期限 {due}（{n}日超過）", "due {due} ({n} day over)"),
        Label("cli.task.loaner", "代替機 {loaner}（{depot}で受取）", "loaner {loaner} (from {depot})"),
        Label("cli.task.pinned", "{task} の担当を固定しました: {pin}。", "{task} is pinned: {pin}."),
        Label("cli.task.released", "{task} の固定を解きました。計画で決まります。", "{task} is no longer pinned; the plan decides."),

        Label("cli.damage.set", "登録しました。{what}", "Recorded. {what}"),
        Label(
            "cli.damage.held", "代替機 {loaner} を仮押さえ（{depot}、合う機種の残り {n}台）",
            "Loaner {loaner} is held ({depot}; {n} more that fit)"),
        Label("cli.damage.nothingSaid", "何も登録していません。", "Nothing was said, nothing was recorded."),
        Label(
            "cli.damage.nothingNamed", "何を見たか指定してください（例: --server wet --depth 0.4）。端末で実行すると質問します。",
            "Say what was seen, such as --server wet --depth 0.4. On a terminal it asks."),
        Label(
            "cli.damage.ask.server", "1/5 本体は？ 1 動く  2 濡れた  3 失われた  （Enter 不明）",
            "1/5 The server? 1 works  2 wet  3 lost  (Enter: not known)"),
        Label(
            "cli.damage.ask.mirror", "2/5 ミラー機は？ 1 動く  2 濡れた  3 失われた  （Enter 不明・なし）",
            "2/5 The mirror? 1 works  2 wet  3 lost  (Enter: not known, or none)"),
        Label(
            "cli.damage.ask.external", "3/5 外付けは？ 1 無事  2 濡れた  3 失われた  （Enter 不明・なし）",
            "3/5 The external storage? 1 works  2 wet  3 lost  (Enter: not known, or none)"),
        Label(
            "cli.damage.ask.powerAndNetwork", "4/5 電気と回線は？ 1 両方ある  2 電気だけ  3 回線だけ  4 どちらもない  （Enter 不明）",
            "4/5 Power and network? 1 both  2 power only  3 network only  4 neither  (Enter: not known)"),
        Label(
            "cli.damage.ask.building", "5/5 建物は？ 1 無事  2 被害あり  3 立入不可。水があれば深さ(m)も: 2 0.4  （Enter 不明）",
            "5/5 The building? 1 sound  2 damaged  3 no entry; with water its depth in m: 2 0.4  (Enter: not known)"),

        Label("cli.why.with", "{task}（{what}）は{person}が担当です（{state}）。", "{task} ({what}) is with {person} ({state})."),
        Label(
            "cli.why.offered", "{task}（{what}）は{person}に打診中です。返答期限 {time}。",
            "{task} ({what}) is offered to {person}, answer by {time}."),
        Label(
            "cli.why.planned", "{task}（{what}）は{person}の予定です（{state}）。",
            "{task} ({what}) is planned for {person} ({state})."),
        Label("cli.why.nobody", "{task}（{what}）は未割当です（{state}）。", "{task} ({what}) is with nobody ({state})."),
        Label(
            "cli.why.nobodyBecause", "{task}（{what}）は未割当（{state}）: {reason}",
            "{task} ({what}) is with nobody ({state}): {reason}"),
        Label("cli.why.over", "{task}（{what}）は終わっています（{state}）。", "{task} ({what}) is over ({state})."),
        Label("cli.why.runnerUp", "{person}なら {minutes}分", "{person}: {minutes} min"),
        Label("cli.why.nobodyElse", "ほかに行ける人はいません", "nobody else can go"),
        Label("cli.why.reachable", "{time} から着けます", "can be reached from {time}"),
        Label("cli.why.help", "できるようになる条件: {changes}", "What would help: {changes}"),
        Label("cli.why.noHelp", "代替機1台や勤務の延長だけでは解決しません。", "Neither one more loaner nor a longer shift would help."),
        Label("cli.why.relax.loaner", "{depot}に代替機 +1", "one more loaner at {depot}"),
        Label("cli.why.relax.longerShift", "{person}の勤務 +{n}分", "{person}'s shift +{n} min"),
        Label("cli.why.stock", "{depot} {n}", "{depot} {n}"),
        Label("cli.why.obstacle.noSkill", "技能なし: {skills}", "lacks {skills}"),
        Label("cli.why.obstacle.pinned", "{person}に固定されています", "it is pinned to {person}"),
        Label("cli.why.obstacle.refused", "辞退済み", "has declined"),
        Label("cli.why.obstacle.unavailable", "出動できません", "cannot be sent"),
        Label("cli.why.obstacle.waitsFor", "先の {task} が未割当", "{task}, which comes first, is with nobody"),
        Label("cli.why.obstacle.noLoaner", "合う代替機なし{stock}", "no fitting loaner is free{stock}"),
        Label("cli.why.obstacle.roadClosed", "道路が {time} まで通れません", "the road is closed until {time}"),
        Label("cli.why.obstacle.windowMissed", "鍵の開く時間に間に合いません", "too late for the last time the door is opened"),
        Label("cli.why.obstacle.shiftEnds", "勤務の終わりを{n}分超えます", "ends {n} min after the shift"),
        Label("cli.why.obstacle.shiftEnds.one", "勤務の終わりを{n}分超えます", "ends {n} min after the shift"),

        Label("cli.loaner.none", "代替機が登録されていません。", "There are no loaners."),
        Label("cli.loaner.count", "{n}台（すぐ出せるもの {free}台）", "{n} loaners, {free} free"),
        Label("cli.loaner.count.one", "{n}台（すぐ出せるもの {free}台）", "{n} loaner, {free} free"),
        Label(
            "cli.loaner.isNow", "{loaner} は「{state}」になりました{details}。", "{loaner} is now “{state}”{details}."),
    ]
}
