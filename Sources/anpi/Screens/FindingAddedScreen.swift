import AnpiClient
import AnpiModel

/// `登録しました F-88。大村眼科: ■ 被災確認 …`: the number to say, and what it made of the site.
struct FindingAddedScreen {
    var finding: FindingAnswer
    /// The site as it is now, where it could be read.
    var site: SiteRow?

    func text(on paper: Paper) -> String {
        let words = paper.words
        var lines = [words("cli.finding.added", ["finding": finding.id])]
        if let site {
            lines[0] += words(
                "cli.finding.siteIsNow",
                [
                    "site": site.name, "assessment": words.belief(site.assessment, site.probability),
                    "contact": words.marked(.contact, site.contact),
                ])
        } else if finding.placed == false {
            lines[0] += words("cli.finding.weighsNothing")
        } else if finding.weighs == false {
            lines[0] += words("cli.finding.silencesNobody")
        }
        if let expires = finding.expiresAt {
            lines.append(words("cli.finding.counts", ["until": paper.moments.short(expires)]))
        }
        if let id = site?.id ?? finding.site { lines.append(paper.next("anpi site show \(id)")) }
        return lines.joined(separator: "\n")
    }
}
