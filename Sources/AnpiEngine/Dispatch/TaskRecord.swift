import AnpiModel

/// A piece of work and its offers: a machine over the states of CONTRACTS §4.
struct TaskRecord: Hashable, Sendable {
    let number: Int
    let kind: TaskKind
    let site: Int32
    /// 0 where it belongs to none.
    var incident: Int32
    /// The agent a phone task asks about; -1 where there is none.
    let agent: Int32
    let skills: [Skill]
    let durationMinutes: Int
    /// Where it is done and what for, as the rung lays it out; what stands alone is done at the site.
    private(set) var order: WorkOrder
    /// How the site would lose its data in the storm that is coming: what a call before it is about.
    let readiness: Worded<ReadinessReason>?
    let createdAt: Timestamp
    private(set) var state: TaskState = .draft
    /// Who has it; nil in `draft` and `offered`.
    private(set) var engineer: Int32?
    /// The offer that waits for its answer.
    private(set) var offer: Offer?
    /// Offers that ended, oldest first, the newest `offersMax`.
    private(set) var ended: [EndedOffer] = []
    /// Why it is as it is: a word of ours or what a person wrote.
    var reason: String?
    /// While a draft: who can be asked next, and when.
    var next: Next?
    private(set) var eta: Timestamp?
    private(set) var retryAt: Timestamp?
    private(set) var changedAt: Timestamp
    /// Who changed it last; nil for the engine itself.
    private(set) var changedBy: String?
    private(set) var version = 1
    /// A coordinator holds it back: the engine offers it to nobody by itself.
    var isHeld = false
    /// What the plan says: who, when, with which loaner; nil where nobody can or it is not planned.
    var assignment: Assignment?
    /// A coordinator has named who does it.
    private(set) var pin: Pin?
    /// What was photographed on site, oldest first, at most `TaskPhoto.countMax`.
    var photos: [Photo] = []

    static let offersMax = 200

    struct Offer: Hashable, Sendable {
        var engineer: Int32
        var at: Timestamp
        var until: Timestamp
    }

    struct EndedOffer: Hashable, Sendable {
        var offer: Offer
        var end: OfferEnd
        var at: Timestamp
        var reason: String?
        /// The engineer is free again for it: they have said since that they are available.
        var isForgiven = false
    }

    struct Photo: Hashable, Sendable {
        var photo: TaskPhoto
        var at: Timestamp
        var by: String
    }

    struct Next: Hashable, Sendable {
        var engineer: Int32
        var at: Timestamp
    }

    /// Its place in the plan of its office.
    struct Assignment: Hashable, Sendable {
        var engineer: Int32
        var startsAt: Timestamp
        var endsAt: Timestamp
        /// The number of the loaner that it takes along.
        var loaner: LoanerID?
    }

    /// That a coordinator wants this engineer and no other, and why.
    struct Pin: Hashable, Sendable {
        var engineer: Int32
        var reason: String?
        var by: String
        var at: Timestamp
    }

    init(
        number: Int, kind: TaskKind, site: Int, incident: Int, agent: Int? = nil, skills: [Skill],
        durationMinutes: Int, order: WorkOrder = WorkOrder(), readiness: Worded<ReadinessReason>? = nil,
        createdAt: Timestamp
    ) {
        self.number = number
        self.kind = kind
        self.site = Int32(site)
        self.incident = Int32(incident)
        self.agent = agent.map(Int32.init) ?? -1
        self.skills = skills
        self.durationMinutes = durationMinutes
        self.order = order
        self.readiness = readiness
        self.createdAt = createdAt
        changedAt = createdAt
    }

    var id: TaskID { TaskID(number) }

    /// True where nobody has taken it: it may go as it came.
    var isUntouched: Bool { state == .draft || state == .offered }

    /// True where the engine itself looks for somebody.
    var seeksEngineer: Bool { state == .draft && !isHeld && kind != .phone }

    func has(photo digest: String) -> Bool { photos.contains { $0.photo.digest == digest } }

    /// Whether this engineer said no, or was asked since `limit` and did not answer: who slept may be asked again.
    func wasRefused(by engineer: Int, unansweredSince limit: Timestamp) -> Bool {
        ended.contains {
            guard $0.offer.engineer == Int32(engineer), !$0.isForgiven else { return false }
            return $0.end == .declined || ($0.end == .expired && $0.at > limit)
        }
    }

    /// It was offered to an engineer.
    mutating func wasOffered(_ offer: Offer, by actor: String?) {
        self.offer = offer
        isHeld = false
        next = nil
        reason = nil
        change(to: .offered, at: offer.at, by: actor)
    }

    /// The offer ended without being accepted; the task is a draft again.
    mutating func offerEnded(_ end: OfferEnd, reason: String?, at now: Timestamp, by actor: String?) {
        endOffer(end, reason: reason, at: now)
        self.reason = reason
        change(to: .draft, at: now, by: actor)
    }

    /// It goes back from the engineer who has it: as if they had declined it, unless it was taken from them.
    mutating func wasHandedBack(
        _ end: OfferEnd = .declined, reason: String?, at now: Timestamp, by actor: String?
    ) {
        if let engineer {
            let offer = Offer(engineer: engineer, at: changedAt, until: now)
            remember(EndedOffer(offer: offer, end: end, at: now, reason: reason))
        }
        engineer = nil
        (eta, retryAt) = (nil, nil)
        self.reason = reason
        change(to: .draft, at: now, by: actor)
    }

    /// It moved on, with what its engineer said about it.
    mutating func moved(to state: TaskState, _ transition: TaskTransition, at now: Timestamp, by actor: String?) {
        if state == .accepted, let offer {
            engineer = offer.engineer
            endOffer(.accepted, reason: nil, at: now)
        }
        if let eta = transition.eta { self.eta = eta }
        if state.isFinal || state == .onSite { eta = nil }
        retryAt = state == .blocked ? transition.retryAt : nil
        reason = transition.reason
        change(to: state, at: now, by: actor)
    }

    /// Its rung was laid out anew.
    mutating func wasLaidOut(_ order: WorkOrder) {
        guard self.order != order else { return }
        self.order = order
        version += 1
    }

    /// A coordinator says who does it, or takes that back.
    mutating func wasPinned(_ pin: Pin?) {
        self.pin = pin
        version += 1
    }

    /// Nobody needs it any more.
    mutating func wasCancelled(reason: String?, at now: Timestamp, by actor: String?) {
        endOffer(.withdrawn, reason: reason, at: now)
        self.reason = reason
        next = nil
        assignment = nil
        (eta, retryAt) = (nil, nil)
        change(to: .cancelled, at: now, by: actor)
    }

    /// Who comes next was looked up and has changed.
    mutating func waits(for next: Next?, because reason: TaskReason) {
        self.next = next
        self.reason = reason.rawValue
        version += 1
    }

    /// The engineer is available again: what they refused before may be offered once more if they only did not answer.
    mutating func engineerIsBack(_ engineer: Int) {
        for index in ended.indices where ended[index].offer.engineer == Int32(engineer) && ended[index].end == .expired
        {
            ended[index].isForgiven = true
        }
    }

    private mutating func endOffer(_ end: OfferEnd, reason: String?, at now: Timestamp) {
        guard let offer else { return }
        remember(EndedOffer(offer: offer, end: end, at: now, reason: reason))
        self.offer = nil
    }

    private mutating func remember(_ offer: EndedOffer) {
        // Whoever was named and says no is not asked again and again.
        if offer.end == .declined, pin?.engineer == offer.offer.engineer { pin = nil }
        ended.append(offer)
        if ended.count > Self.offersMax { ended.removeFirst() }
    }

    private mutating func change(to state: TaskState, at now: Timestamp, by actor: String?) {
        self.state = state
        changedAt = now
        changedBy = actor
        version += 1
    }
}

extension TaskRecord {
    /// Writes it for a checkpoint.
    func write(to writer: inout ByteWriter) {
        writer.put(number)
        writer.put(kind.rawValue)
        writer.put(Int(site))
        writer.put(Int(incident))
        writer.put(Int(agent))
        writer.put(list: skills) { $0.put($1, in: FleetCoding.skills) }
        writer.put(durationMinutes)
        order.write(to: &writer)
        writer.put(readiness) { $1.write(to: &$0) }
        writer.put(createdAt)
        writer.put(state.rawValue)
        writer.put(engineer) { $0.put(Int($1)) }
        writer.put(offer) { Self.write($1, to: &$0) }
        writer.put(list: ended) { writer, ended in
            Self.write(ended.offer, to: &writer)
            writer.put(ended.end.rawValue)
            writer.put(ended.at)
            writer.put(ended.reason) { $0.put($1) }
            writer.put(ended.isForgiven)
        }
        writer.put(reason) { $0.put($1) }
        writer.put(next) { writer, next in
            writer.put(Int(next.engineer))
            writer.put(next.at)
        }
        writer.put(eta) { $0.put($1) }
        writer.put(retryAt) { $0.put($1) }
        writer.put(changedAt)
        writer.put(changedBy) { $0.put($1) }
        writer.put(version)
        writer.put(isHeld)
        writer.put(assignment) { writer, assignment in
            writer.put(Int(assignment.engineer))
            writer.put(assignment.startsAt)
            writer.put(assignment.endsAt)
            writer.put(assignment.loaner?.text) { $0.put($1) }
        }
        writer.put(pin) { writer, pin in
            writer.put(Int(pin.engineer))
            writer.put(pin.reason) { $0.put($1) }
            writer.put(pin.by)
            writer.put(pin.at)
        }
        writer.put(list: photos) { writer, photo in
            writer.put(photo.photo.digest)
            writer.put(photo.photo.bytes)
            writer.put(photo.photo.type.rawValue)
            writer.put(photo.at)
            writer.put(photo.by)
        }
    }

    private static func write(_ offer: Offer, to writer: inout ByteWriter) {
        writer.put(Int(offer.engineer))
        writer.put(offer.at)
        writer.put(offer.until)
    }

    private static func readOffer(_ reader: inout ByteReader) throws(ByteCodingError) -> Offer {
        Offer(engineer: try reader.number32(), at: try reader.timestamp(), until: try reader.timestamp())
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        number = try reader.integer()
        kind = try reader.word()
        site = try reader.number32()
        incident = try reader.number32()
        agent = try reader.number32()
        skills = try reader.list { reader throws(ByteCodingError) in try reader.word(in: FleetCoding.skills) }
        durationMinutes = try reader.integer()
        order = try WorkOrder(&reader)
        readiness = try reader.optional { reader throws(ByteCodingError) in try Worded(&reader) }
        createdAt = try reader.timestamp()
        state = try reader.word()
        engineer = try reader.optional { reader throws(ByteCodingError) in try reader.number32() }
        offer = try reader.optional { reader throws(ByteCodingError) in try Self.readOffer(&reader) }
        ended = try reader.list { reader throws(ByteCodingError) in
            EndedOffer(
                offer: try Self.readOffer(&reader), end: try reader.word(), at: try reader.timestamp(),
                reason: try reader.optionalString(), isForgiven: try reader.bool())
        }
        reason = try reader.optionalString()
        next = try reader.optional { reader throws(ByteCodingError) in
            Next(engineer: try reader.number32(), at: try reader.timestamp())
        }
        eta = try reader.optionalTimestamp()
        retryAt = try reader.optionalTimestamp()
        changedAt = try reader.timestamp()
        changedBy = try reader.optionalString()
        version = try reader.integer()
        isHeld = try reader.bool()
        assignment = try reader.optional { reader throws(ByteCodingError) in
            Assignment(
                engineer: try reader.number32(), startsAt: try reader.timestamp(), endsAt: try reader.timestamp(),
                loaner: try reader.optionalString().map { LoanerID(trusted: $0) })
        }
        pin = try reader.optional { reader throws(ByteCodingError) in
            Pin(
                engineer: try reader.number32(), reason: try reader.optionalString(), by: try reader.string(),
                at: try reader.timestamp())
        }
        photos = try reader.list { reader throws(ByteCodingError) in
            Photo(
                photo: TaskPhoto(
                    digest: try reader.string(), bytes: try reader.integer(), type: try reader.word()),
                at: try reader.timestamp(), by: try reader.string())
        }
    }
}
