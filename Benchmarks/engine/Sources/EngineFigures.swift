import AnpiModel

/// What one fleet costs the engine; one thread, nothing else running.
struct EngineFigures {
    var sites: Int
    /// What malloc has handed out for the engine once every agent was heard, divided by the sites.
    var bytesPerSite = 0.0
    /// Applying one beat that is in memory already.
    var applyMicroseconds = 0.0
    /// Reading one beat back from the bytes of a log row.
    var decodeMicroseconds = 0.0
    /// A second in which nothing is due.
    var idleTickMicroseconds = 0.0
    /// The dearest second of those in which agents fall silent and incidents and tasks come of it.
    var silentTickMilliseconds = 0.0
    /// Agents that fell silent in these seconds, and the journal lines that came of it.
    var silentAgents = 0
    var silentEntries = 0
    var checkpointBytes = 0
    /// From a closed database to an engine that can go on.
    var restartSeconds = 0.0
    /// Reading a line of a feed from a file, and reading and playing it.
    var readMicroseconds = 0.0
    var replayMicroseconds = 0.0

    var json: JSON {
        [
            "sites": .integer(Int64(sites)), "bytesPerSite": .decimal(bytesPerSite, digits: 0),
            "applyMicroseconds": .decimal(applyMicroseconds, digits: 3),
            "decodeMicroseconds": .decimal(decodeMicroseconds, digits: 3),
            "idleTickMicroseconds": .decimal(idleTickMicroseconds, digits: 3),
            "silentTickMilliseconds": .decimal(silentTickMilliseconds, digits: 3),
            "silentAgents": .integer(Int64(silentAgents)), "silentEntries": .integer(Int64(silentEntries)),
            "checkpointBytes": .integer(Int64(checkpointBytes)), "restartSeconds": .decimal(restartSeconds, digits: 3),
            "readMicroseconds": .decimal(readMicroseconds, digits: 3),
            "replayMicroseconds": .decimal(replayMicroseconds, digits: 3),
        ]
    }
}
