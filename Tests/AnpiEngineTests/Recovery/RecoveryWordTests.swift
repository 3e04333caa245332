import AnpiModel
import Testing

@testable import AnpiEngine

/// Every word of the recovery part has its sentence, and every sentence that is told is filled in.
@Suite struct RecoveryWordTests {
    @Test func everyWordHasASentence() {
        func check<Word: SentenceWord>(_: Word.Type) {
            for word in Word.allCases { #expect(Labels.has(Worded(word).labelKey), "\(Worded(word).labelKey)") }
        }
        check(SurvivalReason.self)
        check(RungReason.self)
        check(ClaimsMissing.self)
        check(ClaimsReason.self)
        check(ReadinessReason.self)
        func checkWords<Word: RawRepresentable<String> & CaseIterable>(_ family: String, _: Word.Type) {
            for word in Word.allCases {
                #expect(Labels.has("\(family).\(word.rawValue)"), "\(family).\(word.rawValue)")
            }
        }
        checkWords("claimsKind", ClaimsKind.self)
        checkWords("readinessClause", ReadinessClause.self)
        checkWords("readinessResult", ReadinessResult.self)
        checkWords("rung.meanwhile", CloudMeanwhile.self)
        for column in ClaimsSheet.columns { #expect(Labels.has("claims.column.\(column)")) }
        for state in ["submitted", "complete", "incomplete"] { #expect(Labels.has("claims.state.\(state)")) }
    }

    @Test func whatIsToldFillsEveryPlaceOfItsSentence() {
        var told: Set<String> = []
        func check<Word: SentenceWord>(_ reasons: [Worded<Word>], _ seed: UInt64) {
            for reason in reasons {
                told.insert(reason.labelKey)
                #expect(Labels.places(in: reason.text).isEmpty, "seed \(seed): \(reason.text)")
                for language in Language.allCases {
                    let text = reason.text(language, asOf: RandomSite.morning)
                    #expect(Labels.places(in: text).isEmpty, "seed \(seed): \(text)")
                }
            }
        }
        for seed in UInt64(1)...2_000 {
            var site = RandomSite(seed: seed)
            for copy in site.survival.copies { check(copy.reasons, seed) }
            check(site.choice(loaners: Int(seed % 3)).reasons, seed)
            let facts = ReadinessFacts(
                site: SiteID(trusted: "s-1"), copies: site.copies,
                mappedDepthMeters: seed % 5 == 0 ? 0 : site.harm.mappedDepthMeters,
                hasUPS: [true, false, nil][Int(seed % 3)], weight: 1_000)
            check(Readiness(facts, at: RandomSite.morning).checks.map(\.reason), seed)
            let sheet = ClaimsSheet(site.claims())
            check(sheet.reasons, seed)
            check(sheet.missing, seed)
        }
        func everyWordIsTold<Word: SentenceWord>(_: Word.Type) {
            for word in Word.allCases { #expect(told.contains(Worded(word).labelKey), "\(word) is never told") }
        }
        everyWordIsTold(SurvivalReason.self)
        everyWordIsTold(RungReason.self)
        everyWordIsTold(ClaimsMissing.self)
        everyWordIsTold(ClaimsReason.self)
        everyWordIsTold(ReadinessReason.self)
    }
}
