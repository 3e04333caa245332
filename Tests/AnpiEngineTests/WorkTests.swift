import AnpiModel
import Testing

@testable import AnpiEngine

@Suite struct WorkTests {
    /// `s-1` fell silent; incident I-1, task T-1 offered to the nearest.
    private func silentSite(_ fleet: Fleet = .small()) -> Story {
        var story = Story(fleet)
        story.beat("a-1", 1)
        story.pass(.seconds(180))
        return story
    }

    @Test func aSilentSiteOpensOneIncidentWithAnOfferToTheNearest() {
        let story = silentSite()
        #expect(story.names.suffix(4) == [.siteAssessed, .incidentOpened, .taskDrafted, .taskOffered])
        #expect(story.task(1)?.offer?.engineer == 0)
        #expect(story.incident(1)?.state == .active)
        #expect(
            story.decisions.last?.json.text
                == #"{"at":"2022-09-24T06:01:00.000+09:00","decision":"task.offered","task":"T-1","site":"s-1","#
                + #""kind":"inspect","engineer":"eng-1","until":"2022-09-24T06:16:00.000+09:00","incident":"I-1"}"#)
    }

    @Test func declinedGoesToTheNextAndExpiredToo() {
        var story = silentSite()
        #expect(story.move(1, .declined, as: .engineer("eng-1"), reason: "flooded").status == 200)
        #expect(story.task(1)?.offer?.engineer == 1)
        story.pass(.seconds(900))
        #expect(story.task(1)?.offer?.engineer == 2)
        #expect(story.task(1)?.ended.map(\.end) == [.declined, .expired])
        story.pass(.seconds(900))
        #expect(story.task(1)?.state == .draft)
        #expect(story.task(1)?.reason == "allDeclined")
    }

    @Test func whoDidNotAnswerIsAskedAgainOnceTheySayTheyAreAvailable() {
        var story = silentSite()
        story.pass(.seconds(2_700))
        #expect(story.task(1)?.state == .draft)
        let change = AvailabilityChange(availability: .available)
        _ = story.command(.setAvailability(EngineerID(trusted: "eng-2"), change), as: .engineer("eng-2"))
        #expect(story.task(1)?.offer?.engineer == 1)
    }

    @Test func whoSleptIsAskedAgainLaterAndWhoSaidNoIsNot() {
        var story = silentSite()
        #expect(story.move(1, .declined, as: .engineer("eng-1"), reason: "flooded").status == 200)
        story.pass(.seconds(2 * 900))
        #expect(story.task(1)?.reason == "allDeclined")
        story.pass(.seconds(4 * 3_600))
        #expect(story.task(1)?.ended.filter { $0.offer.engineer == 0 }.count == 1)
        #expect(story.task(1)?.ended.filter { $0.offer.engineer == 1 }.count ?? 0 >= 2)
    }

    @Test func anIncidentOfClinicsThatCloseAtNightEndsADayAfterTheyWereHeard() {
        var story = Story()
        story.pass(to: Story.at("2022-09-24T08:55:00.000+09:00"))
        story.beat("a-3", 1)
        let number = story.incident(.hazard, sites: ["s-3"]).number
        story.pass(.seconds(60))
        story.hear("a-3", until: Story.at("2022-09-24T12:20:00.000+09:00"))
        story.pass(to: Story.at("2022-09-24T12:10:00.000+09:00"))
        #expect(story.incident(number)?.state == .stable)
        // Closing time comes in between: nobody is worse for that.
        story.pass(to: Story.at("2022-09-25T08:55:00.000+09:00"))
        #expect(story.assessment("s-3") == .quiet)
        #expect(story.incident(number)?.state == .stable)
        story.pass(to: Story.at("2022-09-25T12:30:00.000+09:00"))
        #expect(story.incident(number)?.state == .closed)
    }

    @Test func nobodyOnDutyLeavesADraftThatSaysWhoComesNextAndWhen() {
        var fleet = Fleet.small()
        fleet.engineers = [
            Fleet.engineer("eng-1", north: 0.01, shift: "Mo-Fr 09:00-17:30"),
            Fleet.engineer("eng-2", north: 0.1, shift: "Sa 08:00-12:00"),
        ]
        var story = silentSite(fleet)
        #expect(story.task(1)?.state == .draft)
        let opening = Story.at("2022-09-24T08:00:00.000+09:00")
        #expect(story.task(1)?.next == TaskRecord.Next(engineer: 1, at: opening))
        story.pass(to: opening)
        #expect(story.task(1)?.offer?.engineer == 1)
    }

    @Test func anUnavailableEngineerLosesTheOfferAndComesBackByTheirOwnTime() {
        var story = silentSite()
        let until = story.now + .seconds(3_600)
        let change = AvailabilityChange(availability: .unavailable, reason: "road", until: until)
        #expect(
            story.command(.setAvailability(EngineerID(trusted: "eng-1"), change), as: .engineer("eng-1")).status == 200)
        #expect(story.task(1)?.offer?.engineer == 1)
        story.pass(to: until)
        #expect(story.engine.engineers[0].availability == .available)
    }

    @Test(arguments: [false, true])
    func whatAnUnavailableEngineerHadPromisedGoesBackAndWhatHasBegunGoesOn(hasBegun: Bool) {
        var story = silentSite()
        #expect(story.move(1, .accepted, as: .engineer("eng-1")).status == 200)
        if hasBegun { #expect(story.move(1, .travelling, as: .engineer("eng-1")).status == 200) }
        let change = AvailabilityChange(availability: .unavailable, reason: "flooded at home")
        #expect(
            story.command(.setAvailability(EngineerID(trusted: "eng-1"), change), as: .engineer("eng-1")).status == 200)
        if !hasBegun {
            #expect(story.task(1)?.engineer == nil)
            #expect(story.task(1)?.offer?.engineer != 0)
            #expect(story.task(1)?.ended.last { $0.offer.engineer == 0 }?.end == .withdrawn)
        } else {
            #expect(story.task(1)?.state == .travelling && story.task(1)?.engineer == 0)
        }
    }

    @Test func aBigEventDoesNotRingOnePhoneOnly() throws {
        var fleet = Fleet.small()
        fleet.sites = (0..<12).map { Fleet.site("s-\($0)") }
        fleet.agents = (0..<12).map { Fleet.agent("a-\($0)", at: "s-\($0)") }
        fleet.copies = []
        var story = Story(fleet)
        for number in 0..<12 { story.beat("a-\(number)", 1) }
        story.pass(.seconds(180))
        #expect(story.engine.offersWaiting == [4, 4, 4])
        let first = try #require(story.engine.tasks.open.first { story.task($0)?.offer?.engineer == 0 })
        #expect(story.move(first, .accepted, as: .engineer("eng-1")).status == 200)
        #expect(story.engine.offersWaiting == [3, 4, 4])
        let restored = try Engine(
            restoring: story.engine.checkpointHead(), blocks: story.engine.checkpointBlocks(dirtyOnly: false))
        #expect(restored.offersWaiting == [3, 4, 4])
        for number in 0..<12 { story.beat("a-\(number)", 2) }
        #expect(story.engine.offersWaiting == [0, 0, 0])
    }

    @Test func hearingAgainClosesWhatNobodyTouched() {
        var story = silentSite()
        _ = story.news()
        story.beat("a-1", 2)
        #expect(story.task(1)?.state == .cancelled)
        #expect(story.incident(1)?.state == .closed)
        #expect(story.incident(1)?.reason == "heardAgain")
        #expect(story.names == [.agentContact, .siteContact, .siteAssessed, .taskChanged, .incidentClosed])
    }

    @Test func aGoodbyeAfterSilenceClosesWhatNobodyTouched() {
        var story = silentSite()
        _ = story.news()
        story.beat("a-1", 2) { $0.notice = .goodbye }
        #expect(story.contact("s-1") == .signedOff)
        #expect(story.task(1)?.state == .cancelled)
        #expect(story.task(1)?.reason == "heardAgain")
        #expect(story.incident(1)?.state == .closed)
        #expect(story.incident(1)?.reason == "heardAgain")
        #expect(story.names == [.agentContact, .siteContact, .siteAssessed, .taskChanged, .incidentClosed])
        // The silence after the goodbye's own time is another one.
        story.pass(.seconds(3 * 86_400))
        #expect(story.contact("s-1") == .silent)
        #expect(story.incident(2)?.state != nil)
    }

    @Test func aGoodbyeAfterSilenceLeavesWhatSomebodyTouchedAndTheTimelineSaysIt() {
        var story = silentSite()
        #expect(story.move(1, .accepted, as: .engineer("eng-1")).status == 200)
        _ = story.news()
        story.beat("a-1", 2) { $0.notice = .goodbye }
        #expect(story.task(1)?.state == .accepted)
        #expect(story.incident(1)?.state == .active)
        let notes = story.step.entries.compactMap { entry -> String? in
            if case .note(let note) = entry { note.kind } else { nil }
        }
        #expect(notes == ["incident.heardAgain"])
    }

    @Test func aGoodbyeDoesNotUndoAConfirmedHit() {
        var story = silentSite()
        var survey = FindingDraft(kind: .survey, site: SiteID(trusted: "s-1"), result: "damage")
        survey.expiresAt = story.now + .seconds(3_600)
        #expect(story.command(.addFinding(survey), as: .engineer("eng-1")).status == 201)
        story.beat("a-1", 2) { $0.notice = .goodbye }
        #expect(story.task(1)?.state == .offered)
        #expect(story.incident(1)?.state == .active)
    }

    @Test func aTouchedTaskStaysWhenTheSiteIsHeard() {
        var story = silentSite()
        #expect(story.move(1, .accepted, as: .engineer("eng-1")).status == 200)
        _ = story.news()
        story.beat("a-1", 2)
        #expect(story.task(1)?.state == .accepted)
        #expect(story.incident(1)?.state == .active)
        let notes = story.step.entries.compactMap { entry -> String? in
            if case .note(let note) = entry { note.kind } else { nil }
        }
        #expect(notes == ["incident.heardAgain"])
    }

    @Test func anIncidentIsStableAfterTwoHoursAndClosesADayAfterAllIsWell() {
        var story = silentSite()
        _ = story.move(1, .accepted, as: .engineer("eng-1"))
        story.pass(.seconds(7_200))
        #expect(story.incident(1)?.state == .stable)
        #expect(story.incident(1)?.stableAt == story.incident(1).map { $0.openedAt + .seconds(7_200) })
        for state in [TaskTransition.Target.travelling, .onSite, .done] {
            #expect(story.move(1, state, as: .engineer("eng-1")).status == 200)
        }
        story.beat("a-1", 2) { $0.interval = 86_400 }
        let well = story.now
        story.pass(to: well.adding(86_400_000 - 1))
        #expect(story.incident(1)?.state == .stable)
        story.pass(to: well.adding(86_400_000))
        #expect(story.incident(1)?.state == .closed)
        #expect(story.names.filter { $0 == .incidentClosed }.count == 1)
    }

    /// Every pair of states, by the table of CONTRACTS §4.
    @Test(arguments: TaskState.allCases, TaskState.allCases)
    func transitionsAreThoseOfTheTable(from: TaskState, to: TaskState) {
        var story = silentSite()
        let path: [TaskState: [TaskTransition.Target]] = [
            .draft: [.draft], .offered: [], .accepted: [.accepted], .travelling: [.accepted, .travelling],
            .onSite: [.accepted, .onSite], .blocked: [.accepted, .blocked], .done: [.accepted, .onSite, .done],
            .failed: [.accepted, .onSite, .failed], .cancelled: [.cancelled],
        ]
        for target in path[from] ?? [] { #expect(story.move(1, target).status == 200) }
        #expect(story.task(1)?.state == from)
        guard let target = TaskTransition.Target(rawValue: to.rawValue) else { return }
        let outcome = story.move(1, target, onBehalfOf: to == .offered ? "eng-1" : nil)
        #expect(outcome.status == (from.successors.contains(to) ? 200 : 409))
        if outcome.status == 200 { #expect(outcome.body["state"] == .word(to)) }
        if outcome.status == 409 { #expect(outcome.body["detail"]?.text.contains("T-1 was") == true) }
    }

    @Test func aTaskIsAcceptedOnce() {
        var story = silentSite()
        #expect(story.move(1, .accepted, as: .engineer("eng-1")).status == 200)
        let again = story.move(1, .accepted)
        #expect(again.status == 409)
        #expect(
            again.body["detail"]
                == .string(
                    "T-1 was accepted (技術者 eng-1) by eng-1 at 2022-09-24T06:01:00.000+09:00; "
                        + "from accepted it does not go to accepted"))
        #expect(story.move(1, .accepted, as: .engineer("eng-2")).status == 403)
    }

    @Test func engineersActForThemselvesAndViewersNotAtAll() {
        var story = silentSite()
        #expect(story.move(1, .accepted, as: .engineer("eng-2")).status == 403)
        #expect(story.move(1, .accepted, as: .engineer("eng-1"), onBehalfOf: "eng-2").status == 403)
        #expect(story.move(1, .cancelled, as: .engineer("eng-1")).status == 403)
        #expect(story.move(1, .accepted, as: .viewer).status == 403)
        #expect(story.move(9, .accepted).status == 404)
        let elsewhere = Command.Actor(name: "x", role: .coordinator, offices: [OfficeID(trusted: "hmt")])
        #expect(story.move(1, .accepted, as: elsewhere).status == 403)
    }

    @Test func aCoordinatorActsForAnEngineerAndTheJournalKeepsBothNames() {
        var story = silentSite()
        #expect(story.move(1, .accepted, onBehalfOf: "eng-2").status == 409)
        _ = story.news()
        #expect(story.move(1, .accepted, onBehalfOf: "eng-1").status == 200)
        #expect(story.task(1)?.engineer == 0)
        let note = story.step.entries.compactMap { entry -> Step.Note? in
            if case .note(let note) = entry { note } else { nil }
        }.last
        #expect(note?.kind == "command.task")
        #expect(note?.actor == "Suzuki")
        #expect(note?.body["onBehalfOf"] == "eng-1")
    }

    /// Every transition but the offer, which names whom to ask next.
    @Test(
        arguments: [
            .accepted, .declined, .draft, .cancelled, .travelling, .onSite, .blocked, .done, .failed,
        ] as [TaskTransition.Target])
    func onBehalfOfAnotherThanTheHolderIsAConflictThatNamesTheHolder(target: TaskTransition.Target) {
        var story = silentSite()
        let asked = story.move(1, target, onBehalfOf: "eng-2")
        #expect(asked.status == 409)
        #expect(asked.body["detail"]?.text.contains("it is with 技術者 eng-1 (eng-1), not with eng-2") == true)
        #expect(story.move(1, .accepted, as: .engineer("eng-1")).status == 200)
        let held = story.task(1)
        let outcome = story.move(1, target, onBehalfOf: "eng-2")
        #expect(outcome.status == 409)
        #expect(outcome.body["detail"]?.text.contains("it is with 技術者 eng-1 (eng-1), not with eng-2") == true)
        #expect(story.task(1) == held)
    }

    @Test(arguments: [.draft, .cancelled, .travelling, .onSite, .blocked] as [TaskTransition.Target])
    func onBehalfOfTheHolderTheJournalKeepsBothNames(target: TaskTransition.Target) {
        var story = silentSite()
        #expect(story.move(1, .accepted, as: .engineer("eng-1")).status == 200)
        _ = story.news()
        #expect(story.move(1, target, onBehalfOf: "eng-1").status == 200)
        let note = story.step.entries.compactMap { entry -> Step.Note? in
            if case .note(let note) = entry, note.kind == "command.task" { note } else { nil }
        }.last
        #expect(note?.actor == "Suzuki")
        #expect(note?.body["onBehalfOf"] == "eng-1")
    }

    @Test func onBehalfOfSomebodyWhereNobodyHasTheTaskIsAConflict() {
        var story = silentSite()
        #expect(story.move(1, .draft).status == 200)
        let outcome = story.move(1, .cancelled, onBehalfOf: "eng-1")
        #expect(outcome.status == 409)
        #expect(outcome.body["detail"]?.text.contains("nobody has it") == true)
        #expect(story.move(1, .cancelled).status == 200)
    }

    @Test func anotherVersionThanTheOneSeenIsAConflict() {
        var story = silentSite()
        let seen = story.task(1)?.version
        #expect(story.move(1, .accepted, ifVersion: seen).status == 200)
        let outcome = story.move(1, .travelling, ifVersion: seen)
        #expect(outcome.status == 409)
        #expect(story.move(1, .travelling, ifVersion: story.task(1)?.version).version == story.task(1)?.version)
    }

    @Test func aHandedBackTaskIsADraftAndGoesToTheNextInTheSameStep() {
        var story = silentSite()
        _ = story.move(1, .accepted, as: .engineer("eng-1"))
        let outcome = story.move(1, .draft, as: .engineer("eng-1"), reason: "the road is under water")
        #expect(outcome.body["state"] == "draft")
        #expect(story.task(1)?.offer?.engineer == 1)
    }

    @Test func aCoordinatorWhoTakesAnOfferBackKeepsTheTaskInHand() {
        var story = silentSite()
        #expect(story.move(1, .draft).status == 200)
        story.pass(.seconds(3_600))
        #expect(story.task(1)?.state == .draft)
        #expect(story.move(1, .offered, onBehalfOf: "eng-3").status == 200)
        #expect(story.task(1)?.offer?.engineer == 2)
    }

    @Test func anIncidentClosedByAPersonDoesNotOpenAgainForTheSameSilence() {
        var story = silentSite()
        let change = IncidentTransition(to: .closed, reason: "known works")
        #expect(story.command(.transitionIncident(IncidentID(1), change), as: .viewer).status == 403)
        #expect(story.command(.transitionIncident(IncidentID(1), change)).status == 200)
        #expect(story.command(.transitionIncident(IncidentID(1), change)).status == 409)
        story.pass(.seconds(86_400))
        #expect(story.engine.incidents.next == 2)
        story.beat("a-1", 2)
        story.pass(.seconds(300))
        #expect(story.engine.incidents.next == 3)
    }

    @Test func aServerThatAloneIsSilentIsPhonedAboutInOfficeHours() {
        var fleet = Fleet.small()
        fleet.agents.append(Fleet.agent("a-1-gw", at: "s-1", device: .gateway))
        // Saturday: the office opens on Monday 09:00.
        var story = Story(fleet)
        story.beat("a-1", 1)
        story.beats(["a-1-gw"], from: 1, minutes: 5)
        let told = story.decisions.last { $0.name == .agentContact }
        #expect(told?.json["attribution"] == "deviceOnly")
        #expect(story.engine.incidents.next == 1)
        #expect(story.engine.tasks.next == 1)
        story.beat("a-1-gw", 6) { $0.interval = 86_400 }
        story.pass(to: Story.at("2022-09-25T06:00:00.000+09:00"))
        story.beat("a-1-gw", 7) { $0.interval = 86_400 }
        story.pass(to: Story.at("2022-09-26T06:00:00.000+09:00"))
        story.beat("a-1-gw", 8) { $0.interval = 86_400 }
        story.pass(to: Story.at("2022-09-26T09:00:00.000+09:00"))
        #expect(story.task(1)?.kind == .phone)
        #expect(story.task(1)?.state == .draft)
        #expect(story.task(1)?.createdAt == story.now)
        story.beat("a-1", 2)
        #expect(story.task(1)?.state == .cancelled)
    }

    @Test func findingsConfirmAndExpire() {
        var story = silentSite()
        var survey = FindingDraft(kind: .survey, site: SiteID(trusted: "s-1"), result: "damage")
        survey.expiresAt = story.now + .seconds(3_600)
        let outcome = story.command(.addFinding(survey), as: .engineer("eng-1"))
        #expect(outcome.status == 201)
        #expect(outcome.body["id"] == "F-1")
        #expect(story.assessment("s-1") == .confirmedHit)
        var override = FindingDraft(kind: .override, site: SiteID(trusted: "s-1"), result: "confirmedOK")
        #expect(story.command(.addFinding(override)).status == 422)
        override.expiresAt = story.now + .seconds(600)
        override.text = "rang the neighbour"
        #expect(story.command(.addFinding(override)).status == 201)
        #expect(story.assessment("s-1") == .confirmedOK)
        story.pass(.seconds(600))
        #expect(story.assessment("s-1") == .confirmedHit)
        story.pass(.seconds(3_000))
        #expect(story.assessment("s-1") == .unknown)
    }

    @Test func aPhoneResultIsTheLastCall() {
        var story = silentSite()
        var call = FindingDraft(kind: .phone, site: SiteID(trusted: "s-1"), result: "noAnswer")
        call.direction = .out
        #expect(story.command(.addFinding(call)).status == 201)
        #expect(story.engine.site(SiteID(trusted: "s-1"))?["lastCall"]?["result"] == "noAnswer")
        #expect(story.assessment("s-1") == .unknown)
        #expect(story.command(.addFinding(call), as: .viewer).status == 403)
    }

    @Test(arguments: [[], [.travelling], [.blocked]] as [[TaskTransition.Target]])
    func whatARetiredEngineerHasGoesToTheNext(steps: [TaskTransition.Target]) {
        var story = silentSite()
        for target in [.accepted] + steps { #expect(story.move(1, target, as: .engineer("eng-1")).status == 200) }
        _ = story.news()
        var fleet = Fleet.small()
        fleet.engineers.removeFirst()
        #expect(story.command(.importFleet(fleet), as: .admin).status == 200)
        let told = story.decisions.first { $0.name == .taskChanged }
        #expect(told?.json["state"] == "draft")
        #expect(told?.json["reason"] == "engineerRetired")
        #expect(story.names.contains(.taskOffered))
        #expect(story.task(1)?.state == .offered)
        #expect(story.task(1)?.engineer == nil)
        #expect(story.task(1)?.offer?.engineer == 1)
        #expect(story.task(1)?.ended.map(\.end) == [.accepted, .withdrawn])
        #expect(story.task(1)?.ended.last?.reason == "engineerRetired")
    }

    @Test func whatARetiredEngineerDoesOnSiteIsFinishedByACoordinator() {
        var story = silentSite()
        for target in [TaskTransition.Target.accepted, .onSite] {
            #expect(story.move(1, target, as: .engineer("eng-1")).status == 200)
        }
        var fleet = Fleet.small()
        fleet.engineers.removeFirst()
        #expect(story.command(.importFleet(fleet), as: .admin).status == 200)
        #expect(story.task(1)?.state == .onSite)
        #expect(story.move(1, .failed, reason: "left the company").status == 200)
    }

    @Test func whatLeavesTheFleetIsRetiredAndNotJudged() {
        var story = silentSite()
        var fleet = Fleet.small()
        fleet.sites.removeFirst()
        fleet.agents.removeFirst()
        fleet.copies = []
        let outcome = story.command(.importFleet(fleet), as: .admin)
        #expect(outcome.body["retired"]?["sites"] == 1)
        #expect(outcome.body["retired"]?["agents"] == 1)
        #expect(outcome.version == 2)
        #expect(story.incident(1)?.reason == "retired")
        #expect(story.engine.site(SiteID(trusted: "s-1"))?["retired"] == true)
        #expect(!story.engine.isEnrolled(AgentID(trusted: "a-1")))
        story.beat("a-1", 9)
        #expect(story.contact("s-1") != .reporting)
        #expect(story.command(.importFleet(fleet), as: .admin).version == 2)
        #expect(story.command(.importFleet(.small()), as: .coordinator).status == 403)
        let back = story.command(.importFleet(.small()), as: .admin)
        #expect(back.body["added"]?["sites"] == 1)
        story.beat("a-1", 10)
        #expect(story.contact("s-1") == .reporting)
    }
}
