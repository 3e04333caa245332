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
    /// Who did not answer is asked again after so long; who declined is not.
    package var asksAgainAfter: Duration = .seconds(3 * 3_600)
    /// A look at a doubtful site in passing takes so long, and tells what else would be known so much later.
    package var lookMinutes = 15
    package var lookSaves: Duration = .seconds(2 * 3_600)
    /// Doubtful sites of an office that are thought of in one plan.
    package var looksMax = 30
    /// An engineer whom so many offers wait for is passed over while another one fits: one event must not ring one
    /// phone fifty times.
    package var offersWaitingMax = 5
    /// Plans are made anew at the latest after so long while there is work.
    package var plansAgainAfter: Duration = .seconds(300)
    /// Offices in which nothing happened are looked at again after so long: what was too far ahead comes nearer.
    package var plansAllAgainAfter: Duration = .seconds(3_600)
    /// With more open tasks than this, plans are `plansApart`.
    package var planAtOnceUpTo = 50
    package var plansApart: Duration = .seconds(1)
    /// What is not possible within this time is not planned.
    package var plansAhead: Duration = .seconds(48 * 3_600)
    /// So many tasks of an office are planned at once; the others wait their turn.
    package var plannedTasksMax = 300
    /// Changes to a plan that are tried for each job of it, and at most: a small plan is at rest soon.
    package var planMovesPerJob = 200
    package var planMovesMax = Planner.moves
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
    /// From so many sites on an event may have hit the engineers' own homes: nobody knows who can come.
    package var bigIncidentSites = 5
    /// Sites of one office that are rung up before one storm; the readiness list has the others.
    package var callsBeforeStormMax = 30
    /// Closed incidents, final tasks and expired findings are kept in memory this long (the store keeps their rows).
    package var keepsFinished: Duration = .seconds(30 * 86_400)
    /// When the office rings about a device that alone is silent; nil is always.
    package var officeHours = try? OpeningHours(parsing: "Mo-Fr 09:00-17:30; PH off")

    // MARK: Inference (DESIGN §6, inference.md; calibrated by simulation: docs/detection.md)

    /// Least values of p.
    var floors = SilenceFloors()
    /// A lone silence waits so long for its neighbours before it is an incident of its own.
    package var groupWait: Duration = .seconds(30)
    /// A rival explains, and a quake takes down, only what begins within this time.
    var beginsWithin: Duration = .seconds(600)
    /// What remains of a quake's prior once a site is heard after the shaking.
    var heardAfterShaking = 0.05
    /// A flood's prior holds for whoever was not heard since, for so long after the warning.
    var warningHoldsFor: Duration = .seconds(3 * 86_400)
    /// Sites so near, fallen silent within this time of each other, confirm each other.
    var confirmationKilometers = 3.0
    var confirmationWithin: Duration = .seconds(90 * 60)
    /// q of a power failure at a site whose last word was that its power went.
    var shareAfterGasp = 0.95
    /// What a power failure explains at a device whose UPS is read: where the router has none, the last gasp is lost.
    var silenceWithoutGasp = 0.5
    /// A silence votes on rivals for so long.
    var silenceVotesFor: Duration = .seconds(72 * 3_600)
    /// How long after a dark hour p′ stays up, and at what.
    var tailLasts: Duration = .seconds(36 * 3_600)
    var tailWhenHealthy = 0.1
    /// Nats by which a carrier's outage must beat what the neighbours suffer.
    var carrierGain = 14.0
    /// A rival that darkens less than this is not worth a line: it is what every site has.
    var rivalCountsFrom = 0.01
    /// A rival that darkens less than this share opens no incident.
    var rivalOpensFrom = 0.3
    /// A carrier's outage is over when it darkens less than this.
    var rivalEndsBelow = 0.1
    /// At an alarm: one carrier holds so many of the silent sites that its share there makes this a chance below it.
    var carrierTail = 0.01
    /// A rival that explains more than this is named as the cause.
    var rivalNamedFrom = 0.5
    /// How long a release counts as new.
    var releaseIsNewFor: Duration = .seconds(86_400)
    /// An alarm needs so many silent sites.
    var alarmSites = 3
    /// The tail of an area's count below which chance is no explanation.
    var areaTail = 1e-7
    /// So many silent at once are an incident at once, whatever else is known; fewer, of whom nothing else is known, after
    /// this long.
    var clusterRealFrom = 10
    var clusterRealAfter: Duration = .seconds(24 * 3_600)
    /// The least share that they are of all that would be heard in their municipalities: in the night of an update some are
    /// always restarting.
    var clusterRealShare = 0.25
    /// Where one municipality holds this share of them it may be a feeder or an exchange, however many they are.
    var oneMunicipality = 0.75
    /// A candidate incident is real from this probability on that one of its suspects is hit (quakes: decision 12).
    var incidentRealFrom = 0.95
    /// So many newly silent sites are anchors of one scan.
    var anchorsAtOnce = 64
    /// Members of one incident lie so near each other or in one of its municipalities.
    var memberKilometers = 10.0
    /// Warnings so near each other are one event.
    var sameEventKilometers = 100.0
    /// How long an incident holds back alarms of its prefecture.
    var areaHoldsFor: Duration = .seconds(86_400)
    /// What happens so long after an incident began is another event.
    var eventLastsAtMost: Duration = .seconds(7 * 86_400)
    /// An agent of a site that would lose its data in a coming storm is asked to beat so often.
    var beatsBeforeStormEvery: Duration = .seconds(15)
    /// A belief is told again when P moved by this much.
    var tellsAgainFrom = 0.1

    /// Sources of warnings that are kept apart.
    var feedsMax = 64

    /// Nats that the scan must exceed in a fleet of so many sites (inference 7).
    func scanThreshold(sites: Int) -> Double { 13.8 + Double(max(sites, 1)).naturalLogarithm }

    package init() {}
}
