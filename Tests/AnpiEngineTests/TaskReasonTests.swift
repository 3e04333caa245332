import AnpiModel
import Testing

@testable import AnpiEngine

@Suite struct TaskReasonTests {
    @Test(arguments: TaskReason.allCases)
    func everyReasonIsASentenceInBothLanguages(reason: TaskReason) throws {
        #expect(Labels.has(reason.labelKey))
        for language in Language.allCases {
            let plain = Labels.text(reason.plainLabelKey, language)
            #expect(plain.count > 4 && Labels.places(in: plain).isEmpty, "\(plain)")
        }
    }

    @Test(arguments: TaskReason.allCases)
    func whatTheApiSaysFillsEveryPlaceOfTheSentence(reason: TaskReason) throws {
        var story = Story(.small())
        story.beat("a-1", 1)
        story.pass(.seconds(180))
        // Asked and taken back, so that somebody is there to be named.
        story.engine.endOffer(of: 1, .withdrawn, because: reason, into: &story.step)
        let next = TaskRecord.Next(engineer: 1, at: story.engine.now + .seconds(600))
        if reason == .nextOnDuty { story.engine.change(task: 1) { $0.waits(for: next, because: reason) } }

        let task = try #require(story.engine.task(TaskID(1)))
        guard case .array(let offers) = task["offers"] else { return #expect(Bool(false), "no offers") }
        for said in [task["reason"]] + (reason == .nextOnDuty ? [] : [offers.first?["reason"]]) {
            #expect(said?["key"] == .string(reason.labelKey))
            let arguments = try #require(said?["arguments"])
            for place in Labels.places(in: Labels.text(reason.labelKey, .ja)) {
                #expect(arguments[place] != nil, "{\(place)} of \(reason)")
            }
        }
    }

    @Test func whatAPersonWroteStaysAsTheyWroteIt() {
        var story = Story(.small())
        story.beat("a-1", 1)
        story.pass(.seconds(180))
        #expect(story.move(1, .cancelled, reason: "通行止めのため").status == 200)
        #expect(story.engine.task(TaskID(1))?["reason"] == "通行止めのため")
    }
}
