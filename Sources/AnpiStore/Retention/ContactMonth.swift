package import AnpiModel

/// What a month's intervals of contact come to, once they are too old to be kept one by one.
package struct ContactMonth: Hashable, Sendable {
    /// An agent's or a site's id.
    package var subject: String
    package var isSite: Bool
    /// Midnight of the first of the month, in Japan.
    package var month: Timestamp
    package var contact: Contact
    /// How long it was so in that month.
    package var milliseconds: Int64
    /// How often it became so in that month, or was so when the month began.
    package var intervals: Int

    package init(
        subject: String, isSite: Bool, month: Timestamp, contact: Contact, milliseconds: Int64, intervals: Int
    ) {
        self.subject = subject
        self.isSite = isSite
        self.month = month
        self.contact = contact
        self.milliseconds = milliseconds
        self.intervals = intervals
    }

    /// The sums of `intervals` of one subject, by month and contact, ascending.
    static func sums(of intervals: [HistoryRecord.ContactInterval]) -> [ContactMonth] {
        var sums: [ContactMonth] = []
        for interval in intervals {
            var from = interval.from
            repeat {
                let month = from.monthBegan
                let end = min(interval.to, month.nextMonth)
                let length = max(end.milliseconds - from.milliseconds, 0)
                if let place = sums.firstIndex(where: { $0.month == month && $0.contact == interval.contact }) {
                    sums[place].milliseconds += length
                    sums[place].intervals += 1
                } else {
                    sums.append(
                        ContactMonth(
                            subject: interval.subject, isSite: interval.isSite, month: month,
                            contact: interval.contact, milliseconds: length, intervals: 1))
                }
                from = end
            } while from < interval.to
        }
        return sums.sorted { ($0.month, $0.contact.rawValue) < ($1.month, $1.contact.rawValue) }
    }
}

extension Timestamp {
    /// Midnight of the first of its month, in Japan.
    package var monthBegan: Timestamp {
        let (date, millisecondOfDay) = civil()
        return self - .milliseconds(millisecondOfDay) - .seconds((date.day - 1) * 86_400)
    }

    /// Midnight of the first of the month after its own, in Japan.
    package var nextMonth: Timestamp {
        // 32 days behind its first day every month is over, and the next is not.
        (monthBegan + .seconds(32 * 86_400)).monthBegan
    }
}
