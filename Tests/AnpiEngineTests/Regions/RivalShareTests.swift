import Testing

@testable import AnpiEngine

@Suite struct RivalShareTests {
    /// A server in a storm.
    private static let site = RivalVote.Site(prior: 0.03, silentWhenHit: 0.97, silentWhenHealthy: 0.002)

    private static func votes(silent: Int, heard: Int, gasps: Int = 0) -> [RivalVote] {
        Array(repeating: .silent(site), count: silent) + Array(repeating: .heard(site), count: heard)
            + Array(repeating: .lastGasp, count: gasps)
    }

    private static func posterior(_ prior: RivalShare, _ votes: [RivalVote]) -> RivalShare {
        prior.updated(by: likelihood(of: votes))
    }

    private static func likelihood(of votes: [RivalVote]) -> RivalLikelihood {
        var ballot = RivalBallot()
        for vote in votes { ballot.cast(vote) }
        var known = VoteLogarithms()
        return RivalLikelihood(of: ballot, &known)
    }

    @Test(arguments: [0.0, 0.25, 0.97], [0.0, 0.4])
    func aVoteIsTheLikelihoodOfInferenceThree(share: Double, others: Double) {
        var site = Self.site
        site.othersShare = others
        let expected = 0.03 * 0.97 + 0.97 * (1 - 0.998 * (1 - share) * (1 - others))
        let silent = RivalVote.silent(site)
        let heard = RivalVote.heard(site)
        #expect(abs(silent.likelihood(at: share) - expected) < 1e-12)
        #expect(abs(heard.likelihood(at: share) - (1 - expected)) < 1e-12)
    }

    @Test func aSiteWhoseUPSWouldHaveGaspedCountsATenth() {
        var site = Self.site
        site.weightOfSilence = 0.1
        #expect(abs(RivalVote.silent(site).slope - 0.1 * RivalVote.silent(Self.site).slope) < 1e-12)
        #expect(RivalVote.silent(site).atNone == RivalVote.silent(Self.site).atNone)
        #expect(RivalVote.heard(site) == RivalVote.heard(Self.site))
    }

    @Test func theGridIsNoughtAndThirtyTwoPointsUpTo97Hundredths() {
        #expect(RivalShare.shares.count == 33 && RivalShare.shares[0] == 0)
        #expect(abs(RivalShare.shares[1] - 0.03) < 0.001)
        #expect(abs(RivalShare.shares[32] - 0.97) < 1e-12)
        let prior = RivalShare(belief: 0.3)
        #expect(abs(prior.belief - 0.3) < 1e-12)
        // The mean of 0.97·k/32 over k = 1…32 is 0.97·33/64.
        #expect(abs(prior.mean - 0.3 * 0.97 * 33 / 64) < 1e-12)
        #expect(abs(RivalShare(belief: 0.1).mixed(with: prior).belief - 0.2) < 1e-12)
    }

    @Test func thePriorsAreThoseOfInferenceThree() {
        let expected: [(RivalPrior, Double, Double)] = [
            (.carrier, 0.001, 0.001), (.powerArea, 0.003, 0.3), (.prefecture, 0.0001, 0.02),
        ]
        for (prior, ordinary, hazard) in expected {
            #expect(abs(prior.share(underHazard: false).belief - ordinary) < 1e-12)
            #expect(abs(prior.share(underHazard: true).belief - hazard) < 1e-12)
        }
    }

    /// The posterior by the definition, in logarithms, site by site.
    @Test(arguments: [(0, 5), (1, 0), (3, 40), (70, 30), (500, 1_500)])
    func thePosteriorIsThatOfTheDefinition(silent: Int, heard: Int) {
        let votes = Self.votes(silent: silent, heard: heard, gasps: 1)
        let prior = 0.3
        let points = RivalShare.shares
        let logarithms = points.map { share in
            votes.reduce((share == 0 ? 1 - prior : prior / 32).naturalLogarithm) {
                $0 + $1.likelihood(at: share).naturalLogarithm
            }
        }
        let most = logarithms.max() ?? 0
        let weights = logarithms.map { ($0 - most).exponential }
        let total = weights.reduce(0, +)
        let mean = zip(points, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
        let posterior = Self.posterior(RivalShare(belief: prior), votes)
        #expect(abs(posterior.mean - mean) < 1e-9)
        #expect(abs(posterior.belief - (1 - weights[0] / total)) < 1e-9)
    }

    @Test func aSitesOwnVoteIsLeftOutOfWhatExplainsIt() {
        let prior = RivalPrior.powerArea.share(underHazard: true)
        let all = Self.votes(silent: 4, heard: 6)
        let posterior = Self.posterior(prior, all)
        let others = Self.posterior(prior, Array(all.dropFirst()))
        #expect(abs(posterior.mean(without: all[0]) - others.mean) < 1e-9)
        #expect(abs(posterior.mean(without: all[9]) - Self.posterior(prior, Array(all.dropLast())).mean) < 1e-9)
        // One silent site alone explains nothing of itself.
        let alone = Self.posterior(prior, [.silent(Self.site)])
        #expect(abs(alone.mean(without: .silent(Self.site)) - prior.mean) < 1e-9)
    }

    @Test func aBlackoutIsBelievedAndSitesHeardUnderItLowerItsShare() {
        let prior = RivalPrior.powerArea.share(underHazard: true)
        let dark = Self.posterior(prior, Self.votes(silent: 40, heard: 4))
        #expect(dark.belief > 0.999 && abs(dark.mean - 0.9) < 0.05)
        let half = Self.posterior(prior, Self.votes(silent: 20, heard: 20))
        #expect(abs(half.mean - 0.5) < 0.06)
        let lit = Self.posterior(prior, Self.votes(silent: 2, heard: 60))
        #expect(lit.mean < 0.05)
    }

    @Test func aLastGaspMakesADarkAreaLikelyButIsNoProof() {
        let prior = RivalPrior.powerArea.share(underHazard: false)
        let one = Self.posterior(prior, Self.votes(silent: 0, heard: 0, gasps: 1))
        #expect(one.belief > 0.3 && one.belief < 0.9)
        #expect(Self.posterior(prior, Self.votes(silent: 0, heard: 0, gasps: 2)).belief > 0.99)
        #expect(Self.posterior(prior, Self.votes(silent: 0, heard: 40, gasps: 1)).mean < 0.05)
    }

    @Test func theGainTellsACarrierOutageFromChance() {
        #expect(Self.likelihood(of: Self.votes(silent: 0, heard: 30)).gain == 0)
        #expect(Self.likelihood(of: Self.votes(silent: 2, heard: 60)).gain < 14)
        let site = RivalVote.Site(prior: 0.0005, silentWhenHit: 0.97, silentWhenHealthy: 0.002)
        let votes = Self.likelihood(of: Array(repeating: .silent(site), count: 10))
        // Ten sites, each explained by f = 0.97 instead of by its own p.
        let expected = 10 * (0.970_06 / (0.0005 * 0.97 + 0.9995 * 0.002)).naturalLogarithm
        #expect(abs(votes.gain - expected) < 0.01)
    }

    @Test func tenThousandVotesNeitherOverflowNorVanish() {
        let prior = RivalPrior.prefecture.share(underHazard: true)
        let posterior = Self.posterior(prior, Self.votes(silent: 1_000, heard: 9_000))
        #expect(posterior.belief > 0.999 && abs(posterior.mean - 0.09) < 0.03)
        #expect(posterior.mean(without: .heard(Self.site)).isFinite)
    }
}
