import AnpiModel

/// One reason of a belief: a stable kind, its weight, and a whole sentence for the people who read it.
enum Evidence: Hashable, Sendable {
    case heard(at: Timestamp)
    case late(since: Timestamp)
    case silent(since: Timestamp)
    case silentAfterGasp(since: Timestamp)
    case silentWhileClosed(since: Timestamp)
    case silentWhileDeaf(since: Timestamp)
    case neighboursHeard(count: Int)
    case signedOff(at: Timestamp)
    case neverHeard
    case confirmation(Assessment, by: String, at: Timestamp, until: Timestamp)
    case call(result: String, by: String, at: Timestamp)

    /// Stable, also the key of its label (`evidence.<kind>`).
    var kind: String {
        switch self {
        case .heard: "heard"
        case .late: "late"
        case .silent: "silent"
        case .silentAfterGasp: "silentAfterGasp"
        case .silentWhileClosed: "silentWhileClosed"
        case .silentWhileDeaf: "silentWhileDeaf"
        case .neighboursHeard: "neighboursHeard"
        case .signedOff: "signedOff"
        case .neverHeard: "neverHeard"
        case .confirmation: "confirmation"
        case .call: "call"
        }
    }

    /// What its label is filled in with.
    var arguments: [JSON.Member] {
        switch self {
        case .heard(let at), .signedOff(let at): [JSON.Member("at", .time(at))]
        case .late(let since), .silent(let since), .silentAfterGasp(let since), .silentWhileClosed(let since),
            .silentWhileDeaf(let since):
            [JSON.Member("since", .time(since))]
        case .neighboursHeard(let count): [JSON.Member("n", .integer(count))]
        case .neverHeard: []
        case .confirmation(let assessment, let author, let at, let until):
            [
                JSON.Member("assessment", .word(assessment)), JSON.Member("by", .string(author)),
                JSON.Member("at", .time(at)), JSON.Member("until", .time(until)),
            ]
        case .call(let result, let author, let at):
            [JSON.Member("result", .string(result)), JSON.Member("by", .string(author)), JSON.Member("at", .time(at))]
        }
    }

    /// The sentence that journal, hooks and replay carry: Japanese, the language of the offices. Pages that speak
    /// another one make theirs from kind and arguments.
    var text: String {
        switch self {
        case .heard(let at): "\(at.clockText)に受信"
        case .late(let since): "\(since.clockText)の受信後、定刻を過ぎています"
        case .silent(let since): "\(since.clockText)から信号が途絶えています"
        case .silentAfterGasp(let since): "停電通報のあと、\(since.clockText)から信号が途絶えています"
        case .silentWhileClosed(let since):
            "\(since.clockText)から信号がありません（休診・時間外のため判断材料になりません）"
        case .silentWhileDeaf(let since): "\(since.clockText)から信号がありません（当方が受信できていません）"
        case .neighboursHeard(let count): "同じ市区町村の\(count)施設は受信中"
        case .signedOff(let at): "\(at.clockText)に正常に停止（連絡あり）"
        case .neverHeard: "登録後まだ一度も受信していません"
        case .confirmation(let assessment, let author, let at, let until):
            "\(author)が\(at.clockText)に\(assessment.confirmationText)（\(until.clockText)まで有効）"
        case .call(let result, let author, let at): "\(author)が\(at.clockText)に電話：\(Self.callText(result))"
        }
    }

    /// `{"kind","weight","text"}` as CONTRACTS §7 has it.
    var json: JSON { .object(members) }

    /// The same with what a page makes the sentence of in another language: its label's key and arguments.
    var jsonWithKey: JSON {
        .object(
            members + [
                JSON.Member("key", .string("evidence." + kind)), JSON.Member("arguments", .object(arguments)),
            ])
    }

    private var members: [JSON.Member] {
        [
            JSON.Member("kind", .string(kind)), JSON.Member("weight", .decimal(0, digits: 1)),
            JSON.Member("text", .string(text)),
        ]
    }

    private static func callText(_ result: String) -> String {
        switch result {
        case "noAnswer": "応答なし"
        case "congested": "つながりにくい"
        case "lineDead": "不通"
        case "noDamage": "被害なし"
        case "damage": "被害あり"
        case "callBack": "折返し待ち"
        default: result
        }
    }
}

extension Assessment {
    fileprivate var confirmationText: String {
        switch self {
        case .confirmedHit: "被災を確認"
        case .confirmedOK: "無事を確認"
        case .ok: "稼働確認と判断"
        case .quiet: "休止中と判断"
        case .unknown: "不明と判断"
        case .suspect: "被災の疑いと判断"
        case .likelyHit: "被災濃厚と判断"
        }
    }
}

extension Timestamp {
    /// Day and time as a wall clock in Japan shows them, `9/24 05:58`.
    var clockText: String {
        let (date, millisecondOfDay) = civil()
        let minutes = millisecondOfDay / 60_000
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(date.month)/\(date.day) \(two(minutes / 60)):\(two(minutes % 60))"
    }
}
