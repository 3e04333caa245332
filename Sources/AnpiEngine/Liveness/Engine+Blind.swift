import AnpiModel

extension Engine {
    /// A writer could not state its watermark: nothing was heard in this span.
    mutating func wasDeaf(_ span: Input.Span, into step: inout Step) {
        // What is too short to count (a stall of 2 s) the writer of the log does not tell.
        guard span.to > span.from else { return }
        blind.wasDeaf(span)
        tell(.blindBegan, since: span.from, to: nil, into: &step)
        blindEnds.append(span)
        if span.to <= now {
            blindTimeEnded(into: &step)
        } else {
            schedule(span.to, .blindEnd, 0)
        }
    }

    /// Spans of blind time are over.
    mutating func blindTimeEnded(into step: inout Step) {
        for span in blindEnds where span.to <= now {
            tell(.blindEnded, since: span.from, to: span.to, into: &step)
            step.history.append(.blind(from: span.from, to: span.to))
        }
        blindEnds.removeAll { $0.to <= now }
    }

    /// A canary is late: when all of them are, our own line is cut, since the last of them was heard.
    ///
    /// Silence of the fleet alone never makes us blind: a great earthquake looks like that.
    mutating func canaryFellBehind(into step: inout Step) {
        guard blind.openSince == nil else { return }
        var lastHeard = Timestamp.distantPast
        for number in index.canaries {
            switch agents[Int(number)].contact.contact {
            case .unseen, .signedOff: continue
            case .reporting: return
            case .late, .silent: lastHeard = max(lastHeard, agents[Int(number)].contact.lastHeard)
            }
        }
        guard lastHeard > .distantPast else { return }
        blind.canariesFellLate(lastHeard: lastHeard)
        tell(.blindBegan, since: lastHeard, to: nil, into: &step)
        openCollectorIncident(into: &step)
    }

    /// A canary is heard: whoever waited for us is looked at again, with the blind time allowed for.
    mutating func canaryWasHeard(into step: inout Step) {
        guard let span = blind.canaryWasHeard(at: now) else { return }
        tell(.blindEnded, since: span.from, to: span.to, into: &step)
        step.history.append(.blind(from: span.from, to: span.to))
        closeCollectorIncident(into: &step)
        let waiting = waitingForOurselves
        waitingForOurselves = []
        for number in waiting {
            agents[Int(number)].waitsForOurselves = false
            enqueue(agent: Int(number))
        }
    }

    private func tell(_ name: DecisionName, since: Timestamp, to: Timestamp?, into step: inout Step) {
        var details: [JSON.Member] = [JSON.Member("from", .time(since))]
        if let to { details.append(JSON.Member("to", .time(to))) }
        step.append(Decision(at: now, name: name, details: details))
    }
}
