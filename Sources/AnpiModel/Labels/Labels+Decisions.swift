extension Labels {
    /// What was decided, for timelines and "the last hour"; one for each name of the closed list.
    static let decisions: [Label] = [
        Label("decision.agent.contact", "機器の受信状況", "Device contact"),
        Label("decision.site.contact", "施設の受信状況", "Site contact"),
        Label("decision.site.assessed", "判断", "Assessment"),
        Label("decision.site.planned", "復旧案", "Recovery plan"),
        Label("decision.incident.proposed", "事案の候補", "Incident proposed"),
        Label("decision.incident.opened", "事案を開始", "Incident opened"),
        Label("decision.incident.joined", "事案に追加", "Joined the incident"),
        Label("decision.incident.left", "事案から除外", "Left the incident"),
        Label("decision.incident.changed", "事案を更新", "Incident changed"),
        Label("decision.incident.merged", "事案を統合", "Incidents merged"),
        Label("decision.incident.stable", "事案が沈静", "Incident stable"),
        Label("decision.incident.closed", "事案を終結", "Incident closed"),
        Label("decision.task.drafted", "作業を起票", "Task drafted"),
        Label("decision.task.offered", "作業を打診", "Task offered"),
        Label("decision.task.changed", "作業の状態", "Task changed"),
        Label("decision.blind.began", "受信不能 開始", "Blind time began"),
        Label("decision.blind.ended", "受信不能 終了", "Blind time ended"),
        Label("decision.feed.changed", "情報源の状態", "Feed changed"),
        Label("decision.hazard.applied", "警報等を反映", "Hazard applied"),
        Label("decision.hazard.quarantined", "警報等を隔離", "Hazard quarantined"),
        Label("decision.journal.anchored", "監査記録を固定", "Journal anchored"),

        Label("timeline.site.contact", "{contact}になりました", "Now {contact}"),
        Label("timeline.agent.contact", "{device}が{contact}になりました", "{device} is now {contact}"),
        Label("timeline.site.assessed", "判断: {assessment}", "Assessed as {assessment}"),
        Label("timeline.incident.opened", "事案 {incident} を開始", "Incident {incident} opened"),
        Label("timeline.incident.closed", "事案 {incident} を終結", "Incident {incident} closed"),
        Label("timeline.task.drafted", "作業 {task} を起票", "Task {task} drafted"),
        Label("timeline.task.offered", "作業 {task} を{person}に打診", "Task {task} offered to {person}"),
        Label("timeline.finding", "{person}: {result}", "{person}: {result}"),
        Label("timeline.heardAgain", "信号が戻りました", "It was heard again"),
        Label(
            "timeline.blind", "{since}から{until}まで監視側が受信できませんでした", "The collector could not hear from {since} to {until}"
        ),
    ]
}
