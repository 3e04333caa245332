/// One test of a whole area: its sites that show whether they are dark, and those that are (inference 7).
package struct AreaTest: Hashable, Sendable {
    /// Those that fell silent lately, ascending.
    private(set) var silent: [Int] = []
    /// P(silent | healthy) of each site, silent or heard.
    private var probabilities: [Double] = []

    /// How many sites it is about, and how many of them are silent.
    package var siteCount: Int { probabilities.count }
    package var silentCount: Int { silent.count }

    mutating func add(_ site: Int, isSilent: Bool, probability: Double) {
        probabilities.append(probability)
        if isSilent { silent.append(site) }
    }

    /// P(so many or more are silent by chance); what exceeds `enough` needs no digits.
    package func tail(enough: Double = 1) -> Double {
        PoissonBinomial.upperTail(of: probabilities, atLeast: silent.count, enough: enough)
    }

    /// P(X ≥ 0), P(X ≥ 1), … of as many silent by chance, until one is below `least` and the count itself is among them.
    package func tails(downTo least: Double) -> [Double] {
        var tails = [1.0]
        while tails.count <= silentCount + 1 || tails[tails.count - 1] >= least, tails.count <= siteCount + 1 {
            tails.append(PoissonBinomial.upperTail(of: probabilities, atLeast: tails.count))
        }
        return tails
    }
}
