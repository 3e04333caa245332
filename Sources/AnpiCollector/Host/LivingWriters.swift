package import AnpiStore

/// Collectors that serve just now, told from those that have died by what they state in the log.
package enum LivingWriters {
    /// Who writes states a watermark more often than this.
    static let statedWithin = Duration.milliseconds(600)

    /// Those of `before` that have stated more since and are not closed, as they stand after `time`.
    package static func among(
        _ before: [WriterRow], in log: InputLog, after time: Duration = statedWithin
    ) throws -> [WriterRow] {
        Doorbell().wait(atMost: time)
        return try log.writers().filter { writer in
            !writer.closed && before.contains { $0.id == writer.id && $0.watermark < writer.watermark }
        }
    }
}
