package import AnpiClient
package import AnpiModel

/// What an agent is told by its `agent.toml` (docs/agent.md).
package struct AgentConfiguration: Sendable {
    package var agent: AgentID
    /// The secret that proves it; never printed.
    package var token: String
    /// Base addresses without a slash at the end, tried in turn.
    package var collectors: [String]
    /// Seconds between two beats until a collector asks for another interval. Default 60.
    package var intervalSeconds: Int
    /// Where spool, lock and memory of probes lie.
    package var stateDirectory: String
    /// Certificates to trust instead of the system's.
    package var caFile: String?
    package var proxy: String?
    /// Names the boot; the kernel's file unless a container has its own.
    package var bootIDFile: String
    /// Beats that the spool keeps at most. Default 10,080: a week of minutes.
    package var beatsMax: Int
    package var copies: [CopyConfiguration]
    /// What it does when a collector asks for it; nothing unless the file names it.
    package var directives: Directives

    package struct Directives: Hashable, Sendable {
        /// Faster reports are given down to this interval; nil: not at all.
        package var shortestIntervalSeconds: Int?
        /// What runs when the off-site backup is asked for; nil: nothing.
        package var backupOffsite: Backup?
    }

    package struct Backup: Hashable, Sendable {
        /// The program and its arguments; no shell.
        package var command: [String]
        /// Seconds after which it is ended. Default 3,600.
        package var timeoutSeconds: Int
        /// Variables for the program; nil: none.
        package var environmentFile: String?
    }

    /// How a client reaches the collectors.
    package var clientOptions: HTTPClient.Options {
        HTTPClient.Options(
            connectTimeout: .seconds(5), timeout: Sender.requestTimeout,
            answerBytesMax: CollectorDoor.answerBytesMax, caFile: caFile, proxy: proxy,
            userAgent: "anpi-agent/\(AgentVersion.text)")
    }
}

/// A copy of the data and how to look at it.
package struct CopyConfiguration: Hashable, Sendable {
    package var tier: CopyTier
    /// Seconds between two looks.
    package var everySeconds: Int
    /// Seconds after which a look is given up.
    package var timeoutSeconds: Int
    package var probe: Probe

    package enum Probe: Hashable, Sendable {
        case folder(Folder)
        case restic(Restic)
        case command(Command)
    }

    package struct Folder: Hashable, Sendable {
        package var path: String
        /// File names that count, as the shell matches them; nil: all.
        package var pattern: String?
        /// A copy older than this is `old`.
        package var maxAgeHours: Double
        /// A newest file shorter than this is `failing`. Default 1.
        package var minBytes: Int64
    }

    package struct Restic: Hashable, Sendable {
        package var repository: String
        package var passwordFile: String
        package var maxAgeHours: Double
        package var host: String?
        package var path: String?
        package var tag: String?
        /// The part of the data that is read back once a day, restic's own syntax (`1%`, `500M`); "0" reads none.
        package var readDataSubset: String
        /// Variables for restic, keys of the storage provider above all; nil: none.
        package var environmentFile: String?
        /// The program; default `restic` from `PATH`.
        package var program: String
    }

    package struct Command: Hashable, Sendable {
        /// The program and its arguments; no shell.
        package var command: [String]
        /// Variables for the program; nil: none.
        package var environmentFile: String?
    }
}
