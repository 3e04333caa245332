/// What an agent sends: runs of beats of one boot (`POST /v1/heartbeats`, CONTRACTS §1).
package struct HeartbeatRequest: Codable, Hashable, Sendable {
    package var agent: AgentID
    /// The device's boot: sequence numbers start again with a new one. 1 to 64 bytes.
    package var boot: String
    /// The agent's clock when it sent this; receipt − `sentAt` corrects the times of its beats.
    package var sentAt: Timestamp?
    /// The agent's own release, at most 32 bytes.
    package var version: String?
    /// Beats lost from the spool since boot.
    package var dropped: Int?
    /// Newest first and alone, or backlog in ascending sequence.
    package var beats: [Beat]

    package init(
        agent: AgentID, boot: String, sentAt: Timestamp? = nil, version: String? = nil, dropped: Int? = nil,
        beats: [Beat]
    ) {
        self.agent = agent
        self.boot = boot
        self.sentAt = sentAt
        self.version = version
        self.dropped = dropped
        self.beats = beats
    }
}

/// A run: `count` consecutive beats at `interval` with the same content, the first numbered `seq` at `at`.
package struct Beat: Codable, Hashable, Sendable {
    package var seq: Int64
    /// Beats in the run; absent means one.
    package var count: Int?
    /// The agent's clock at the first beat.
    package var at: Timestamp
    /// Seconds to the next beat, 1…86,400.
    package var interval: Int
    package var uptimeSeconds: Int64?
    package var power: Power?
    package var link: Link?
    package var disk: Disk?
    package var copies: [CopyReport]?
    package var notice: Notice?
    /// Why the agent goes; only beside `notice` = `goodbye`.
    package var reason: GoodbyeReason?
    /// When it means to be back; only beside `notice` = `goodbye`.
    package var backAt: Timestamp?

    package init(
        seq: Int64, count: Int? = nil, at: Timestamp, interval: Int, uptimeSeconds: Int64? = nil, power: Power? = nil,
        link: Link? = nil, disk: Disk? = nil, copies: [CopyReport]? = nil, notice: Notice? = nil,
        reason: GoodbyeReason? = nil, backAt: Timestamp? = nil
    ) {
        self.seq = seq
        self.count = count
        self.at = at
        self.interval = interval
        self.uptimeSeconds = uptimeSeconds
        self.power = power
        self.link = link
        self.disk = disk
        self.copies = copies
        self.notice = notice
        self.reason = reason
        self.backAt = backAt
    }

    package enum Notice: String, Codable, CaseIterable, Sendable {
        /// On battery, about to die.
        case lastGasp
        /// An announced shutdown.
        case goodbye
    }

    package struct Power: Codable, Hashable, Sendable {
        package var source: PowerSource
        /// 0…1.
        package var charge: Double?
        package var runtimeSeconds: Int64?

        package init(source: PowerSource, charge: Double? = nil, runtimeSeconds: Int64? = nil) {
            self.source = source
            self.charge = charge
            self.runtimeSeconds = runtimeSeconds
        }
    }

    package struct Disk: Codable, Hashable, Sendable {
        package var freeBytes: Int64
        package var totalBytes: Int64

        package init(freeBytes: Int64, totalBytes: Int64) {
            self.freeBytes = freeBytes
            self.totalBytes = totalBytes
        }
    }
}

/// The state of one copy of the data as an agent found it.
package struct CopyReport: Codable, Hashable, Sendable {
    package var tier: CopyTier
    package var state: CopyState
    /// When the newest usable copy was made.
    package var goodAt: Timestamp?
    /// When data of it was last read back and matched.
    package var verifiedAt: Timestamp?
    package var bytes: Int64?
    /// At most 200 characters.
    package var message: String?

    package init(
        tier: CopyTier, state: CopyState, goodAt: Timestamp? = nil, verifiedAt: Timestamp? = nil, bytes: Int64? = nil,
        message: String? = nil
    ) {
        self.tier = tier
        self.state = state
        self.goodAt = goodAt
        self.verifiedAt = verifiedAt
        self.bytes = bytes
        self.message = message
    }
}

/// The answer to heartbeats: everything in the request is durable, was known, or is named as rejected.
package struct HeartbeatResponse: Codable, Hashable, Sendable {
    /// The highest sequence of the request.
    package var acknowledged: Int64
    package var rejected: [Rejection]
    /// Seconds the collector asks the agent to beat at.
    package var interval: Int
    /// What the collector asks the agent to do (`Directive`); a word that the agent does not know is none of its business.
    package var directives: [String]

    package init(acknowledged: Int64, rejected: [Rejection] = [], interval: Int, directives: [String] = []) {
        self.acknowledged = acknowledged
        self.rejected = rejected
        self.interval = interval
        self.directives = directives
    }

    /// A beat that can never be accepted.
    package struct Rejection: Codable, Hashable, Sendable {
        package var seq: Int64
        package var reason: String

        package init(seq: Int64, reason: String) {
            self.seq = seq
            self.reason = reason
        }
    }
}
