extension Labels {
    /// What went wrong, and what helps.
    static let commandLineErrors: [Label] = [
        Label("cli.error.nothingStored", "何も変更していません。", "Nothing was stored."),
        Label(
            "cli.error.maybeStored", "変更が記録されたかどうかは分かりません。同じコマンドに --operation {operation} を付けて再実行すれば、二重にはなりません。",
            "Whether it was stored is not known. The same command with --operation {operation} is safe: it "
                + "happens at most once."),
        Label("cli.error.stored", "変更は記録されました。", "The change was stored."),
        Label("cli.error.unreachable", "コレクター {collector} に接続できません。", "The collector {collector} cannot be reached."),
        Label(
            "cli.cure.unreachable", "アドレスは --collector か ANPI_COLLECTOR で指定します。",
            "The address is set by --collector or ANPI_COLLECTOR."),
        Label(
            "cli.error.unanswered", "コレクター {collector} から答えが届きませんでした。",
            "No answer came from the collector {collector}."),
        Label(
            "cli.error.insecure", "コレクター {collector} と安全に接続できません。",
            "There is no secure connection to the collector {collector}."),
        Label(
            "cli.cure.insecure", "証明書の発行元が自前なら config.toml の ca_file か ANPI_CA_FILE で指定します。",
            "If the certificate is your own, name its issuer: ca_file in config.toml, or ANPI_CA_FILE."),
        Label("cli.error.notSignedIn", "トークンがないか、無効です。", "There is no token, or it is not valid."),
        Label(
            "cli.cure.notSignedIn", "ANPI_TOKEN_FILE にトークンのファイルを指定してください。",
            "Set ANPI_TOKEN_FILE to the file that holds your token."),
        Label("cli.error.notAllowed", "この操作は許可されていません。", "You are not allowed to do this."),
        Label(
            "cli.cure.notAllowed", "できる人に頼んでください: 管理者か指揮者、作業ならその担当者。",
            "Ask someone who may: an administrator, a coordinator, or the engineer whose task it is."),
        Label("cli.error.notFound", "{subject} は見つかりません。", "{subject} was not found."),
        Label("cli.error.notThere", "コレクター {collector} にはこの機能がありません。", "The collector {collector} does not have this."),
        Label(
            "cli.error.conflict", "すでに誰かが変更しています。もう一度見てからやり直してください。",
            "Somebody has changed it already. Look again before you repeat."),
        Label("cli.error.invalid", "受け付けられませんでした。", "It was not accepted."),
        Label(
            "cli.error.busy", "コレクターが混んでいます（{status}）。少し待ってやり直してください。",
            "The collector is busy ({status}). Try again in a moment."),
        Label("cli.error.unexpected", "コレクターで問題が起きました（{status}）。", "The collector failed ({status})."),
        Label("cli.error.notUnderstood", "コレクターの答えが読めません。", "The answer of the collector is not understood."),
        Label(
            "cli.cure.notUnderstood", "anpi とコレクターの版が合っているか確かめてください。",
            "See whether anpi and the collector are of the same version."),
        Label(
            "cli.error.collector", "コレクターのアドレス「{collector}」は http:// か https:// で始めてください。",
            "The collector “{collector}” must begin with http:// or https://."),
        Label("cli.error.configuration", "{file} が読めません。", "{file} cannot be read."),
        Label("cli.error.tokenFile", "トークンのファイル {file} が読めません。", "The token file {file} cannot be read."),
        Label(
            "cli.error.tokenInFile", "トークンのファイル {file} にはトークンだけを1行で書いてください。",
            "The token file {file} must hold one token and nothing else."),
        Label(
            "cli.error.time", "{option} の「{text}」は時刻として読めません。例: 14:00、9/25 08:30、+45m",
            "{option}: “{text}” is not a time. For example: 14:00, 9/25 08:30, +45m"),
        Label(
            "cli.engineer.whom", "{name} は保守員ではありません。保守員の番号を付けてください。",
            "{name} is not an engineer: name the one you mean."),
        Label("cli.fleet.noFolder", "フォルダ {folder} がありません。", "There is no folder {folder}."),
        Label(
            "cli.fleet.noFiles", "{folder} に登録用のCSV（sites.csv など）がありません。",
            "There are no fleet files (sites.csv and so on) in {folder}."),
        Label("cli.fleet.unreadable", "{file} が読めません。", "{file} cannot be read."),
        Label(
            "cli.fleet.notUTF8", "{file}: UTF-8ではありません。「CSV UTF-8」で保存し直してください。",
            "{file}: not UTF-8; save as CSV UTF-8."),
        Label("cli.fleet.nothing", "何も取り込んでいません。", "Nothing was imported."),
        Label(
            "cli.fleet.wouldReplace", "内容の異なるファイルがあります: {files}。置き換えるなら --force を付けてください。",
            "These files are there and differ: {files}. Use --force to replace them."),
        Label("cli.fleet.unwritable", "{file} に書き込めません。", "{file} cannot be written."),
        Label("cli.token.missing", "答えにトークンがありません。", "There is no token in the answer."),
    ]

    /// The sheet of paper, and the usual steps of each kind of work, apart by `|`.
    static let commandLineSheets: [Label] = [
        Label("cli.sheet.title", "作業票", "Work sheet"),
        Label("cli.sheet.printed", "{time} 現在", "as of {time}"),
        Label("cli.sheet.where", "場所", "Where"),
        Label("cli.sheet.hours", "診療時間 {hours}", "open {hours}"),
        Label("cli.sheet.people", "連絡先と鍵", "Whom to ring, and the key"),
        Label("cli.sheet.situation", "状況", "How it is"),
        Label("cli.sheet.data", "データの控え", "Copies of the data"),
        Label("cli.sheet.steps", "手順", "Steps"),
        Label(
            "cli.sheet.notes", "メモ（到着・完了の時刻、浸水の深さ、電源、引き渡し）",
            "Notes (arrival and end, depth of water, power, handover)"),
        Label(
            "cli.sheet.times", "到着 ____:____   完了 ____:____   保守員 ______________   確認 ______________",
            "Arrived ____:____   Done ____:____   Engineer __________   Seen by ________"),
        Label(
            "cli.sheet.back", "電波が戻ったら: anpi task arrive {task} / anpi task done {task} --note …",
            "Once online: anpi task arrive {task} / anpi task done {task} --note …"),
        Label("cli.sheet.cut", "（続きは anpi task show {task}）", "(the rest: anpi task show {task})"),
        Label(
            "cli.steps.phone", "代表と担当者に電話する|つながらなければ時間をおいてかけ直す|結果を anpi finding add で登録する",
            "Ring the main line and the contact|No answer: wait and ring again|Log the result with anpi finding add"),
        Label(
            "cli.steps.inspect", "外観と周囲の写真（罹災用）|水位・電源・回線を確認|本体・ミラー・外付け・UPSの状態を記録|データの控えを乾いた場所に確保|院長に今後を説明",
            "Photos of house and surroundings (for the claim)|Check water, power and line|Note the state of "
                + "server, mirror, external storage, UPS|Bring the copies to a dry place|Tell the owner what "
                + "comes next"),
        Label(
            "cli.steps.swapPeripherals", "電源を切る|UPS・周辺機器を交換|起動してログインを確認|院長の確認",
            "Switch off|Swap UPS and peripherals|Start, see that people can sign in|The owner confirms"),
        Label(
            "cli.steps.restartAndCheck", "乾いていることを確認|本体を起動|ディスクと件数を点検|院長の確認",
            "See that it is dry|Start the server|Check disks and record counts|The owner confirms"),
        Label(
            "cli.steps.promoteMirror", "ミラーの最終同期を確認|ミラー機を本体に切替|件数を照合|院長の確認",
            "See when the mirror was last in step|Make the mirror the main unit|Compare record counts|The "
                + "owner confirms"),
        Label(
            "cli.steps.fetchLoaner", "保管庫で代替機を受け取る|機種と版を確認|番号を記録",
            "Fetch the loaner from the depot|Check model and image version|Note its number"),
        Label(
            "cli.steps.bringExternal", "外付けを乾いた手で外す|濡れていれば通電しない|衝撃を避けて運ぶ",
            "Take the external storage with dry hands|If it is wet, do not power it|Carry it without shocks"),
        Label(
            "cli.steps.restoreOnLoaner", "写真（罹災用）|外付けを乾いた手で回収|代替機へ復旧|件数を照合|院長の確認",
            "Photos (for the claim)|Take the external storage with dry hands|Restore onto the loaner|"
                + "Compare record counts|The owner confirms"),
        Label(
            "cli.steps.restoreAtOffice", "営業所で同じ構成を用意|データセンターから復元|件数を照合|搬入の段取り",
            "Build the same system at the office|Restore from the data centre|Compare record counts|Arrange "
                + "the delivery"),
        Label(
            "cli.steps.deliver", "搬入経路と鍵を確認|設置して起動|件数を照合|院長の確認",
            "Check the way in and the key|Set up and start|Compare record counts|The owner confirms"),
        Label(
            "cli.steps.claims", "レセプト期限を確認|請求データの出力を確認|不足分の扱いを決める",
            "Check the date the claims are due|See that claims can be exported|Agree what to do about gaps"),
    ]
}
