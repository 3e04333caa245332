import AnpiModel

/// What is believed of areas, warnings and feeds, as a checkpoint keeps it: areas by their keys, because numbers hold
/// within one run only.
struct SavedRegions {
    var hazards: HazardLedger
    var feeds: [KnownFeed]
    var rivals: [(key: AreaTable.Key, state: RivalState)]
    var releases: [ReleaseState]
    var outages: [(finding: Int, counts: [OutageArea.Count])]
    var newlyTold: [Int32]
    var touched: [AreaTable.Key]
    var judgementAt: Timestamp
    var profile: SilenceProfile
    var silences: RecentSilences

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        hazards = try HazardLedger(from: &reader)
        feeds = try reader.list { reader throws(ByteCodingError) in try KnownFeed(&reader) }
        rivals = try reader.list { reader throws(ByteCodingError) in
            (key: try AreaTable.Key(&reader), state: try RivalState(&reader))
        }
        releases = try reader.list { reader throws(ByteCodingError) in try ReleaseState(&reader) }
        outages = try reader.list { reader throws(ByteCodingError) in
            (
                finding: try reader.integer(),
                counts: try reader.list { reader throws(ByteCodingError) in
                    OutageArea.Count(
                        municipality: try reader.number32(), silent: try reader.integer(),
                        heard: try reader.integer())
                }
            )
        }
        newlyTold = try reader.list { reader throws(ByteCodingError) in try reader.number32() }
        touched = try reader.list { reader throws(ByteCodingError) in try AreaTable.Key(&reader) }
        judgementAt = try reader.timestamp()
        profile = try SilenceProfile(from: &reader)
        silences = RecentSilences(
            blocks: try reader.list { reader throws(ByteCodingError) in try RecentSilences.Block(&reader) })
    }
}

extension Engine {
    func writeRegions(to writer: inout ByteWriter) {
        hazards.write(to: &writer)
        writer.put(list: feeds) { $1.write(to: &$0) }
        writer.put(list: rivals.indices.filter { !rivals[$0].isIdle }) { writer, area in
            index.areas.keys[area].write(to: &writer)
            rivals[area].write(to: &writer)
        }
        writer.put(list: releases) { $1.write(to: &$0) }
        writer.put(list: outages) { writer, outage in
            writer.put(outage.finding)
            writer.put(list: outage.counts) { writer, count in
                // Municipalities are numbered anew after a restart: by a site of theirs, whose number stays.
                writer.put(Int(index.sites.firstIndex { $0.municipality == count.municipality } ?? 0))
                writer.put(count.silent)
                writer.put(count.heard)
            }
        }
        writer.put(list: newlyTold) { $0.put(Int($1)) }
        writer.put(list: touched) { index.areas.keys[Int($1)].write(to: &$0) }
        writer.put(judgementAt)
        profile.encode(into: &writer)
        writer.put(list: recentSilences.blocks) { $1.write(to: &$0) }
    }

    /// After sites and index have been read.
    mutating func restore(_ saved: SavedRegions) {
        hazards = saved.hazards
        feeds = saved.feeds
        rivals = Array(repeating: RivalState(), count: index.areas.keys.count)
        isTouched = Array(repeating: false, count: index.areas.keys.count)
        for (key, state) in saved.rivals {
            if let number = index.areas.number(of: key) { rivals[number] = state }
        }
        for key in saved.touched {
            guard let number = index.areas.number(of: key) else { continue }
            isTouched[number] = true
            touched.append(Int32(number))
        }
        releases = saved.releases
        newlyTold = saved.newlyTold
        judgementAt = saved.judgementAt
        profile = saved.profile
        recentSilences = saved.silences
        told = sites.indices.filter { sites[$0].silenceIsTold }.map(Int32.init)
        // Counts only: `recountPlaced` finds the sites.
        outages = saved.outages.map { saved in
            OutageArea(
                finding: saved.finding, members: [],
                counts: saved.counts.map { count in
                    var count = count
                    let site = Int(count.municipality)
                    count.municipality = sites.indices.contains(site) ? index.sites[site].municipality : -1
                    return count
                })
        }
    }
}

extension AreaTable.Key {
    func write(to writer: inout ByteWriter) {
        writer.put(byte: kind.rawValue)
        writer.put(text)
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        guard let kind = AreaTable.Kind(rawValue: try reader.byte()) else { throw .malformed }
        self.init(kind: kind, text: try reader.string())
    }
}

extension KnownFeed {
    func write(to writer: inout ByteWriter) {
        writer.put(state.name)
        writer.put(state.isPolled)
        writer.put(state.succeededAt) { $0.put($1) }
        writer.put(state.failedAt) { $0.put($1) }
        writer.put(state.newestReportAt) { $0.put($1) }
        writer.put(told.rawValue)
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        state = FeedState(name: try reader.string(), isPolled: try reader.bool())
        state.succeededAt = try reader.optionalTimestamp()
        state.failedAt = try reader.optionalTimestamp()
        state.newestReportAt = try reader.optionalTimestamp()
        told = try reader.word()
    }
}

extension RivalState {
    func write(to writer: inout ByteWriter) {
        writer.put(share) { $1.write(to: &$0) }
        writer.put(mean)
        writer.put(isEstablished)
        writer.put(darkUntil)
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        share = try reader.optional { reader throws(ByteCodingError) in try RivalShare(&reader) }
        mean = try reader.double()
        isEstablished = try reader.bool()
        darkUntil = try reader.timestamp()
    }
}

extension ReleaseState {
    func write(to writer: inout ByteWriter) {
        switch key {
        case .update: writer.put(-2)
        case .version(let number): writer.put(Int(number))
        }
        writer.put(share)
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        let number = try reader.number32()
        key = number == -2 ? .update : .version(number)
        share = try reader.double()
    }
}

extension RecentSilences.Block {
    func write(to writer: inout ByteWriter) {
        writer.put(dueAt)
        writer.put(list: entries) { writer, entry in
            writer.put(Int(entry.agent))
            writer.put(entry.from)
            writer.put(entry.to)
        }
    }

    init(_ reader: inout ByteReader) throws(ByteCodingError) {
        dueAt = try reader.timestamp()
        entries = try reader.list { reader throws(ByteCodingError) in
            RecentSilences.Entry(
                agent: try reader.number32(), from: try reader.timestamp(), to: try reader.timestamp())
        }
    }
}
