extension RecoveryTemplates {
    /// The built-in file, which an export writes for an office to change.
    ///
    /// Minutes and rates follow the nine clinics of 2022 where their story tells them; a loaner reads an external storage
    /// at about 20 MB/s, a line to the data centre gives about 6 MB/s.
    package static let standardText = """
        # 復旧の段階（R0〜R6）ごとの作業。営業所に合わせて変えてください。
        # Tasks of each rung of recovery (R0 to R6). Change them as your office works.
        #
        # rung                R0 周辺機器 peripherals   R1 再起動 restart   R2 ミラー mirror   R3 外付け external + loaner
        #                     R4 データセンター data centre   R5 クラウド cloud meanwhile   R6 再構築 rebuild
        # kind                作業の種類 what is done: once in a rung
        # minutes             作業時間（移動を除く） of work, without the way
        # minutesPerGigabyte  データ1GBごとに加える分 added for each gigabyte of data
        # skills              inspect, hardware, restore, network, claims
        # where               site, office, depot, work（施設に電気がなければ営業所 the office where the site has no power）
        # from                途中で受け取る場所 where something is picked up: site, office, depot
        # stock               "loaner": 合う代替機を1台使う takes a loaner that fits
        # after               先に済ませる作業 kinds that must be done before
        # within              siteHours（診療時間） or keyHolder（鍵を持つ人がいるとき）: 施設での作業だけ only at the site
        # onlyAt              復旧の場所が site / office のときだけ only where the system is set up there
        # steps               手順（日本語） checklist; stepsEnglish: the same lines in English

        [[task]]
        rung = "R0"
        kind = "inspect"
        minutes = 15
        skills = ["inspect"]
        where = "site"
        within = "keyHolder"
        steps = ["写真を撮る（罹災証明・保険用）", "水の高さを測る", "各機器の状態を報告する"]
        stepsEnglish = ["Take pictures (certificate, insurance)", "Measure the depth of the water", "Report every device"]

        [[task]]
        rung = "R0"
        kind = "swapPeripherals"
        minutes = 40
        skills = ["hardware"]
        where = "site"
        after = ["inspect"]
        within = "keyHolder"
        steps = ["UPS・電源タップ・ルーターを交換する", "本体を起動し、動作を確かめる", "バックアップの予定を確かめる"]
        stepsEnglish = ["Replace UPS, power strip, router", "Start the server and see that it works", "Check that backups are scheduled"]

        [[task]]
        rung = "R0"
        kind = "claims"
        minutes = 20
        skills = ["claims"]
        where = "office"
        after = ["swapPeripherals"]
        steps = ["通常請求で間に合うことを確かめる"]
        stepsEnglish = ["See that normal claims go out in time"]

        [[task]]
        rung = "R1"
        kind = "inspect"
        minutes = 15
        skills = ["inspect"]
        where = "site"
        within = "keyHolder"
        steps = ["写真を撮る（罹災証明・保険用）", "水の高さを測る", "本体に通電しない"]
        stepsEnglish = ["Take pictures (certificate, insurance)", "Measure the depth of the water", "Do not switch the server on"]

        [[task]]
        rung = "R1"
        kind = "restartAndCheck"
        minutes = 120
        minutesPerGigabyte = 0.4
        skills = ["hardware", "restore"]
        where = "site"
        after = ["inspect"]
        within = "keyHolder"
        steps = ["本体を乾かし、ディスクを取り出す", "ディスクを読み取り専用で複製する", "検査して起動する", "件数を照合する", "院長の確認"]
        stepsEnglish = ["Dry the server, take the disk out", "Copy the disk, read-only", "Check it and start", "Compare the counts", "Have the director confirm"]

        [[task]]
        rung = "R1"
        kind = "claims"
        minutes = 60
        skills = ["claims"]
        where = "office"
        after = ["restartAndCheck"]
        steps = ["当月分の記録がそろっていることを確かめる", "通常請求か概算請求かを決める"]
        stepsEnglish = ["See that the month's records are complete", "Decide between normal and estimated claims"]

        [[task]]
        rung = "R2"
        kind = "inspect"
        minutes = 15
        skills = ["inspect"]
        where = "site"
        within = "keyHolder"
        steps = ["写真を撮る（罹災証明・保険用）", "水の高さを測る", "ミラー機の状態を確かめる"]
        stepsEnglish = ["Take pictures (certificate, insurance)", "Measure the depth of the water", "See how the mirror is"]

        [[task]]
        rung = "R2"
        kind = "promoteMirror"
        minutes = 60
        skills = ["hardware", "network"]
        where = "site"
        after = ["inspect"]
        within = "keyHolder"
        steps = ["ミラー機を本体に切り替える", "端末の接続先を変える", "件数を照合する", "新しい複製先を決める"]
        stepsEnglish = ["Make the mirror the server", "Point the terminals to it", "Compare the counts", "Decide where the next copy goes"]

        [[task]]
        rung = "R2"
        kind = "claims"
        minutes = 30
        skills = ["claims"]
        where = "office"
        after = ["promoteMirror"]
        steps = ["当月分の記録がそろっていることを確かめる"]
        stepsEnglish = ["See that the month's records are complete"]

        [[task]]
        rung = "R3"
        kind = "inspect"
        minutes = 15
        skills = ["inspect"]
        where = "site"
        within = "keyHolder"
        steps = ["写真を撮る（罹災証明・保険用）", "水の高さを測る", "外付けを乾いた手で回収する"]
        stepsEnglish = ["Take pictures (certificate, insurance)", "Measure the depth of the water", "Take the external storage with dry hands"]

        [[task]]
        rung = "R3"
        kind = "fetchLoaner"
        minutes = 20
        skills = ["hardware"]
        where = "work"
        from = "depot"
        stock = "loaner"
        within = "keyHolder"
        steps = ["機種とイメージの版を確かめる", "電源・ケーブルを積む"]
        stepsEnglish = ["Check model and image version", "Take power supply and cables"]

        [[task]]
        rung = "R3"
        kind = "bringExternal"
        minutes = 15
        skills = ["hardware"]
        where = "office"
        from = "site"
        after = ["inspect"]
        onlyAt = "office"
        within = "keyHolder"
        steps = ["外付けを防水の袋に入れて運ぶ"]
        stepsEnglish = ["Carry the external storage in a waterproof bag"]

        [[task]]
        rung = "R3"
        kind = "restoreOnLoaner"
        minutes = 45
        minutesPerGigabyte = 0.85
        skills = ["hardware", "restore"]
        where = "work"
        after = ["inspect", "fetchLoaner", "bringExternal"]
        within = "keyHolder"
        steps = ["外付けから代替機へ復旧する", "件数を照合する", "院長の確認"]
        stepsEnglish = ["Restore the external storage on the loaner", "Compare the counts", "Have the director confirm"]

        [[task]]
        rung = "R3"
        kind = "deliver"
        minutes = 60
        skills = ["hardware", "network"]
        where = "site"
        from = "office"
        after = ["restoreOnLoaner"]
        onlyAt = "office"
        within = "keyHolder"
        steps = ["電気と回線を確かめる", "設置し、端末をつなぐ", "院長の確認"]
        stepsEnglish = ["See that power and line are there", "Install it and connect the terminals", "Have the director confirm"]

        [[task]]
        rung = "R3"
        kind = "claims"
        minutes = 60
        skills = ["claims"]
        where = "office"
        after = ["restoreOnLoaner"]
        steps = ["外付けの取得後に失われた記録を洗い出す", "通常請求か概算請求かを決める"]
        stepsEnglish = ["List what was lost after the copy was made", "Decide between normal and estimated claims"]

        [[task]]
        rung = "R4"
        kind = "inspect"
        minutes = 15
        skills = ["inspect"]
        where = "site"
        within = "keyHolder"
        steps = ["写真を撮る（罹災証明・保険用）", "水の高さを測る", "残っている機器を確かめる"]
        stepsEnglish = ["Take pictures (certificate, insurance)", "Measure the depth of the water", "See which devices are left"]

        [[task]]
        rung = "R4"
        kind = "restoreAtOffice"
        minutes = 60
        minutesPerGigabyte = 2.8
        skills = ["restore"]
        where = "office"
        steps = ["営業所の機器に同じシステムを構築する", "データセンターへVPNを開く", "データを取得する", "件数を照合する"]
        stepsEnglish = ["Build the same system on a machine of the office", "Open the VPN to the data centre", "Download the data", "Compare the counts"]

        [[task]]
        rung = "R4"
        kind = "fetchLoaner"
        minutes = 20
        skills = ["hardware"]
        where = "office"
        from = "depot"
        stock = "loaner"
        steps = ["機種とイメージの版を確かめる", "電源・ケーブルを積む"]
        stepsEnglish = ["Check model and image version", "Take power supply and cables"]

        [[task]]
        rung = "R4"
        kind = "deliver"
        minutes = 90
        skills = ["hardware", "network"]
        where = "site"
        from = "office"
        after = ["inspect", "restoreAtOffice", "fetchLoaner"]
        within = "keyHolder"
        steps = ["復旧したシステムを代替機に移す", "電気と回線を確かめる", "設置し、端末をつなぐ", "院長の確認"]
        stepsEnglish = ["Move the restored system to the loaner", "See that power and line are there", "Install it and connect the terminals", "Have the director confirm"]

        [[task]]
        rung = "R4"
        kind = "claims"
        minutes = 60
        skills = ["claims"]
        where = "office"
        after = ["restoreAtOffice"]
        steps = ["営業所で当月分を集計する", "通常請求か概算請求かを決める"]
        stepsEnglish = ["Prepare the month's claims at the office", "Decide between normal and estimated claims"]

        [[task]]
        rung = "R5"
        kind = "phone"
        minutes = 20
        skills = ["network"]
        where = "office"
        steps = ["クラウドの利用開始を院長に伝える", "クライアント証明書とIDを渡す", "ログインできることを電話で確かめる"]
        stepsEnglish = ["Tell the director that the cloud can be used", "Hand over client certificate and ID", "Make sure on the phone that the login works"]

        [[task]]
        rung = "R6"
        kind = "inspect"
        minutes = 30
        skills = ["inspect"]
        where = "site"
        within = "keyHolder"
        steps = ["写真を撮る（罹災証明・保険用）", "水の高さを測る", "ディスクをすべて回収する（復旧業者へ）", "紙の記録を確かめる"]
        stepsEnglish = ["Take pictures (certificate, insurance)", "Measure the depth of the water", "Collect every disk (for a recovery service)", "See which paper records are left"]

        [[task]]
        rung = "R6"
        kind = "fetchLoaner"
        minutes = 20
        skills = ["hardware"]
        where = "work"
        from = "depot"
        stock = "loaner"
        within = "keyHolder"
        steps = ["機種とイメージの版を確かめる", "電源・ケーブルを積む"]
        stepsEnglish = ["Check model and image version", "Take power supply and cables"]

        [[task]]
        rung = "R6"
        kind = "restoreOnLoaner"
        minutes = 180
        skills = ["hardware", "restore"]
        where = "work"
        after = ["inspect", "fetchLoaner"]
        within = "keyHolder"
        steps = ["空のシステムを設定する", "過去のレセプトから患者情報を作り直す", "失われた期間を院長に書面で伝える"]
        stepsEnglish = ["Set up an empty system", "Rebuild patients from past claims", "Tell the director in writing what is lost"]

        [[task]]
        rung = "R6"
        kind = "deliver"
        minutes = 60
        skills = ["hardware", "network"]
        where = "site"
        from = "office"
        after = ["restoreOnLoaner"]
        onlyAt = "office"
        within = "keyHolder"
        steps = ["電気と回線を確かめる", "設置し、端末をつなぐ"]
        stepsEnglish = ["See that power and line are there", "Install it and connect the terminals"]

        [[task]]
        rung = "R6"
        kind = "claims"
        minutes = 120
        skills = ["claims"]
        where = "office"
        after = ["inspect"]
        steps = ["概算請求の要件を確かめる", "罹災証明の申請を院長に頼む"]
        stepsEnglish = ["Check what estimated claims take", "Ask the director to apply for the certificate"]

        """
}
