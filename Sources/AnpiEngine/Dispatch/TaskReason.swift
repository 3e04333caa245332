import AnpiModel

/// The engine's own words for why a task is as it is; all else that stands as a reason is what a person wrote.
///
/// Each has a whole sentence in the label table (`task.reason.…`) in both languages: people never see the bare word.
package enum TaskReason: String, CaseIterable, Sendable {
    /// Nobody has the skills, or who has them cannot be sent and did not say until when.
    case nobody
    /// Whoever would have passed does not: a look is not worth another way.
    case nobodyPasses
    /// Who could come has declined or not answered.
    case allDeclined
    /// Somebody comes on duty later; the sentence names who and when.
    case nextOnDuty
    /// The plan has somebody for it later, who has enough to answer now.
    case planned
    /// Another task must be done first.
    case waitsForTask
    /// No fitting loaner is free.
    case noLoaner
    /// Closed roads keep everybody away for longer than is planned.
    case roadClosed
    /// Whoever could do it has no time left in their shifts, or would come when nobody opens the door.
    case noTime
    /// The plan found somebody better for a task that was accepted already.
    case replanned
    /// The site's rung of recovery is another now.
    case rungChanged
    /// An engineer did not answer an offer in time.
    case expired
    /// The engineer who was asked has said that they cannot be sent.
    case engineerUnavailable
    /// The engineer who had it, or was asked, has left the fleet.
    case engineerRetired
    /// The site is heard again: nobody needs to go.
    case heardAgain
    /// How the site is has been told by somebody: there is nothing left to ask.
    case answered
    /// The site has left the fleet.
    case retired
    /// Its incident was closed by a person.
    case incidentClosed
    /// The whole site is silent: what a phone call was to ask is now asked by an incident.
    case siteSilent
    /// An outage of its carrier explains the silence: nobody drives there.
    case carrierOutage
    /// A bad release of the agent explains it.
    case badRelease
    /// A storm is coming, and the site would lose its data: somebody rings before.
    case beforeStorm
    /// A worse one took the place of a call before the storm that nobody had begun.
    case othersLoseMore
    /// The warning that it was made for is over.
    case warningOver
}

extension TaskReason {
    /// The sentence's key in the label table; it may have places.
    package var labelKey: String { "task.reason.\(rawValue)" }

    /// The same in short, without places, where nobody is named.
    package var plainLabelKey: String { Labels.has(labelKey + ".plain") ? labelKey + ".plain" : labelKey }

    /// What a problem document says, which are English.
    var sentence: String { Labels.text(plainLabelKey, .en) }
}
