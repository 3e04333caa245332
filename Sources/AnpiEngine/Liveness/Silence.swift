import AnpiModel

/// What the silence of a site or of one of its devices says.
enum Silence: Equatable {
    /// It is not silent.
    case none
    /// Expected at this time; looked at again then.
    case saysNothing(until: Timestamp?)
    /// A healthy site would be heard: how seldom it would not, and by which device.
    case informative(Telling)

    /// The device whose silence says most.
    struct Telling: Equatable {
        /// Its number; -1 where pings alone tell of the site.
        var agent: Int
        /// P(silent | healthy) in this slot as learned, before floors (inference 2).
        var whenHealthy: Double
        var slot: Slot
        /// Since when it could have been heard: its last beat, or the opening that it missed.
        var since: Timestamp
        /// What an ordinary pause of it may last: interval + grace.
        var patience: Duration
    }

    /// A silence that says more often nothing than something is no evidence (inference 1).
    static let informativeBelow = 0.5

    var isInformative: Bool {
        if case .informative = self { true } else { false }
    }

    /// The same, looked at again no later than `other`.
    fileprivate func sooner(_ other: Timestamp?) -> Silence {
        guard case .saysNothing(let until?) = self else { return .saysNothing(until: other) }
        return .saysNothing(until: other.map { min($0, until) } ?? until)
    }
}

extension Engine {
    /// Of several silent devices the most telling counts; signs of one building are never added up.
    func silence(of site: Int) -> Silence {
        guard case .silent = contactNow(of: site) else { return .none }
        let pings = pings(of: site)
        var result = Silence.saysNothing(until: nil)
        var hasAgents = false
        index.forEachAgent(of: site) { number in
            switch silence(ofAgent: number) {
            case .none: break
            case .saysNothing(let until):
                hasAgents = true
                if !result.isInformative { result = result.sooner(until) }
            case .informative(let telling):
                hasAgents = true
                // A ping since then: the device is down, the site was not, and the next ping will tell.
                let wasHeardSince = agents[number].contact.lastHeard < pings.at
                if wasHeardSince && now < pings.dueAt {
                    if !result.isInformative { result = result.sooner(pings.dueAt) }
                } else if case .informative(let other) = result, other.whenHealthy <= telling.whenHealthy {
                    break
                } else {
                    result = .informative(telling)
                }
            }
        }
        guard !hasAgents, pings.until > .distantPast else { return result }
        return .informative(
            Silence.Telling(
                agent: -1, whenHealthy: SilenceProfile.ofPings, slot: slot(of: site),
                since: pings.at, patience: pings.until - pings.at))
    }

    /// What the silence of one device says by its rhythm and by what was learned of it.
    ///
    /// An `hours` device says something once the site has been open for the start-up allowance (roll call), an `always`
    /// device in every slot in which it is used to be on.
    func silence(ofAgent number: Int) -> Silence {
        let contact = agents[number].contact
        guard !index.agents[number].isCanary, !index.agents[number].isRetired, contact.isSilent else {
            return .none
        }
        let clock = clock(of: Int(index.agents[number].site))
        let slot = clock?.slot ?? .open
        let whenHealthy = probabilityOfSilence(ofAgent: number, in: slot)
        func informative(since: Timestamp) -> Silence {
            guard whenHealthy < Silence.informativeBelow else { return .saysNothing(until: clock?.slotEnds) }
            return .informative(
                Silence.Telling(
                    agent: number, whenHealthy: whenHealthy, slot: slot, since: since,
                    patience: .milliseconds(contact.interval + graceMilliseconds(ofAgent: number))))
        }
        switch index.agents[number].rhythm {
        case .always: return informative(since: contact.lastHeard)
        case .hours:
            // Unknown hours say nothing about a device that follows them.
            guard let clock, clock.isKnown else { return .saysNothing(until: nil) }
            let allowance = parameters.startUpAllowance
            guard clock.isOpen else { return .saysNothing(until: clock.nextChange.map { $0 + allowance }) }
            guard !clock.isCustomaryClosure else { return .saysNothing(until: clock.slotEnds) }
            guard isUp(number, clock, after: allowance) else {
                let opening = index.calendar(of: Int(index.agents[number].site))?.nextOpening(after: now - allowance)
                return .saysNothing(until: opening.map { $0 + allowance })
            }
            // The last opening; within a day, for who has been open longer was heard or missed in that time.
            let opening = max(clock.openSince, now - .seconds(86_400))
            let since = max(opening, contact.lastHeard)
            guard !blind.isEmpty else { return informative(since: since) }
            // Who should have come up while we were blind is granted the time to reach us.
            let deadline = BlindLedger.Deadline(
                at: opening + allowance, since: since, grace: graceMilliseconds(ofAgent: number),
                interval: contact.interval, isTimeOfDay: true)
            switch blind.allow(for: deadline) {
            case .at(let at) where at > now: return .saysNothing(until: at)
            case .at: return informative(since: since)
            case .whenWeHearAgain: return .saysNothing(until: now + parameters.looksAgainWhileDeaf)
            }
        }
    }

    /// Whether the site of a device has been open for its start-up allowance, a closing within it forgiven.
    private func isUp(_ number: Int, _ clock: CalendarClock, after allowance: Duration) -> Bool {
        let before = now - allowance
        if clock.openSince <= before { return true }
        return index.calendar(of: Int(index.agents[number].site))?.isOpen(at: before) ?? false
    }

    /// P(silent | healthy) of a device in a slot: learned, with the fleet's mean behind it.
    func probabilityOfSilence(ofAgent number: Int, in slot: Slot) -> Double {
        let entry = index.agents[number]
        return agents[number].rhythm.probability(
            in: slot, fleet: profile, kind: DeviceKind(device: entry.device, rhythm: entry.rhythm),
            floor: parameters.floors.area)
    }

    /// The part of the site's week that it is now; a site whose hours nobody told is taken for open, where a silence
    /// weighs as it does by day.
    func slot(of site: Int) -> Slot { clock(of: site)?.slot ?? .open }

    /// What a pause of an agent may last beyond its interval: declared, else learned, else a number of intervals.
    func graceMilliseconds(ofAgent number: Int) -> Int64 { agents[number].contact.grace(parameters) }
}
