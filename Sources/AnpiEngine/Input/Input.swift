package import AnpiModel

/// One thing that reached the engine through the input log.
package enum Input: Hashable, Sendable {
    /// One authenticated request with runs of beats.
    case heartbeats(Heartbeats)
    /// One ping of a script.
    case ping(Ping)
    /// An agent is heard without a break for a while, told at once: replays and simulations (CONTRACTS §8).
    case heard(HeardSpan)
    /// A person's change.
    case command(Command)
    /// An official message, parsed.
    case hazard(HazardInput)
    /// An official message that could not be read; kept with its reason, and nothing else is held up by it.
    case hazardQuarantined(QuarantinedHazard)
    /// A feed of warnings was asked.
    case feedSeen(FeedSeen)
    /// A writer could not state its watermark in this span: nothing was heard.
    case deaf(Span)
    /// An input that ended the process each time it was applied, named so that everyone skips it.
    case quarantined(LogPlace)
    /// The database was brought back from a copy: numbers that people say aloud leap, for those after the copy are known
    /// to people although not here.
    case restored(Restored)
    /// What chance alone does in this fleet, worked out anew.
    case calibrated(Calibration)
    /// Where the journal's chains stood, to be told outside and to enter the main chain (ENGINE §5).
    case anchored(Anchored)

    /// A span of time, `from` included, `to` excluded.
    package struct Span: Hashable, Codable, Sendable {
        package var from: Timestamp
        package var to: Timestamp

        package init(from: Timestamp, to: Timestamp) {
            self.from = from
            self.to = to
        }
    }

    package struct Anchored: Hashable, Codable, Sendable {
        /// In byte order of their names.
        package var chains: [Chain]

        package init(chains: [Chain]) {
            self.chains = chains
        }

        package struct Chain: Hashable, Codable, Sendable {
            package var chain: String
            package var seq: Int64
            /// Hexadecimal.
            package var hash: String

            package init(chain: String, seq: Int64, hash: String) {
                self.chain = chain
                self.seq = seq
                self.hash = hash
            }

            package var json: JSON {
                ["chain": .string(chain), "seq": .integer(seq), "hash": .string(hash)]
            }
        }
    }
}

/// One authenticated heartbeat request as it was received.
package struct Heartbeats: Hashable, Sendable {
    /// When the door had the whole request, by the collector's clock.
    package var receivedAt: Timestamp
    package var request: HeartbeatRequest

    package init(receivedAt: Timestamp, request: HeartbeatRequest) {
        self.receivedAt = receivedAt
        self.request = request
    }
}

/// A new life of the database.
package struct Restored: Hashable, Codable, Sendable {
    package var at: Timestamp
    /// Of the database's schema row; greater with each restore.
    package var epoch: Int64

    package init(at: Timestamp, epoch: Int64) {
        self.at = at
        self.epoch = epoch
    }
}

/// An uninterrupted span of beats.
package struct HeardSpan: Hashable, Codable, Sendable {
    /// The first beat.
    package var receivedAt: Timestamp
    package var agent: AgentID
    /// The last beat.
    package var until: Timestamp

    package init(receivedAt: Timestamp, agent: AgentID, until: Timestamp) {
        self.receivedAt = receivedAt
        self.agent = agent
        self.until = until
    }
}

/// A message of a feed, or one that somebody handed in.
package struct HazardInput: Hashable, Codable, Sendable {
    package var receivedAt: Timestamp
    /// A feed's address without query, or `submitted`.
    package var feed: String
    /// The raw bytes' SHA-256, under which the store keeps them.
    package var digest: [UInt8]
    package var message: HazardMessage

    package init(receivedAt: Timestamp, feed: String, digest: [UInt8], message: HazardMessage) {
        self.receivedAt = receivedAt
        self.feed = feed
        self.digest = digest
        self.message = message
    }
}

/// A message that could not be read.
package struct QuarantinedHazard: Hashable, Codable, Sendable {
    package var receivedAt: Timestamp
    package var feed: String
    package var digest: [UInt8]
    /// A sentence that names the place in the message and the cure.
    package var reason: String
    /// The file or address it came from.
    package var name: String?

    package init(receivedAt: Timestamp, feed: String, digest: [UInt8], reason: String, name: String? = nil) {
        self.receivedAt = receivedAt
        self.feed = feed
        self.digest = digest
        self.reason = reason
        self.name = name
    }
}

package struct FeedSeen: Hashable, Codable, Sendable {
    package var at: Timestamp
    package var feed: String
    package var succeeded: Bool
    /// The report time of the newest entry that the feed lists.
    package var newestReportAt: Timestamp?

    package init(at: Timestamp, feed: String, succeeded: Bool, newestReportAt: Timestamp? = nil) {
        self.at = at
        self.feed = feed
        self.succeeded = succeeded
        self.newestReportAt = newestReportAt
    }
}

/// One ping: a script of a site says how a copy's job went (CONTRACTS §2).
package struct Ping: Hashable, Codable, Sendable {
    package var receivedAt: Timestamp
    package var site: SiteID
    package var tier: CopyTier
    package var kind: Kind
    /// Pairs a start with its end.
    package var run: String?
    /// The first 200 characters of the body, what a person reads beside a failure.
    package var message: String?

    package init(
        receivedAt: Timestamp, site: SiteID, tier: CopyTier, kind: Kind, run: String? = nil, message: String? = nil
    ) {
        self.receivedAt = receivedAt
        self.site = site
        self.tier = tier
        self.kind = kind
        self.run = run
        self.message = message
    }

    package enum Kind: String, Hashable, Codable, Sendable {
        /// The job ended well.
        case success
        case start
        /// `/fail` or a non-zero exit status.
        case fail
        /// A note that changes nothing.
        case log
    }
}
