import AnpiClient
import AnpiEngine
import AnpiModel
import AnpiReplay

/// `anpi replay --from-journal`: asks a collector for what it recorded, piece by piece, and plays it here.
struct RecordedRun {
    let world: World
    let words: Words
    let form: ReplayForm

    /// A checkpoint of the whole nation's clinics has some 40 MiB.
    private static let answerBytesMax = 512 << 20
    /// Reading one takes the collector a second; a slow line takes longer.
    private static let timeout = Duration.seconds(300)

    func run(collector: String?, from: String, to: String?) throws(Complaint) -> ExitStatus {
        let now = world.now()
        let beginning = try time(from, option: "--from-journal", now)
        var end = now
        if let to { end = try time(to, option: "--to", now) }
        var settings = try Settings.load(
            collector: collector, environment: world.environment, files: world.files, words: words)
        settings.timeout = Self.timeout
        settings.answerBytesMax = Self.answerBytesMax
        let api = APIClient(transport: try world.connect(settings), token: settings.token, pause: world.pause)

        var page = try page(from: beginning, after: nil, to: end, api, settings)
        guard page.approximated.isEmpty else { return try retell(page, from: beginning, to: end, api, settings) }
        var replay = RecordedReplay(from: beginning)
        while true {
            var decisions: [Decision] = []
            do { try replay.take(page) { decisions.append($0) } } catch { throw complaint(of: error) }
            print(decisions, in: replay.engine.fleet)
            guard let next = page.next else { break }
            page = try self.page(from: beginning, after: next, to: end, api, settings)
        }
        world.output(verdict(of: replay, from: beginning, to: page.until))
        return replay.difference == nil ? .done : .notInOrder
    }

    /// Days whose log is gone, as history tells them.
    private func retell(
        _ first: ReplayPage, from: Timestamp, to end: Timestamp, _ api: APIClient, _ settings: Settings
    ) throws(Complaint) -> ExitStatus {
        var replay = RetoldReplay(from: from)
        var page = first
        while true {
            var decisions: [Decision] = []
            do { try replay.take(page) { decisions.append($0) } } catch { throw complaint(of: error) }
            print(decisions, in: replay.fleet)
            guard let next = page.next else { break }
            page = try self.page(from: from, after: next, to: end, api, settings)
        }
        for refusal in replay.refused {
            world.complaints(words("cli.replay.refused", ["at": refusal.at.description, "why": refusal.sentence]))
        }
        world.output(verdict(of: replay, from: from, to: page.until))
        return .done
    }

    private func page(
        from: Timestamp, after cursor: String?, to: Timestamp, _ api: APIClient, _ settings: Settings
    ) throws(Complaint) -> ReplayPage {
        let bytes: [UInt8]
        do throws(APIError) {
            if let cursor {
                bytes = try api.replay(after: cursor, to: to).body
            } else {
                bytes = try api.replay(from: from, to: to).body
            }
        } catch {
            throw Complaint(error, collector: settings.collector, isChange: false, words: words)
        }
        do { return try ReplayPage(bytes) } catch {
            throw Complaint(.notUnderstood, [words("cli.replay.otherRelease")])
        }
    }

    private func print(_ decisions: [Decision], in fleet: Fleet) {
        var lines: [String] = []
        switch form {
        case .jsonl: lines = decisions.map(\.json.text)
        case .text:
            var screen = ReplayScreen(words: words, fleet: fleet)
            for decision in decisions { lines += screen.lines(decision) }
        }
        if !lines.isEmpty { world.output(lines.joined(separator: "\n")) }
    }

    /// The last line: whether every line of the journal is what was decided here.
    private func verdict(of replay: RecordedReplay, from: Timestamp, to: Timestamp) -> String {
        switch form {
        case .jsonl:
            var members: [JSON.Member] = [
                .init("exact", .bool(replay.difference == nil)), .init("from", .time(from)), .init("to", .time(to)),
                .init("compared", .integer(replay.compared)),
            ]
            if let difference = replay.difference {
                members.append(
                    .init("differsAt", ["number": .integer(difference.number), "at": .time(difference.at)]))
            }
            return JSON.object(members).text
        case .text:
            guard let difference = replay.difference else {
                return words("cli.replay.exact", ["n": String(replay.compared), "to": to.description])
            }
            return words(
                "cli.replay.differs", ["n": String(difference.number), "at": difference.at.description])
        }
    }

    /// The last line: in what this is not what was decided then.
    private func verdict(of replay: RetoldReplay, from: Timestamp, to: Timestamp) -> String {
        switch form {
        case .jsonl:
            let verdict: JSON = [
                "exact": false, "from": .time(from), "to": .time(to),
                "approximated": .array(replay.approximated.map { .word($0) }),
            ]
            return verdict.text
        case .text:
            let gaps = replay.approximated.map { words("cli.replay.approximated.\($0.rawValue)") }
            return ([words("cli.replay.retold", ["to": to.description])] + gaps.map { "  " + $0 })
                .joined(separator: "\n")
        }
    }

    private func complaint(of failure: RecordedReplay.Failure) -> Complaint {
        switch failure {
        case .unreadableBase, .outOfOrder: Complaint(.notUnderstood, [words("cli.replay.otherRelease")])
        case .unreadableRow(let place):
            Complaint(
                .notUnderstood,
                [
                    words(
                        "cli.replay.unreadableRow",
                        ["writer": String(place.writer.prefix(8)), "row": String(place.seq)])
                ])
        }
    }

    private func time(_ text: String, option: String, _ now: Timestamp) throws(Complaint) -> Timestamp {
        guard let instant = TimeArgument.parse(text, now: now, .behind) else {
            throw Complaint(.usage, [words("cli.error.time", ["option": option, "text": text])])
        }
        return instant
    }
}
