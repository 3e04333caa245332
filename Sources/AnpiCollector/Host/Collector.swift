import AnpiDigest
import AnpiEngine
import AnpiModel
package import AnpiStore
import FoundationEssentials
package import Logging
import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle
import UnixSignals

/// The whole collector put together: store, log, engine, both doors, deliveries, live stream.
package struct Collector: Sendable {
    package struct Settings: Sendable {
        package var people: ListenAddress
        /// Nil: the people's door alone takes the beats.
        package var agents: ListenAddress?
        package var adminTokenFile: String
        package var hooksFile: String?
        package var tlsCertificate: String?
        package var tlsKey: String?
        package var behindProxy: String?
        /// Where rows of the input log go that the database no longer needs.
        package var archiveFolder: String
        package var retention = RetentionSettings.standard
        /// Atom feeds of official warnings, and how far two looks at them are apart.
        package var hazardFeeds: [String] = []
        package var hazardPollEvery: Duration = .seconds(60)
        /// Where drills lie, a folder each; nil: there are none.
        package var drillsFolder: String?
        /// Where the heads of the journal are noted; nil: only in hooks.
        package var anchorFile: String?
        /// Other collectors may use the same database: one of them decides, the others follow and stand by.
        package var sharesDatabase = false

        package init(people: ListenAddress, agents: ListenAddress?, adminTokenFile: String, archiveFolder: String) {
            self.archiveFolder = archiveFolder
            self.people = people
            self.agents = agents
            self.adminTokenFile = adminTokenFile
        }
    }

    private let settings: Settings
    private let database: any SQLDatabase
    private let logger: Logger

    package init(settings: Settings, database: any SQLDatabase, logger: Logger) {
        self.settings = settings
        self.database = database
        self.logger = logger
    }

    /// Serves until SIGTERM or SIGINT.
    package func run() async throws {
        let tls = try tlsConfiguration()
        try checkAddresses(hasTLS: tls != nil)
        let anchorFile = try settings.anchorFile.map { try AnchorFile($0) }
        let threads = StoreThreads()
        let store = LaneStore(database)
        let writer = Hexadecimal.encode(SecureRandom.bytes(16))
        let entered = try LogEntry.enter(store, as: writer, isShared: settings.sharesDatabase)
        let clock = entered.clock
        if let ahead = entered.isApartBy {
            logger.warning(
                "This machine's clock differs from the other collectors'; theirs counts",
                metadata: ["aheadMilliseconds": "\(ahead.wholeMilliseconds)"])
        }
        if let deaf = entered.deaf {
            logger.notice(
                "Nothing was heard while no collector ran",
                metadata: ["from": "\(deaf.from)", "seconds": "\((deaf.to - deaf.from).wholeSeconds)"])
        }

        let keeper = StoreTokenKeeper(database, threads: threads)
        let access = AccessControl(
            keeper: keeper, proxy: ProxyTrust(flag: settings.behindProxy), hasTLS: tls != nil)
        let admin = try await AdminTokenFile.ensure(
            settings.adminTokenFile, keeper: keeper, table: access.tokens, at: clock.now())
        if admin == .made { logger.notice("First start: the administrator's token is in the admin token file") }

        let metrics = CollectorMetrics()
        let admission = Admission(metrics: metrics)
        let directory = FleetDirectory()
        let end = EndSignal()
        let commit = GroupCommit(
            log: store.log, writer: writer, start: entered.start, clock: clock, metrics: metrics, logger: logger,
            whenShutOut: {
                end.end(because: CollectorError(.shutOut, "another process writes in this one's place"))
            })
        let fleetChanged: @Sendable (Fleet) -> Void = { fleet in
            directory.replace(with: fleet)
            access.pings.replacePlaces(from: fleet)
        }
        if let fleet = try store.fleets.newest() {
            fleetChanged(try JSONDecoder().decode(Fleet.self, from: Data(fleet.body)))
        }

        let configured = try settings.hooksFile.map { try HookConfiguration.load($0).hooks } ?? []
        let hooks = HookSet(configured)
        let decides = ReadyFlag()
        let mayAct: @Sendable () -> Bool = { decides.isSet }
        let delivery = HookDelivery(
            hooks: configured, database: database, logger: logger, now: { clock.now() }, mayAct: mayAct)
        let isReady = ReadyFlag()
        let hub = LiveHub()
        let engine = EngineHost(
            store: store, commit: commit, clock: clock, storeThreads: threads, logger: logger,
            listeners: EngineHost.Listeners(
                committed: { numbers, entries in
                    metrics.count(step: entries)
                    hub.publish(numbers, entries)
                    delivery.wake()
                },
                fleet: fleetChanged,
                directives: { directory.replace(directives: $0) },
                ready: { isReady.set($0) },
                unusable: { end.end(because: $0) },
                advanced: { hub.advanced(to: LiveClock(asOf: $0, deafSince: $1)) }),
            sharedAs: settings.sharesDatabase ? writer : nil, decides: decides,
            outbox: { hooks.outbox($0, $1) })

        let audit = StoreDoorJournal(database, writer: writer, threads: threads, now: { clock.now() })
        let drills = Drills(
            DrillLibrary(folder: settings.drillsFolder),
            in: DrillLane.Surroundings(
                database: database, threads: threads, hooks: hooks, clock: clock, logger: logger),
            audit: audit)
        let intake = BeatIntake(directory: directory)
        let hazards = HazardIntake(
            messages: store.hazards, commit: commit, threads: threads, now: { clock.now() })
        let group = MultiThreadedEventLoopGroup.singleton
        let archive = LogArchive(folder: settings.archiveFolder, lane: 0)
        let kept = KeptCheckpoints(folder: settings.archiveFolder, lane: 0)
        let journal = StoreJournal(database, threads: threads, hub: hub)
        let availability = OfficeAvailability(engine: engine, journal: journal, logger: logger)
        var parts = PeoplesParts(
            engine: engine, commands: engine,
            beats: PeopleIntake(intake: intake, commit: commit, admission: admission, metrics: metrics),
            hazards: hazards,
            journal: journal,
            hooks: OutboxAdministration(
                database, hooks: { hooks.summaries }, threads: threads,
                states: { delivery.states() }, tallies: { delivery.tallies() }, now: { clock.now() }),
            photos: StorePhotos(database, threads: threads), audit: audit, access: access, metrics: metrics,
            liveClients: { hub.clientCount }, now: { clock.now() }, isReady: { isReady.isSet },
            dashboard: StaticFile.officeDashboard, drills: drills)
        parts.availability = availability
        parts.admission = admission
        parts.replay = ReplaySource(
            store: store, archive: archive, kept: kept, threads: threads,
            history: HistorySource(store: store, engine: engine, threads: threads))
        let people = try PeoplesDoor(
            parts: parts,
            settings: .init(host: settings.people.host, port: settings.people.port, tls: tls), logger: logger,
            onListening: { port in
                logger.notice("People's door is open", metadata: ["address": "\(settings.people.host):\(port)"])
            })

        var services: [any Service] = [
            LogAndEngine(commit: commit, engine: engine, threads: threads, end: end, leave: leave(store, as: writer)),
            LoadMonitor(
                commit: commit, engine: engine, admission: admission, group: group, now: { clock.now() }, logger: logger
            ),
            DeliveryService(delivery: delivery),
            HooksReloading(path: settings.hooksFile, hooks: hooks, delivery: delivery, drills: drills, logger: logger),
            hub, drills,
            HazardPollerService(
                poller: HazardPoller(
                    feeds: settings.hazardFeeds, every: settings.hazardPollEvery, intake: hazards, logger: logger,
                    now: { clock.now() }, mayAct: mayAct)),
            Calibrator(
                engine: engine, commit: commit, threads: threads, now: { clock.now() }, logger: logger, mayAct: mayAct),
            availability,
            AccessRefresher(keeper: keeper, table: access.tokens, logger: logger),
            Upkeep(
                store: store, archive: archive, kept: kept,
                retention: Retention(
                    settings.retention, of: store, archive: JournalArchive(folder: settings.archiveFolder),
                    threads: threads),
                threads: threads, clock: clock, logger: logger, mayAct: mayAct),
            JournalAnchor(
                journal: store.journal, commit: commit, file: anchorFile, threads: threads, clock: clock,
                logger: logger, mayAct: mayAct),
        ]
        if let address = settings.agents {
            let door = AgentDoor(
                services: AgentDoor.Services(
                    tokens: access.tokens, pings: access.pings, intake: intake, clock: clock, commit: commit,
                    admission: admission, proxy: access.proxy, metrics: metrics),
                group: group, tls: try tls.map { try NIOSSLContext(configuration: $0) })
            services.append(AgentDoorService(door: door, address: address, logger: logger))
        }
        services.append(people)
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(20)
        try await ServiceGroup(configuration: configuration).run()
    }

    /// Alone it stays: the next start says in the log how long nobody heard.
    private func leave(_ store: LaneStore, as writer: String) -> @Sendable () -> Void {
        guard settings.sharesDatabase else { return {} }
        return { [logger] in
            do {
                try store.log.leave(writer: writer)
            } catch {
                logger.warning("The others wait for this process a few seconds", metadata: ["error": "\(error)"])
            }
        }
    }

    private func tlsConfiguration() throws -> TLSConfiguration? {
        switch (settings.tlsCertificate, settings.tlsKey) {
        case (nil, nil): return nil
        case (let certificate?, let key?):
            let chain = try NIOSSLCertificate.fromPEMFile(certificate).map { NIOSSLCertificateSource.certificate($0) }
            let privateKey = try NIOSSLPrivateKey(file: key, format: .pem)
            return TLSConfiguration.makeServerConfiguration(
                certificateChain: chain, privateKey: .privateKey(privateKey))
        default:
            throw CollectorError(.configuration, "--tls-certificate and --tls-key are given together or not at all")
        }
    }

    private func checkAddresses(hasTLS: Bool) throws {
        for address in [settings.people, settings.agents].compactMap({ $0 }) {
            switch ListenRule.judge(host: address.host, hasTLS: hasTLS, behindProxy: settings.behindProxy) {
            case .allowed: break
            case .refused(let sentence): throw RefusedAddress(sentence: sentence)
            }
        }
    }
}

/// A listen address that would send tokens over a network in the clear.
package struct RefusedAddress: Error, CustomStringConvertible {
    package var sentence: String
    package var description: String { sentence }
}

/// `HOST:PORT` as the flags take it; an IPv6 address stands in brackets.
package struct ListenAddress: Hashable, Sendable {
    package var host: String
    package var port: Int

    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard !host.isEmpty else { return nil }
        self.host = host
        self.port = port
    }
}
