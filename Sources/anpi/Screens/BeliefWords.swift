import AnpiClient
import AnpiModel

/// Why we believe what we believe of a site, as a person would tell it.
enum BeliefWords {
    /// `24時間稼働のサーバーが休日に途絶  ＋2.1`.
    static func evidence(_ term: Evidence, on paper: Paper) -> String {
        let text = paper.words.sentence(term.text, paper.moments) ?? term.kind
        guard let weight = term.weight, !term.isStart else { return text }
        return text + "  " + signed(weight)
    }

    /// `＋2.1`: ln BF with one decimal.
    static func signed(_ weight: Double) -> String {
        let text = JSON.fixed(weight.magnitude, digits: 1)
        if text == "0.0" { return "±0" }
        return (weight < 0 ? "−" : "＋") + text
    }

    /// `停電 8%（周辺7施設は受信中） / 通信障害 2% / 更新不具合 0% / 監視側 0%`.
    static func rivals(_ rivals: [RivalCause], _ words: Words) -> String {
        rivals.map { rival in
            let share = Words.percent(rival.share)
            let key = "rival.\(rival.kind)"
            guard let heard = rival.heard, Labels.has(key) else { return words(key + ".plain", ["p": share]) }
            return words(key, ["p": share, "n": String(heard)])
        }.joined(separator: " / ")
    }

    /// `大雨特別警報 レベル5（静岡市南部、03:10から）`.
    static func hazard(_ hazard: HazardInForce, on paper: Paper) -> String {
        let facts = ["name": hazard.name, "area": hazard.area, "from": paper.moments.short(hazard.from)]
        // A quake is told by its intensity, which its name says; so do newer names say their level.
        guard hazard.intensity == nil, !hazard.name.contains("レベル") else {
            return paper.words("hazard.inForce.plain", facts)
        }
        let level = HazardListScreen.level(hazard.level, paper.words)
        return paper.words("hazard.inForce", facts.merging(["level": level]) { first, _ in first })
    }
}
