import Testing

@testable import AnpiModel

@Suite struct RecoveryTemplatesTests {
    @Test func theStandardFileCoversEveryRung() {
        let standard = RecoveryTemplates.standard
        for rung in Rung.allCases { #expect(standard.tasks.contains { $0.rung == rung }, "\(rung)") }
        for template in standard.tasks {
            #expect(!template.steps.isEmpty && !template.skills.isEmpty && template.minutes > 0)
            #expect(template.needsLoaner == (template.kind == .fetchLoaner))
        }
    }

    @Test func aTaskIsReadWithAllItsKeys() throws {
        let text = """
            [[task]]
            rung = "R3"
            kind = "inspect"
            minutes = 15
            where = "site"

            [[task]]
            rung = "R3"
            kind = "restoreOnLoaner"
            minutes = 45
            minutesPerGigabyte = 0.85
            skills = ["restore", "hardware"]
            where = "work"
            from = "depot"
            stock = "loaner"
            after = ["inspect"]
            within = "keyHolder"
            onlyAt = "office"
            steps = ["復旧する"]
            stepsEnglish = ["Restore"]
            """
        let task = try RecoveryTemplates.read(text).tasks[1]
        #expect(task.rung == .external && task.kind == .restoreOnLoaner && task.milliminutesPerGigabyte == 850)
        #expect(task.skills == [.hardware, .restore] && task.place == .work && task.from == .depot && task.needsLoaner)
        #expect(task.after == [.inspect] && task.within == .keyHolder && task.onlyAt == .office)
        #expect(task.steps == [.init(ja: "復旧する", en: "Restore")])
        #expect(task.minutes(gigabytes: 81) == 114 && task.minutes(gigabytes: nil) == 45)
        #expect(task.minutes(gigabytes: .infinity) == 45 && task.minutes(gigabytes: -1) == 45)
    }

    private static let inspect = "[[task]]\nrung = \"R0\"\nkind = \"inspect\"\nminutes = 1\nwhere = \"site\"\n"

    @Test(arguments: [
        ("", "recovery.toml:1: task is missing: without a [[task]] no rung has work"),
        (
            inspect + "after = [\"inspect\"]",
            "recovery.toml:6: after leads in a circle: inspect would wait for itself"
        ),
        (
            inspect + "after = [\"deliver\"]",
            "recovery.toml:6: after names deliver, which is no task of R0"
        ),
        (inspect + inspect, "recovery.toml:8: kind inspect is there twice in R0"),
        (
            inspect.replacing("\"site\"", with: "\"sites\""),
            "recovery.toml:5: where \"sites\" is none of site, office, depot, work; did you mean site?"
        ),
        (inspect.replacing("= 1", with: "= -1"), "recovery.toml:4: minutes must lie in 0 to 43200"),
        (inspect + "minutesPerGigabyte = 101.0", "recovery.toml:6: minutesPerGigabyte must lie in 0 to 100"),
        (inspect + "step = []", "recovery.toml:6: \"step\" is not known in [task]; did you mean steps?"),
        (
            inspect + "steps = [\"a\"]\nstepsEnglish = []",
            "recovery.toml:7: stepsEnglish has 0 lines and steps has 1: they belong together"
        ),
        ("[task", "recovery.toml:1: the name of the table must end with ]"),
    ])
    func aMistakeIsNamedWithItsLine(_ text: String, _ message: String) {
        #expect { try RecoveryTemplates.read(text) } throws: { error in
            #expect("\(error)" == message)
            return true
        }
    }
}
