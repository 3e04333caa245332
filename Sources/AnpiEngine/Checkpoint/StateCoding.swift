import AnpiModel

/// How the parts of the state are written; words by their raw value where they are rare, by their place where hot.

extension Input.Span {
    func write(to writer: inout ByteWriter) {
        writer.put(from)
        writer.put(to)
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        self.init(from: try reader.timestamp(), to: try reader.timestamp())
    }
}

extension EngineerState {
    func write(to writer: inout ByteWriter) {
        writer.put(availability.rawValue)
        writer.put(reason) { $0.put($1) }
        writer.put(until) { $0.put($1) }
        writer.put(changedAt)
        writer.put(changedBy) { $0.put($1) }
        writer.put(version)
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        let availability: Availability = try reader.word()
        let reason = try reader.optionalString()
        let until = try reader.optionalTimestamp()
        self.init(since: try reader.timestamp())
        self.availability = availability
        self.reason = reason
        self.until = until
        changedBy = try reader.optionalString()
        version = try reader.integer()
    }
}

// The place of a word in these lists is what checkpoints hold: append, never reorder.
private let contacts: [Contact] = [.unseen, .reporting, .late, .silent, .signedOff]
private let copyStates: [CopyState] = [.good, .old, .failing, .missing, .unknown]
private let powerSources: [PowerSource] = [.mains, .battery, .unknown]
private let links: [Link] = [.fixed, .lte, .satellite, .unknown]
private let gasps: [AgentContact.Gasp] = [.none, .given, .survived]

extension AgentContact {
    func write(to writer: inout ByteWriter) {
        writer.put(contact, in: contacts)
        switch state {
        case .unseen: break
        case .reporting(let gasp), .late(let gasp): writer.put(gasp, in: gasps)
        case .silent(let afterGasp): writer.put(afterGasp)
        case .signedOff(let claim):
            writer.put(claim.until)
            writer.put(claim.isTimeOfDay)
        }
        writer.put(lastHeard)
        writer.put(interval)
        writer.put(declaredGraceSeconds) { $0.put($1) }
        punctuality.write(to: &writer)
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        let state: State
        switch try reader.word(in: contacts) {
        case .unseen: state = .unseen
        case .reporting: state = .reporting(try reader.word(in: gasps))
        case .late: state = .late(try reader.word(in: gasps))
        case .silent: state = .silent(afterGasp: try reader.bool())
        case .signedOff: state = .signedOff(Claim(until: try reader.timestamp(), isTimeOfDay: try reader.bool()))
        }
        let lastHeard = try reader.timestamp()
        let interval = try reader.integer64()
        let grace = try reader.optionalInteger()
        self.init(
            state: state, lastHeard: lastHeard, interval: interval, declaredGraceSeconds: grace,
            punctuality: try PhiAccrual(&reader))
    }
}

extension SeenBeats.Boot {
    func write(to writer: inout ByteWriter) {
        writer.put(unsigned: hash)
        writer.put(ranges.low)
        writer.put(ranges.high)
        writer.put(list: ranges.older) { writer, range in
            writer.put(range.lowerBound)
            writer.put(range.upperBound)
        }
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        hash = try reader.unsigned()
        let low = try reader.integer64()
        let high = try reader.integer64()
        let older = try reader.list { reader throws(ByteCodingError) -> ClosedRange<Int64> in
            let first = try reader.integer64()
            let last = try reader.integer64()
            guard first <= last else { throw .malformed }
            return first...last
        }
        guard low <= high else { throw .malformed }
        ranges = SequenceRanges(low: low, high: high, older: older)
    }
}

extension AgentState {
    func write(to writer: inout ByteWriter) {
        contact.write(to: &writer)
        writer.put(contactSince)
        writer.put(queuedAt)
        writer.put(waitsForOurselves)
        writer.put(seen.current) { $1.write(to: &$0) }
        writer.put(list: seen.past) { $1.write(to: &$0) }
        writer.put(boot)
        writer.put(newestBeatAt)
        writer.put(Int(skewSeconds))
        writer.put(Int(dropped))
        writer.put(Int(version))
        writer.put(power, in: powerSources)
        writer.put(unsigned: UInt64(charge.bitPattern))
        writer.put(Int(runtimeSeconds))
        writer.put(link, in: links)
        writer.put(diskFreeBytes)
        writer.put(diskTotalBytes)
        writer.put(Int(phoneTask))
        rhythm.encode(into: &writer)
        writer.put(firstHeardAt)
        writer.put(versionSince)
        writer.put(leftForUpdate)
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        let contact = try AgentContact(&reader)
        self.init(contact: contact, since: try reader.timestamp())
        queuedAt = try reader.timestamp()
        waitsForOurselves = try reader.bool()
        let current = try reader.optional { reader throws(ByteCodingError) in try SeenBeats.Boot(&reader) }
        let past = try reader.list { reader throws(ByteCodingError) in try SeenBeats.Boot(&reader) }
        seen = SeenBeats(current: current, past: past)
        booted(as: try reader.string())
        newestBeatAt = try reader.timestamp()
        skewSeconds = try reader.number32()
        dropped = try reader.number32()
        guard let version = Int16(exactly: try reader.integer64()) else { throw .malformed }
        self.version = version
        power = try reader.word(in: powerSources)
        charge = Float(bitPattern: UInt32(truncatingIfNeeded: try reader.unsigned()))
        runtimeSeconds = try reader.number32()
        link = try reader.word(in: links)
        diskFreeBytes = try reader.integer64()
        diskTotalBytes = try reader.integer64()
        phoneTask = try reader.number32()
        rhythm = try SilenceRhythm(from: &reader)
        firstHeardAt = try reader.timestamp()
        versionSince = try reader.timestamp()
        leftForUpdate = try reader.bool()
    }
}

extension SiteState {
    func write(_ pings: HeardPings, to writer: inout ByteWriter) {
        writer.put(contact, in: contacts)
        writer.put(contactSince)
        writer.put(lastHeard)
        writer.put(assessment.rawValue)
        writer.put(attribution?.rawValue) { $0.put($1) }
        writer.put(Int(version))
        writer.put(pings.at)
        writer.put(pings.until)
        writer.put(pings.dueAt)
        writer.put(queuedAt)
        writer.put(silenceIsTold)
        writer.put(Int(incident))
        writer.put(list: tasks) { $0.put(Int($1)) }
        writer.put(list: findings) { $0.put(Int($1)) }
        writer.put(Int(lastCall))
        writer.put(Int(recovery))
        writeBelief(to: &writer)
    }

    private func writeBelief(to writer: inout ByteWriter) {
        writer.put(spokeAt)
        writer.put(warningEndedAt)
        writer.put(Int(logOdds))
        writer.put(Int(toldLogOdds))
        for float in [prior, priorBefore, priorAmongNeighbours, sharedStart, explained] {
            writer.put(unsigned: UInt64(float.bitPattern))
        }
        writer.put(hadIncident)
        writer.put(isWarned)
        writer.put(byte: preparation.rawValue)
        writer.put(priorIsLocal)
        writer.put(Int(hazardLevel))
        writer.put(byte: unusualDays)
    }

    private mutating func readBelief(_ reader: inout ByteReader) throws(ByteCodingError) {
        func float(_ reader: inout ByteReader) throws(ByteCodingError) -> Float {
            guard let bits = UInt32(exactly: try reader.unsigned()) else { throw .malformed }
            return Float(bitPattern: bits)
        }
        spokeAt = try reader.timestamp()
        warningEndedAt = try reader.timestamp()
        logOdds = try reader.number32()
        toldLogOdds = try reader.number32()
        prior = try float(&reader)
        priorBefore = try float(&reader)
        priorAmongNeighbours = try float(&reader)
        sharedStart = try float(&reader)
        explained = try float(&reader)
        hadIncident = try reader.bool()
        isWarned = try reader.bool()
        guard let preparation = StormPreparation(rawValue: try reader.byte()) else { throw .malformed }
        self.preparation = preparation
        priorIsLocal = try reader.bool()
        guard let level = Int8(exactly: try reader.integer64()) else { throw .malformed }
        hazardLevel = level
        unusualDays = try reader.byte()
    }

    /// Its copies, which are written with their messages.
    func writeCopies(to writer: inout ByteWriter, message: (CopyTier) -> String?) {
        writer.put(list: copies) { writer, copy in
            copy.report(message: copy.hasMessage ? message(copy.tier) : nil).write(to: &writer)
            writer.put(Int(copy.source))
            writer.put(copy.updatedAt)
        }
    }

    /// Reads them back; the messages by tier.
    mutating func readCopies(
        _ reader: inout ByteReader, message: (CopyTier, String) -> Void
    ) throws(ByteCodingError) {
        copies = try reader.list { reader throws(ByteCodingError) in
            let report = try CopyReport(&reader)
            if let text = report.message { message(report.tier, text) }
            return CopyRecord(report, source: try reader.number32(), at: try reader.timestamp())
        }
    }

    init(_ reader: inout ByteReader, _ pings: inout HeardPings) throws(ByteCodingError) {
        let contact = try reader.word(in: contacts)
        self.init(since: try reader.timestamp())
        self.contact = contact
        lastHeard = try reader.timestamp()
        assessment = try reader.word()
        attribution = try reader.optionalWord()
        version = try reader.number32()
        pings = HeardPings(at: try reader.timestamp(), until: try reader.timestamp(), dueAt: try reader.timestamp())
        queuedAt = try reader.timestamp()
        silenceIsTold = try reader.bool()
        incident = try reader.number32()
        tasks = try reader.list { reader throws(ByteCodingError) in try reader.number32() }
        findings = try reader.list { reader throws(ByteCodingError) in try reader.number32() }
        lastCall = try reader.number32()
        recovery = try reader.number32()
        try readBelief(&reader)
    }
}

extension CopyRecord {
    /// What was told of it.
    func report(message: String?) -> CopyReport {
        CopyReport(
            tier: tier, state: state, goodAt: goodAt, verifiedAt: verifiedAt, bytes: bytes < 0 ? nil : bytes,
            message: message)
    }
}

extension CopyReport {
    func write(to writer: inout ByteWriter) {
        writer.put(tier, in: FleetCoding.tiers)
        writer.put(state, in: copyStates)
        writer.put(goodAt) { $0.put($1) }
        writer.put(verifiedAt) { $0.put($1) }
        writer.put(bytes) { $0.put($1) }
        writer.put(message) { $0.put($1) }
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            tier: try reader.word(in: FleetCoding.tiers), state: try reader.word(in: copyStates),
            goodAt: try reader.optionalTimestamp(), verifiedAt: try reader.optionalTimestamp(),
            bytes: try reader.bool() ? try reader.integer64() : nil, message: try reader.optionalString())
    }
}

extension FindingRecord {
    func write(to writer: inout ByteWriter) {
        writer.put(number)
        draft.write(to: &writer)
        writer.put(site) { $0.put(Int($1)) }
        writer.put(author)
        writer.put(at)
        writer.put(observedAt)
        writer.put(expiresAt)
        writer.put(isExpired)
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            number: try reader.integer(), draft: try FindingDraft(&reader),
            site: try reader.optional { reader throws(ByteCodingError) in try reader.number32() },
            author: try reader.string(), at: try reader.timestamp(), observedAt: try reader.timestamp(),
            expiresAt: try reader.timestamp(), isExpired: try reader.bool())
    }
}

extension FindingDraft {
    func write(to writer: inout ByteWriter) {
        func put(_ positions: [[Double]]?) {
            writer.put(positions) { writer, positions in
                writer.put(list: positions) { writer, position in writer.put(list: position) { $0.put($1) } }
            }
        }
        writer.put(kind.rawValue)
        writer.put(site?.text) { $0.put($1) }
        writer.put(place) { $0.put($1) }
        writer.put(area) { writer, area in writer.put(list: area.municipalities) { $0.put($1) } }
        put(polygon)
        put(line)
        writer.put(result)
        writer.put(direction?.rawValue) { $0.put($1) }
        writer.put(callBackAt) { $0.put($1) }
        writer.put(utility?.rawValue) { $0.put($1) }
        writer.put(provider) { $0.put($1) }
        writer.put(phenomenon?.rawValue) { $0.put($1) }
        writer.put(radiusKilometers) { $0.put($1) }
        writer.put(trusted) { $0.put($1) }
        writer.put(text) { $0.put($1) }
        writer.put(author) { $0.put($1) }
        writer.put(observedAt) { $0.put($1) }
        writer.put(expiresAt) { $0.put($1) }
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        func positions(_ reader: inout ByteReader) throws(ByteCodingError) -> [[Double]]? {
            try reader.optional { reader throws(ByteCodingError) in
                try reader.list { reader throws(ByteCodingError) in
                    try reader.list { reader throws(ByteCodingError) in try reader.double() }
                }
            }
        }
        let kind: FindingKind = try reader.word()
        let site = try reader.optionalString().map { SiteID(trusted: $0) }
        let place = try reader.optional { reader throws(ByteCodingError) in try reader.coordinate() }
        let area = try reader.optional { reader throws(ByteCodingError) in
            Area(municipalities: try reader.list { reader throws(ByteCodingError) in try reader.string() })
        }
        let polygon = try positions(&reader)
        let line = try positions(&reader)
        self.init(kind: kind, site: site, result: try reader.string())
        self.place = place
        self.area = area
        self.polygon = polygon
        self.line = line
        direction = try reader.optionalWord()
        callBackAt = try reader.optionalTimestamp()
        utility = try reader.optionalWord()
        provider = try reader.optionalString()
        phenomenon = try reader.optionalWord()
        radiusKilometers = try reader.optionalDouble()
        trusted = try reader.bool() ? try reader.bool() : nil
        text = try reader.optionalString()
        author = try reader.optionalString()
        observedAt = try reader.optionalTimestamp()
        expiresAt = try reader.optionalTimestamp()
    }
}
