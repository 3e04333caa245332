import AnpiModel

/// What is ordinary for a device: p(silent | healthy, slot), learned from days that are a week old and had nothing
/// unusual in them (DESIGN §6.3, inference 9).
extension Engine {
    /// A silence is over: kept where it lay in a time in which the device is expected to be on.
    mutating func silenceEnded(ofAgent number: Int, since: Timestamp) {
        let entry = index.agents[number]
        let site = Int(entry.site)
        guard !entry.isCanary, now > since else { return }
        if entry.rhythm == .hours, !overlapsSession(site, from: since, to: now) { return }
        recentSilences.append(
            RecentSilences.Entry(agent: Int32(number), from: since, to: now), toBlock: site / DirtyBlocks.sitesInBlock)
    }

    private func overlapsSession(_ site: Int, from: Timestamp, to: Timestamp) -> Bool {
        guard let calendar = index.calendar(of: site), calendar.isKnown else { return false }
        // A night is looked at; whoever is away for longer has missed a session.
        guard to - from < .seconds(86_400) else { return true }
        return windows(of: calendar, on: from.civil().date, for: .hours).contains { $0.from < to && $0.to > from }
            || windows(of: calendar, on: to.civil().date, for: .hours).contains { $0.from < to && $0.to > from }
    }

    /// Nothing is learned of a site's today: an incident, a finding, a high warning.
    mutating func markUnusual(_ site: Int) {
        let days = sites[site].unusualDays
        let first = sites[site].silenceIsTold ? sites[site].lastHeard.civil().date : now.civil().date
        let last = now.civil().date.daysSinceEpoch
        sites[site].unusualDays = (max(first.daysSinceEpoch, last - RecentSilences.ageDays)...last)
            .reduce(days) { $0 | Self.bit(ofDay: $1) }
        dirty.touch(site: site)
    }

    private static func bit(ofDay day: Int) -> UInt8 { 1 << UInt8(((day % 8) + 8) % 8) }

    /// A block's oldest day is old enough: its devices learn from it.
    mutating func learningIsDue(_ block: Int, into step: inout Step) {
        guard recentSilences.blocks.indices.contains(block), recentSilences.blocks[block].dueAt <= now else { return }
        let today = now.civil().date
        let day = today.adding(days: -RecentSilences.ageDays)
        let from = Timestamp(day, minuteOfDay: 0, offset: .japan)
        let to = Timestamp(day.adding(days: 1), minuteOfDay: 0, offset: .japan)
        let entries = recentSilences.blocks[block].entries
        let first = block * DirtyBlocks.sitesInBlock
        for site in first..<min(first + DirtyBlocks.sitesInBlock, sites.count) {
            learn(site, day: day, from: from, to: to, entries)
            // The bit serves the day that is seven days ahead of this one next.
            sites[site].unusualDays &= ~Self.bit(ofDay: day.daysSinceEpoch)
            if sites[site].incident > 0 || sites[site].hazardLevel >= 3 { markUnusual(site) }
            dirty.touch(site: site)
        }
        let next = recentSilences.blocks[block].dueAt + .seconds(86_400)
        recentSilences.learned(block: block, before: to, next: max(next, now + .seconds(60)))
        schedule(recentSilences.blocks[block].dueAt, .learning, block)
    }

    private mutating func learn(
        _ site: Int, day: CivilDate, from: Timestamp, to: Timestamp, _ entries: [RecentSilences.Entry]
    ) {
        guard !index.sites[site].isRetired, sites[site].unusualDays & Self.bit(ofDay: day.daysSinceEpoch) == 0 else {
            return
        }
        for number in index.agents(of: site) where !index.agents[number].isCanary {
            // Who was heard first within that day has no whole day to learn from.
            guard agents[number].contact.contact != .unseen, agents[number].firstHeardAt < from else { continue }
            for window in windows(of: index.calendar(of: site), on: day, for: index.agents[number].rhythm) {
                let isBlind = blind.spans(upTo: now).contains { $0.from < window.to && $0.to > window.from }
                guard !isBlind else { continue }
                var silent: Int64 = 0
                for entry in entries where entry.agent == Int32(number) {
                    silent += overlap(window, entry.from, entry.to)
                }
                if agents[number].contact.contact == .silent {
                    silent += overlap(window, agents[number].contactSince, now)
                }
                let hours = Double(window.to.milliseconds - window.from.milliseconds) / 3_600_000
                agents[number].rhythm.passed(hours: hours, silent: Double(silent) / 3_600_000, in: window.slot)
            }
        }
    }

    private func overlap(_ window: Window, _ from: Timestamp, _ to: Timestamp) -> Int64 {
        max(0, min(window.to, to).milliseconds - max(window.from, from).milliseconds)
    }

    /// A part of a day in which a device is on trial, and as what.
    private struct Window {
        var slot: Slot
        var from: Timestamp
        var to: Timestamp
    }

    /// The trials of one day: for an `hours` device one session, from a quarter of an hour after the first opening to
    /// the last closing, lunch included; for an `always` device the whole day by its slots.
    private func windows(of calendar: SiteCalendar?, on day: CivilDate, for rhythm: Rhythm) -> [Window] {
        let midnight = Timestamp(day, minuteOfDay: 0, offset: .japan)
        let end = Timestamp(day.adding(days: 1), minuteOfDay: 0, offset: .japan)
        guard let calendar, calendar.isKnown else {
            return rhythm == .always ? [Window(slot: .open, from: midnight, to: end)] : []
        }
        var changes: [Timestamp] = [midnight]
        var next = midnight
        while let opening = calendar.isOpen(at: next)
            ? calendar.nextClosing(after: next) : calendar.nextOpening(after: next), opening < end
        {
            changes.append(opening)
            next = opening
        }
        switch rhythm {
        case .always:
            return changes.indices.map { place in
                Window(
                    slot: calendar.slot(at: changes[place]) ?? .open, from: changes[place],
                    to: place + 1 < changes.count ? changes[place + 1] : end)
            }
        case .hours:
            guard let first = changes.first(where: { calendar.isOpen(at: $0) }) else { return [] }
            let last = changes.last { !calendar.isOpen(at: $0) && $0 > first } ?? end
            let start = first + parameters.startUpAllowance
            return start < last ? [Window(slot: .open, from: start, to: last)] : []
        }
    }

    /// The fleet's means anew, once a day with the housekeeping.
    mutating func renewProfile() {
        let (entries, states) = (index.agents, agents)
        let counted = entries.indices.lazy.filter { !entries[$0].isCanary && !entries[$0].isRetired }
        profile = SilenceProfile(
            of: counted.map { number in
                let entry = entries[number]
                return (kind: DeviceKind(device: entry.device, rhythm: entry.rhythm), rhythm: states[number].rhythm)
            })
    }
}
