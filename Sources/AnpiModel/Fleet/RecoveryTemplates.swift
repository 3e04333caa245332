/// Which tasks each rung of recovery takes: one readable file, `recovery.toml`, that an office may change.
///
/// Optional in a fleet directory; where it is missing, `standardText` holds, which is also what an export writes.
package struct RecoveryTemplates: Codable, Hashable, Sendable {
    /// The file's name in a fleet directory.
    package static let file = "recovery.toml"

    /// In the order of the file.
    package let tasks: [Template]

    /// More than a month of work at one site is a slip of the pen.
    static let minutesMax = 43_200

    /// What holds where an office has no file of its own.
    package static let standard: RecoveryTemplates = {
        do {
            return try read(standardText)
        } catch {
            preconditionFailure("the standard templates: \(error)")
        }
    }()

    /// One line of a checklist.
    package struct Step: Codable, Hashable, Sendable {
        package var ja: String
        package var en: String

        package init(ja: String, en: String) {
            self.ja = ja
            self.en = en
        }

        package func text(_ language: Language) -> String {
            switch language {
            case .ja: ja
            case .en: en
            }
        }
    }

    /// A task of a rung.
    package struct Template: Codable, Hashable, Sendable {
        package var rung: Rung
        package var kind: TaskKind
        /// Of work, without the way; what the amount of data adds comes on top.
        package var minutes: Int
        /// Thousandths of a minute for each gigabyte of the site's data.
        package var milliminutesPerGigabyte: Int
        package var skills: [Skill]
        package var place: Place
        /// Where something is picked up on the way.
        package var from: TaskPlace?
        /// It takes a loaner that fits.
        package var needsLoaner: Bool
        /// Kinds of the same rung that must be done before.
        package var after: [TaskKind]
        /// Counts where the task goes to the site.
        package var within: AccessWindow?
        /// It is there only where the system is set up there; nil: always.
        package var onlyAt: TaskPlace?
        package var steps: [Step]

        /// Of work with so much data, rounded up; nil where the amount is not known, which adds nothing.
        package func minutes(gigabytes: Double?) -> Int {
            guard let gigabytes, gigabytes.isFinite, gigabytes > 0 else { return minutes }
            let whole = Int(min(gigabytes, 1e6).rounded(.up))
            return minutes + (whole * milliminutesPerGigabyte + 999) / 1_000
        }
    }

    /// Where a task is done.
    package enum Place: String, Codable, CaseIterable, Sendable {
        case site, office, depot
        /// Where the system is set up: the site, or the office where the site has no power.
        case work
    }
}
