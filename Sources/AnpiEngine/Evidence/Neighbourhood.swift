import AnpiModel

/// What the sites of one municipality say about one of them that is silent.
///
/// Counts only; all of it is made anew from the sites after an import or a restart.
struct Neighbourhood: Hashable, Sendable {
    /// Sites that report.
    var reporting = 0
    /// Sites whose silence says something and has been told.
    var silent = 0
    /// Sites of which was said that they alone are silent, ascending: looked at again when another one falls silent.
    var alone: [Int32] = []

    /// Silent neighbours that so many reporting ones outweigh each: single machines fail somewhere every day.
    static let reportingForEachSilent = 10

    /// Whether a silent site's neighbours are well: some report, and hardly any of them is silent.
    ///
    /// - Parameter isTold: the site itself is among `silent`.
    func isWell(withoutItself isTold: Bool) -> Bool {
        let others = silent - (isTold ? 1 : 0)
        return reporting > 0 && reporting >= others * Self.reportingForEachSilent
    }
}

extension Engine {
    /// The neighbourhood of a site by number.
    func neighbourhood(of site: Int) -> Int { Int(index.sites[site].municipality) }

    /// The attribution of a site is not what it was: keeps the list of those that are alone.
    mutating func attributionChanged(of site: Int, from before: Attribution?) {
        let place = neighbourhood(of: site)
        if before == .siteOnly { neighbourhoods[place].alone.removeAll { $0 == Int32(site) } }
        if sites[site].attribution == .siteOnly {
            let alone = neighbourhoods[place].alone
            let order = alone.firstIndex { $0 > Int32(site) } ?? alone.count
            neighbourhoods[place].alone.insert(Int32(site), at: order)
        }
    }

    /// The silence of a site has been told, or is over.
    mutating func silenceWasTold(at site: Int, _ isTold: Bool, into step: inout Step) {
        guard sites[site].silenceIsTold != isTold else { return }
        sites[site].silenceIsTold = isTold
        if isTold {
            told.insert(ascending: Int32(site))
            sites[site].spokeAt = now
            confirm(site, 1)
        } else {
            told.remove(ascending: Int32(site))
            confirm(site, -1)
            sites[site].hadIncident = false
            sites[site].explained = 0
            sites[site].priorAmongNeighbours = 0
            sites[site].sharedStart = 1
        }
        touchAreas(of: site, always: true)
        guard counts(site: site) else { return }
        let place = neighbourhood(of: site)
        neighbourhoods[place].silent += isTold ? 1 : -1
        guard isTold, !neighbourhoods[place].isWell(withoutItself: true) else { return }
        // "Its neighbours are fine" is no longer true of those that fell silent before.
        for other in neighbourhoods[place].alone where Int(other) != site {
            assess(Int(other), silence: silence(of: Int(other)), into: &step)
        }
    }

    /// Counts anew, after an import or a restart.
    mutating func recountNeighbours() {
        neighbourhoods = Array(repeating: Neighbourhood(), count: index.municipalities.count)
        for number in sites.indices {
            let place = neighbourhood(of: number)
            if sites[number].attribution == .siteOnly { neighbourhoods[place].alone.append(Int32(number)) }
            guard counts(site: number) else { continue }
            if sites[number].contact == .reporting { neighbourhoods[place].reporting += 1 }
            if sites[number].silenceIsTold { neighbourhoods[place].silent += 1 }
        }
    }
}
