/// How many of independent sites are silent when each has its own p: the tail behind the alarm of an area (reference
/// §3.4 a).
enum PoissonBinomial {
    /// Masses below this are nought: a tail that small alarms at any level, and denormal numbers are slow.
    private static let massMin = 1e-250

    /// P(X ≥ `count`) over sites with these probabilities of silence.
    ///
    /// O(n·k) by adding one site after another; what reaches `count` is kept apart, so that a tiny tail has no
    /// cancellation in it. It only grows, so the sum ends where it exceeds `enough`: "no alarm" needs no digits.
    static func upperTail(of probabilities: some Sequence<Double>, atLeast count: Int, enough: Double = 1) -> Double {
        guard count > 0 else { return 1 }
        // mass[j] = P(j of those so far are silent), for j < count.
        var mass = [Double](repeating: 0, count: count)
        mass[0] = 1
        var highest = 0
        var tail = 0.0
        return mass.withUnsafeMutableBufferPointer { mass in
            for probability in probabilities {
                let other = 1 - probability
                if highest == count - 1 {
                    tail += probability * mass[highest]
                    if tail > enough { return tail }
                } else if probability * mass[highest] > massMin {
                    highest += 1
                }
                var place = highest
                while place > 0 {
                    mass[place] = mass[place] * other + mass[place - 1] * probability
                    place -= 1
                }
                mass[0] *= other
            }
            return tail
        }
    }
}
