package import AnpiModel

/// What is kept of the past, written when something changed (ENGINE §5).
package enum HistoryRecord: Hashable, Sendable {
    case contact(ContactInterval)
    case copy(CopyChange)
    case lateRun(LateRun)
    case blind(BlindTime)

    /// An interval of contact that has closed.
    package struct ContactInterval: Hashable, Sendable {
        /// An agent's or a site's id.
        package var subject: String
        package var isSite: Bool
        package var contact: Contact
        package var from: Timestamp
        package var to: Timestamp

        package init(subject: String, isSite: Bool, contact: Contact, from: Timestamp, to: Timestamp) {
            self.subject = subject
            self.isSite = isSite
            self.contact = contact
            self.from = from
            self.to = to
        }
    }

    /// A copy whose value changed.
    package struct CopyChange: Hashable, Sendable {
        package var site: String
        package var report: CopyReport
        /// Who reported it: an agent's id, or `ping`.
        package var source: String
        package var at: Timestamp

        package init(site: String, report: CopyReport, source: String, at: Timestamp) {
            self.site = site
            self.report = report
            self.source = source
            self.at = at
        }
    }

    /// A run that arrived after its time: proof that the agent lived.
    package struct LateRun: Hashable, Sendable {
        package var agent: String
        package var boot: String
        package var seq: Int64
        package var count: Int
        package var from: Timestamp
        package var to: Timestamp

        package init(agent: String, boot: String, seq: Int64, count: Int, from: Timestamp, to: Timestamp) {
            self.agent = agent
            self.boot = boot
            self.seq = seq
            self.count = count
            self.from = from
            self.to = to
        }
    }

    /// Time in which the collector could not hear.
    package struct BlindTime: Hashable, Sendable {
        package var from: Timestamp
        package var to: Timestamp

        package init(from: Timestamp, to: Timestamp) {
            self.from = from
            self.to = to
        }
    }
}
