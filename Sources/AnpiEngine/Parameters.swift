package import AnpiModel

/// The numbers that the engine's rules hang on; an input with a version, never a global.
package struct Parameters: Hashable, Sendable {
    /// What a beat's interval is taken for until one was heard and where the fleet names none.
    package var defaultIntervalSeconds = 60
    /// Grace where the fleet leaves it empty: this many intervals (60 s beat + 120 s pause).
    package var defaultGraceIntervals = 2
    /// How long a device may take to come up after the site's opening.
    package var startUpAllowance: Duration = .seconds(15 * 60)
    /// How long an offer waits for its answer.
    package var offerLasts: Duration = .seconds(15 * 60)
    /// An engineer whom so many offers wait for is passed over while another one fits: one event must not ring one
    /// phone fifty times.
    package var offersWaitingMax = 5
    /// While we are blind, sites that only the time of the day would judge are looked at again this often.
    package var looksAgainWhileDeaf: Duration = .seconds(60)
    /// How long a goodbye of an `always` agent is believed.
    package var goodbyeOfAlwaysLasts: Duration = .seconds(30 * 60)
    /// How long any goodbye is believed at most.
    package var goodbyeLastsAtMost: Duration = .seconds(24 * 3_600)
    /// An incident is stable when no member got worse for this long.
    package var stableAfter: Duration = .seconds(2 * 3_600)
    /// A stable incident whose members are well and whose tasks are final closes after this long.
    package var closedAfter: Duration = .seconds(24 * 3_600)
    /// How long a site is taken as heard by a ping of a copy that names no `everyHours`.
    package var pingHeardFor: Duration = .seconds(24 * 3_600)
    /// Closed incidents, final tasks and expired findings are kept in memory this long (the store keeps their rows).
    package var keepsFinished: Duration = .seconds(30 * 86_400)
    /// When the office rings about a device that alone is silent; nil is always.
    package var officeHours = try? OpeningHours(parsing: "Mo-Fr 09:00-17:30; PH off")

    package init() {}
}
