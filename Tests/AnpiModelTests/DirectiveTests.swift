import AnpiModel
import Testing

@Suite struct DirectiveTests {
    private static let asked = Timestamp(rfc3339: "2022-09-23T21:40:00.000+09:00") ?? .distantPast

    @Test(arguments: [
        (Directive.backupOffsite(askedAt: asked), "backup-offsite@2022-09-23T21:40:00.000+09:00"),
        (.reportFaster, "report-faster"),
    ])
    func aDirectiveIsOneWordOnTheWire(directive: Directive, text: String) {
        #expect(directive.text == text)
        #expect(Directive(text) == directive)
    }

    @Test(arguments: ["", "backup-offsite", "backup-offsite@", "backup-offsite@soon", "report-faster@1", "reboot"])
    func whatIsNotKnownIsNoDirective(text: String) {
        #expect(Directive(text) == nil)
    }
}
