import AnpiEngine
import AnpiModel
import Testing

@testable import AnpiCollector

/// While the queue refuses beats nobody was heard for certain.
@Suite struct RefusedBeatsTests {
    private func at(_ seconds: Double) -> Timestamp { Lane.at(seconds) }

    private func refused(_ seconds: [Double]) -> RefusedBeats {
        var beats = RefusedBeats()
        for second in seconds { beats.wasRefused(at: at(second)) }
        return beats
    }

    @Test func aMomentIsNoBlindTime() {
        #expect(RefusedBeats().span(upTo: at(9)) == nil)
        #expect(refused([1, 1.5, 3]).span(upTo: at(9)) == nil)
        #expect(refused([1, 4, 7]).span(upTo: at(9)) == nil, "each by itself: others were heard between them")
    }

    @Test func whatLastsIsToldPieceByPieceWithoutAGapAndEachTwiceAsLong() {
        var beats = refused([1, 2, 3, 3.5])
        #expect(beats.span(upTo: at(4)) == Input.Span(from: at(1), to: at(3.5)))
        if let span = beats.span(upTo: at(4)) { beats.wasTold(span) }
        for second in [5, 6, 7.5] {
            beats.wasRefused(at: at(second))
            #expect(beats.span(upTo: at(second)) == nil)
        }
        beats.wasRefused(at: at(8))
        #expect(beats.span(upTo: at(8)) == Input.Span(from: at(3.5), to: at(8)))
    }

    /// A row tells nothing beyond its own time: what waits in the queue comes before any deadline after it.
    @Test func onlyWhatIsBeforeTheRowIsToldInIt() {
        var beats = refused([1, 2, 3, 4, 5])
        #expect(beats.span(upTo: at(2.5)) == nil)
        let span = beats.span(upTo: at(4))
        #expect(span == Input.Span(from: at(1), to: at(4)))
        if let span { beats.wasTold(span) }
        for second in [6.5, 8.5] { beats.wasRefused(at: at(second)) }
        #expect(beats.span(upTo: at(9)) == Input.Span(from: at(4), to: at(8.5)))
    }
}
