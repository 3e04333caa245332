import AnpiModel
import Testing

@Suite struct PhotoTypeTests {
    @Test(
        arguments: [
            ([0xFF, 0xD8, 0xFF, 0xE0, 1], PhotoType.jpeg),
            ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], .png),
            (Array("RIFF\u{1}\u{2}\u{3}\u{4}WEBPVP8 ".utf8), .webp),
            (Array("RIFF\u{1}\u{2}\u{3}\u{4}WAVEfmt ".utf8), nil),
            (Array("GIF89a".utf8), nil),
            (Array("<svg xmlns=".utf8), nil),
            ([0xFF, 0xD8], nil),
            ([], nil),
        ] as [([UInt8], PhotoType?)])
    func theFirstBytesSayWhatItIs(bytes: [UInt8], type: PhotoType?) {
        #expect(PhotoType(of: bytes) == type)
    }
}
