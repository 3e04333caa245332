extension Labels {
    /// What is said of drills that play beside the real fleet.
    static let drills: [Label] = [
        Label("drillState.ready", "再生できます", "ready"),
        Label("drillState.playing", "再生中", "playing"),
        Label("drillState.over", "終了（時計は停止）", "over, its clock stands"),
        Label("drillState.stopped", "中断", "stopped"),
        Label("drillState.ending", "消去中", "being removed"),

        Label("cli.drill.banner", "【訓練】{name}　訓練の時刻 {time}", "[DRILL] {name}   the drill's time: {time}"),
        Label(
            "cli.drill.started", "訓練 {name} を始めました（{speed}倍速）。",
            "The drill {name} plays, {speed} times as fast as it was."),
        Label("cli.drill.span", "内容 {from} から {to} まで", "From {from} to {to}"),
        Label("cli.drill.overAt", "終了 {time}（あと{span}）", "Over at {time} (in {span})"),
        Label("cli.drill.page", "画面 {address}", "Page {address}"),
        Label(
            "cli.drill.ended", "訓練 {name} を終え、その記録をすべて消しました。",
            "The drill {name} has ended; nothing of it is kept."),
        Label(
            "cli.drill.none", "このコレクターには訓練がありません（anpi-collector serve --drills）。",
            "This collector has no drills (anpi-collector serve --drills)."),
        Label("cli.drill.notPlaying", "訓練 {name} は再生されていません。", "No drill {name} plays."),
        Label(
            "cli.drill.notHere", "このコマンドは訓練を対象にできません（--drill を外してください）。",
            "This command cannot be asked of a drill: leave --drill out."),
        Label("cli.cure.drill", "一覧は anpi drill list で確認できます。", "anpi drill list shows which do."),
        Label("cli.column.drillNow", "訓練の時刻", "its time"),
        Label("cli.column.drillTo", "訓練の終わり", "its end"),
        Label("cli.column.speed", "倍速", "speed"),
        Label("cli.column.overAt", "終了予定", "over at"),
        Label("cli.column.startedBy", "開始した人", "by"),
        Label("cli.event.door.drillStarted", "訓練を開始", "drill begun"),
        Label("cli.event.door.drillEnded", "訓練を終了", "drill ended"),

        Label("page.drill.banner", "【訓練】{name}　実際の施設ではありません", "[DRILL] {name}: these are not real sites"),
        Label("page.drill.real", "実際の画面へ", "To the real page"),
        Label("page.drill.playing", "訓練を再生中: ", "A drill is playing: "),
        Label(
            "page.drill.notPlaying", "訓練 {name} は再生されていません。", "No drill {name} plays."),
        Label("page.drill.over", "この訓練は終わり、時計は止まっています。", "This drill is over; its clock stands still."),
    ]
}
