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
        #expect(RefusedBeats().span == nil)
        #expect(refused([1, 1.5, 3]).span == nil)
        #expect(refused([1, 4, 7]).span == nil, "each by itself: others were heard between them")
    }

    @Test func whatLastsIsToldPieceByPieceWithoutAGap() {
        var beats = refused([1, 2, 3, 3.5])
        #expect(beats.span == Input.Span(from: at(1), to: at(3.5)))
        if let span = beats.span { beats.wasTold(span) }
        #expect(beats.span == nil)
        beats.wasRefused(at: at(5))
        #expect(beats.span == nil)
        beats.wasRefused(at: at(6))
        #expect(beats.span == Input.Span(from: at(3.5), to: at(6)))
    }

    @Test func whatIsRefusedWhileAPieceIsWrittenBelongsToTheNext() {
        var beats = refused([1, 2, 3, 4])
        let span = beats.span
        beats.wasRefused(at: at(5))
        if let span { beats.wasTold(span) }
        beats.wasRefused(at: at(6.5))
        #expect(beats.span == Input.Span(from: at(4), to: at(6.5)))
    }
}
