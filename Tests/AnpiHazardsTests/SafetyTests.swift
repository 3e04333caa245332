import AnpiHazards
import AnpiModel
import Foundation
import Testing

@Suite struct SafetyTests {
    @Test(arguments: [
        "<!DOCTYPE alert [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><alert>&a;</alert>",
        "<?xml version=\"1.0\"?>\n<!doctype alert><alert/>", "<alert><![CDATA[<!ENTITY x \"y\">]]></alert>",
        "<!DocType alert SYSTEM \"http://127.0.0.1/x.dtd\"><alert/>",
    ])
    func declarationsAreRefusedUnread(text: String) {
        #expect(refusal(text)?.code == .declaration)
    }

    @Test func anotherEncodingIsNoWayAround() throws {
        let text = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><!DOCTYPE a [<!ENTITY b \"c\">]><alert>&b;</alert>"
        for encoding in [
            String.Encoding.utf16BigEndian, .utf16LittleEndian, .utf16, .utf32BigEndian, .utf32LittleEndian,
        ] {
            #expect(refusal(Array(try #require(text.data(using: encoding))))?.code == .encoding)
        }
        for name in ["UTF-16", "UTF-7", "Shift_JIS", "IBM037", "x"] {
            #expect(refusal("<?xml version='1.0' encoding='\(name)'?><alert/>")?.code == .encoding)
        }
    }

    @Test func undefinedEntitiesAreRefused() {
        #expect(refusal(CAPText(sender: "&nbsp;").text)?.code == .malformed)
    }

    @Test func predefinedEntitiesAndNumbersAreRead() throws {
        let message = try parse(CAPText(infos: [.init(event: "Rain &amp; wind &#x6D2A;")]).text)
        #expect(message.areas.first?.name == "Rain & wind 洪")
    }

    @Test func aByteOrderMarkAndSpaceBeforeTheRootAreBorne() throws {
        let bytes = [0xEF, 0xBB, 0xBF, 0x0D, 0x0A] + Array(CAPText().text.utf8)
        #expect(try parse(bytes).telegram == "CAP")
    }

    @Test func deepNestingIsRefused() {
        let deep = String(repeating: "<a>", count: 500_000)
        #expect(refusal("<alert>" + deep)?.code == .bounds)
    }

    @Test func tooManyElementsAreRefused() {
        #expect(refusal("<alert>" + String(repeating: "<a/>", count: 100_001) + "</alert>")?.code == .bounds)
    }

    @Test func tooManyPointsAreRefused() {
        let ring = (0..<50_001).map { "35.\(100_000 + $0),138.5" }.joined(separator: " ")
        let areas = "<area><areaDesc>x</areaDesc><polygon>\(ring)</polygon></area>"
        #expect(refusal(CAPText(infos: [.init(areas: areas)]).text)?.code == .bounds)
    }

    @Test func tooManyBytesAreRefusedUnread() {
        #expect(refusal([UInt8](repeating: 0x20, count: 2 * 1_024 * 1_024 + 1))?.code == .tooLarge)
    }

    @Test(arguments: [
        ("", HazardError.Code.malformed), ("   ", .malformed), ("not xml", .encoding), ("{\"a\":1}", .encoding),
        ("<", .malformed),
        ("<alert>", .malformed), ("<alert><identifier>x</alert>", .malformed), ("<html></html>", .format),
        ("<rss><alert/></rss>", .format), ("<?xml version=\"1.0\"", .malformed),
    ])
    func whatIsNoMessageIsRefusedWithAReason(text: String, code: HazardError.Code) throws {
        let error = try #require(refusal(text))
        #expect(error.code == code)
        #expect(error.reason.count > 20)
    }

    @Test func garbledTextDoesNotCostTheWarning() throws {
        var bytes = try Fixture.bytes("VPWW54.xml")
        let name = Array("焼津市".utf8)
        let place = try #require(bytes.firstRange(of: name))
        bytes.replaceSubrange(place, with: [0xFF, 0x00, 0x1B, 0xE7, 0x84])
        let message = try parse(bytes)
        #expect(message.areas.contains { $0.places == [.weather("2221200")] && $0.level == 4 })
    }

    @Test func aLargeTelegramIsRead() throws {
        let city = try #require(try Fixture.text("VXSE53.xml").firstMatch(of: try Regex("<City>.*?</City>\\n")))
        let cities = (0..<1_186).map {
            String(city.output[0].substring ?? "").replacing("2210100", with: "\(2_210_100 + $0)")
        }
        let text = try Fixture.text("VXSE53.xml").replacing(
            "<City>", with: cities.joined() + "<City>", maxReplacements: 1)
        #expect(try parse(text).areas.count >= 1_186)
    }

    // MARK: Mutations

    /// Every mutation is either read or refused with a reason; none crashes or hangs.
    @Test func mutatedDocumentsAreReadOrRefused() throws {
        let seed =
            UInt64(ProcessInfo.processInfo.environment["ANPI_SEED"] ?? "") ?? UInt64.random(in: 0...UInt64(UInt32.max))
        print("mutated documents: ANPI_SEED=\(seed)")
        var random = SeededRandom(seed: seed)
        let originals = try Fixture.names.map { try Fixture.bytes($0) }
        var read = 0
        var refused = 0
        for _ in 0..<400 {
            var bytes = originals[Int.random(in: originals.indices, using: &random)]
            for _ in 0...Int.random(in: 0...2, using: &random) { Mutation.mutate(&bytes, using: &random) }
            do throws(HazardError) {
                let message = try parse(bytes)
                read += 1
                #expect(!message.identifier.isEmpty)
                #expect(message.headline.count <= HazardBounds.headlineCharactersMax)
                var writer = ByteWriter()
                writer.put(message)
                var reader = ByteReader(writer.bytes)
                #expect((try? reader.hazardMessage()) == message)
            } catch {
                refused += 1
                #expect(error.reason.count > 20)
            }
        }
        #expect(read > 0)
        #expect(refused > 0)
    }
}

private enum Mutation {
    static func mutate(_ bytes: inout [UInt8], using random: inout SeededRandom) {
        guard bytes.count > 8 else { return }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<9, using: &random) {
        case 0: bytes.removeSubrange(place...)
        case 1:
            for _ in 0..<8 {
                bytes[Int.random(in: bytes.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
        case 2:
            // An element twice, or half of one.
            let end = min(bytes.count, place + Int.random(in: 1...400, using: &random))
            bytes.insert(contentsOf: bytes[place..<end], at: end)
        case 3: bytes.insert(contentsOf: Array(String(repeating: "<a>", count: 5_000).utf8), at: place)
        case 4:
            bytes.insert(
                contentsOf: Array("<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;&b;\">]>".utf8), at: place)
        case 5: bytes += [UInt8](repeating: 0x41, count: 3 * 1_024 * 1_024)
        case 6: bytes.removeSubrange(place..<min(bytes.count, place + 40))
        case 7: bytes.insert(contentsOf: (0..<20).map { _ in UInt8.random(in: 0...255, using: &random) }, at: place)
        default: replaceADigit(in: &bytes, using: &random)
        }
    }

    private static func replaceADigit(in bytes: inout [UInt8], using random: inout SeededRandom) {
        let digits = bytes.indices.filter { (0x30...0x39).contains(bytes[$0]) }
        guard let place = digits.randomElement(using: &random) else { return }
        bytes[place] = UInt8.random(in: 0x20...0x7E, using: &random)
    }
}
