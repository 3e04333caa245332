import AnpiClient
import AnpiModel

/// One run of one command: the world, the person's language and the collector.
struct Session {
    let world: World
    let options: CommonOptions
    let words: Words
    /// The time that screens are read at: in a drill, the drill's.
    private(set) var now: Timestamp
    let settings: Settings
    /// The drill that is asked; nil is the real fleet.
    let drill: String?
    let api: APIClient
    /// What an engineer keeps on this machine; nil for others, and in drills.
    let field: Field?

    /// - Parameter mayEnterDrill: Whether the command is about one fleet, so that it can be a drill's.
    init(
        _ world: World, options: CommonOptions, timeout: Duration? = nil, mayEnterDrill: Bool = true
    ) throws(Complaint) {
        self.world = world
        self.options = options
        words = Words(language: options.lang ?? Language(environment: world.environment))
        now = world.now()
        var settings = try Settings.load(
            collector: options.collector, environment: world.environment, files: world.files, words: words)
        settings.timeout = timeout
        self.settings = settings
        if !mayEnterDrill, options.drill != nil { throw Complaint(.usage, [words("cli.drill.notHere")]) }
        drill = mayEnterDrill ? options.drill ?? world.environment.present("ANPI_DRILL") : nil
        api = APIClient(
            transport: try world.connect(settings), token: settings.token, drill: drill, pause: world.pause)
        field = drill == nil ? Field(settings: settings, environment: world.environment, files: world.files) : nil
        if let drill { now = try enter(drill) }
    }

    /// The drill's time, once everyone who reads the screen has been told that it is a drill.
    private func enter(_ drill: String) throws(Complaint) -> Timestamp {
        let drills = try ask { () throws(APIError) in try api.drills().value.items }
        guard let now = drills.first(where: { $0.name == drill })?.now else {
            throw Complaint(.notFound, [words("cli.drill.notPlaying", ["name": drill]), words("cli.cure.drill")])
        }
        if options.output == .table {
            let moments = Moments(now: world.now(), words: words)
            world.output(words("cli.drill.banner", ["name": drill, "time": moments.full(now)]))
        }
        return now
    }

    /// For changes of tasks: what an engineer's machine keeps is not tried again at once.
    var workAPI: APIClient { field?.store == nil ? api : api.once }

    var paper: Paper {
        Paper(words: words, width: world.width, hasColor: world.hasColor, now: now, drill: drill)
    }

    /// Asks the collector; an error becomes a complaint about `subject`.
    ///
    /// - Parameter beforeChange: Whether a change was to follow, so that it must be said that nothing was stored.
    func ask<Result>(
        _ subject: String? = nil, beforeChange: Bool = false, _ call: () throws(APIError) -> Result
    ) throws(Complaint) -> Result {
        do { return try call() } catch { throw complaint(error, subject, isChange: beforeChange) }
    }

    /// Asks for something that only adds to the answer: not being allowed to see it, or its absence, is no error.
    func askIfAllowed<Result>(_ call: () throws(APIError) -> Result) throws(Complaint) -> Result? {
        guard !isOutOfReach else { return nil }
        do { return try call() } catch {
            if field?.store != nil, field?.wasLost(error) == true { return nil }
            switch error.code {
            case .notAllowed, .notFound, .notUnderstood: return nil
            case .unreachable, .unanswered, .insecure, .notSignedIn, .conflict, .invalid, .busy, .unexpected:
                throw complaint(error, nil, isChange: false)
            }
        }
    }

    /// Changes something. Every change of every command passes here and then `APIClient.send`.
    func change<Result>(
        _ subject: String? = nil, version: Int? = nil, operation: String? = nil,
        _ call: (APIClient.Change) throws(APIError) -> Result
    ) throws(Complaint) -> Result {
        let change = APIClient.Change(operation: operation ?? world.drawKey(), expectedVersion: version)
        do { return try call(change) } catch { throw complaint(error, subject, isChange: true) }
    }

    func complaint(_ error: APIError, _ subject: String?, isChange: Bool) -> Complaint {
        Complaint(error, collector: settings.collector, subject: subject, isChange: isChange, words: words)
    }

    /// Prints the API's own JSON where it was asked for, else the screen.
    func show(_ answer: APIClient.Answer, _ text: @autoclosure () -> String) {
        world.output(options.output == .json ? Self.json(answer) : text())
    }

    /// The answer as it came; an empty one is an empty object, so that there is always JSON to read.
    static func json(_ answer: APIClient.Answer) -> String { json(answer.body) }

    /// The same of its body.
    static func json(_ body: [UInt8]) -> String {
        var body = body[...]
        while let last = body.last, last == 0x0A || last == 0x0D || last == 0x20 { body.removeLast() }
        return body.isEmpty ? "{}" : String(decoding: body, as: UTF8.self)
    }

    /// A time that was typed, or a complaint that names the option.
    func time(
        _ text: String?, option: String, _ side: TimeArgument.Side = .ahead
    ) throws(Complaint) -> Timestamp? {
        guard let text else { return nil }
        guard let instant = TimeArgument.parse(text, now: now, side) else {
            throw Complaint(.usage, [words("cli.error.time", ["option": option, "text": text])])
        }
        return instant
    }
}
