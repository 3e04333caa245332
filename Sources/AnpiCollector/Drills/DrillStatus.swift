package import AnpiModel
package import AnpiStore

/// A drill as people see it in the list: one that plays, or one that could.
package struct DrillStatus: Hashable, Sendable {
    package enum State: String, Hashable, Sendable, CaseIterable {
        /// In the folder, not begun.
        case ready
        case playing
        /// The feed has ended; the drill's clock stands, and everything can still be looked at and worked on.
        case over
        /// It cannot go on, for `reason`; what was played can still be looked at.
        case stopped
        /// It is being removed.
        case ending
    }

    package var name: String
    package var state: State
    /// Nil where it has not begun.
    package var run: Run?
    /// Why it stopped.
    package var reason: String?

    package struct Run: Hashable, Sendable {
        package var drill: DrillRow
        /// The drill's own clock.
        package var now: Timestamp
        /// When it will be over, by our clock; nil where it does not play.
        package var overAt: Timestamp?

        package init(drill: DrillRow, now: Timestamp, overAt: Timestamp?) {
            self.drill = drill
            self.now = now
            self.overAt = overAt
        }
    }

    package init(name: String, state: State, run: Run? = nil, reason: String? = nil) {
        self.name = name
        self.state = state
        self.run = run
        self.reason = reason
    }

    package var json: JSON {
        [
            "name": .string(name), "state": .word(state),
            "speed": run.map { .integer($0.drill.speed) } ?? .null,
            "from": .time(run?.drill.from), "to": .time(run?.drill.to), "now": .time(run?.now),
            "overAt": .time(run?.overAt), "startedAt": .time(run?.drill.startedAt),
            "startedBy": .optional(run?.drill.startedBy), "reason": .optional(reason),
        ]
    }
}
