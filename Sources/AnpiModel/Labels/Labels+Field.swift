extension Labels {
    /// What the command line says where there is no signal, and when there is one again.
    static let field: [Label] = [
        Label(
            "cli.field.recorded", "圏外です。この端末に記録しました（{time}、未送信 {n}件）。電波が戻れば次のコマンドで送ります。",
            "No signal. Recorded on this device ({time}, {n} not sent). The next command with a signal sends it."),
        Label(
            "cli.field.recordedBehind", "先の操作がまだ送れていません。この端末に記録しました（{time}、未送信 {n}件）。順に送ります。",
            "What was done before is not sent yet. Recorded on this device ({time}, {n} not sent); it goes in order."),
        Label(
            "cli.field.recordedBehindConflict",
            "{task} は要確認のままです。この端末に記録しました（{time}、未送信 {n}件）。決まりしだい送ります: anpi sync",
            "{task} waits for your decision. Recorded on this device ({time}, {n} not sent) until then: anpi sync"),
        Label(
            "cli.field.onlyOwn", "圏外で記録できるのは自分の作業だけです。{task} は自分の作業ではありません。",
            "Without a signal only your own tasks can be recorded, and {task} is not yours."),
        Label("cli.field.notKept", "{task} はこの端末に控えがありません。", "{task} was not kept on this device."),
        Label(
            "cli.field.unknownHere", "この端末ではまだ一度もつながっていません。一度 anpi queue を実行してください。",
            "You were never on line on this device. Run anpi queue once."),
        Label(
            "cli.field.trouble", "端末の記録 {file} を読み書きできません。消さずに管理者へ渡してください。",
            "The record {file} on this device cannot be read or written. Keep it and hand it to an administrator."),
        Label("cli.field.full", "未送信が{n}件になり、これ以上は記録できません。", "{n} operations wait; no more can be recorded."),
        Label("cli.field.photoGone", "写真がこの端末にもうありません。", "The photo is no longer on this device."),
        Label("cli.queue.kept", "圏外（{time} 時点の控え、未送信 {n}件）", "No signal (kept {time}, {n} not sent)"),
        Label("cli.queue.unsent", "未送信", "not sent"),
        Label("cli.queue.conflict", "要確認", "to decide"),
        Label("cli.task.kept", "圏外（{time} 時点の控え）", "No signal (kept {time})"),
        Label("cli.task.photos", "{n}枚（最新 {time}）", "{n} photos (newest {time})"),
        Label("cli.task.photos.one", "{n}枚（{time}）", "{n} photo ({time})"),
        Label("cli.label.photos", "写真", "Photos"),
        Label("cli.timeline.doneAt", "（実施 {time}）", "(done {time})"),
        Label("cli.photo.added", "{task} に写真を添えました（{size}）。", "A photo was added to {task} ({size})."),
        Label("cli.photo.unreadable", "写真 {file} が読めません。", "The photo {file} cannot be read."),
        Label(
            "cli.photo.tooLarge", "写真 {file} は {megabytes} MiB を超えています。",
            "The photo {file} is larger than {megabytes} MiB."),
        Label("cli.photo.notOne", "{file} は JPEG、PNG、WebP の写真ではありません。", "{file} is no JPEG, PNG or WebP picture."),
        Label("cli.photo.tooMany", "写真は1つの作業に{n}枚までです。", "A task has at most {n} photos."),
        Label("cli.note.added", "{task} に申し送りを記録しました。", "The note was added to {task}."),

        Label("cli.sync.sent", "送信 {n}件:", "Sent {n}:"),
        Label("cli.sync.waiting", "未送信 {n}件:", "Not sent {n}:"),
        Label("cli.sync.outOfReach", "圏外です。未送信 {n}件:", "No signal. Not sent {n}:"),
        Label("cli.sync.letGo", "受け付けられませんでした: {what}（{reason}）", "Not accepted: {what} ({reason})"),
        Label("cli.sync.conflicts", "要確認 {n}件:", "To decide {n}:"),
        Label("cli.sync.nothing", "未送信はありません。", "Nothing waits to be sent."),
        Label("cli.sync.mine", "あなた: {what}", "You: {what}"),
        Label("cli.sync.theirs", "本部: {what}", "Office: {what}"),
        Label("cli.sync.quoted", "「{text}」", " “{text}”"),
        Label("cli.sync.both", "どちらも記録に残ります", "Both stay on record"),
        Label("cli.sync.recordedHere", "圏外で記録", "recorded without a signal"),
        Label("cli.sync.note", "メモ", "note"),
        Label("cli.sync.photos", "写真{n}枚", "{n} photos"),
        Label("cli.sync.photos.one", "写真{n}枚", "{n} photo"),
        Label("cli.sync.road", "道路", "road"),
        Label("cli.sync.handedBack", "返却", "handed back"),
        Label("cli.sync.kept.mine", "{task} はあなたの操作を残します。", "{task}: what you did stands."),
        Label("cli.sync.kept.theirs", "{task} は本部の操作を残します。", "{task}: what the office did stands."),
        Label("cli.sync.told.mine", "現場の記録: {steps}", "In the field: {steps}"),
        Label(
            "cli.sync.told.theirs", "本部の操作を残し、次は反映しませんでした: {steps}",
            "The office's step stands; not carried out: {steps}"),
        Label("cli.sync.noConflict", "{task} に要確認はありません。", "{task} has nothing to decide."),
        Label(
            "cli.sync.cannotStand", "{task} はいま「{state}」で、あなたの操作を続けられません。本部に頼むか --keep theirs で残してください。",
            "{task} is now “{state}”, from which your steps do not go on. Ask the office, or use --keep theirs."),
        Label("cli.event.command.taskNote", "申し送り", "note"),
        Label("cli.event.command.taskPhoto", "写真", "photo"),
    ]
}
