import AnpiEngine
import AnpiModel

/// How much of its expected time a site was heard: the engine's part and the closed spans of the store.
enum SiteAvailability {
    /// The engine was asked first: what closed after that is in the store and told by the engine's open span too, which
    /// goes first.
    static func figures(of time: SiteTime, in journal: any JournalReading) async throws -> JSON {
        let blind = try await journal.blindTimes(since: time.since)
        let closed = try await journal.contacts(of: time.site, since: time.since)
        return json(time.heard(closed: closed, blind: blind))
    }

    /// One object for each of `SiteTime.days`.
    static func json(_ figures: [HeardTime]) -> JSON {
        .array(zip(SiteTime.days, figures).map { days, heard in heard.json(days: days) })
    }
}
