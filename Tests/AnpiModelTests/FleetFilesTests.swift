import Testing

@testable import AnpiModel

@Suite struct FleetFilesTests {
    /// A small set without mistakes.
    static let files = [
        "offices.csv": "id,name,phone,latitude,longitude\nshizuoka,静岡営業所,054-000-0000,34.97,138.38\n",
        "sites.csv": """
        id,name,kana,kind,office,address,latitude,longitude,municipality,weatherArea,seismicCity,carrier,powerArea,\
        phone,contactName,contactPhone,keyHolder,hours,closures,beds,dialysis,homeOxygen,floodDepthMeters,system,\
        dataGigabytes
        shz-0002,みほ医院,みほいいん,,shizuoka,,35.01,138.52,22103,,,,,,,,,,,,,,,,
        shz-0001,"巴川内科, 本院",ともえがわないか,clinic,shizuoka,"清水区
        1-2",35.02,138.48,22103,2210300,2210300,ntt,tepco-1,054-1,佐藤,090-1,院長,\
        "Mo-We,Fr 09:00-12:30; Th,Su,PH off",Dec 29-Jan 03 off,19,yes,no,2.5,Medicom,81

        """,
        "agents.csv": """
        id,site,device,rhythm,intervalSeconds,graceSeconds,canary
        shz-0001-server,shz-0001,server,always,60,120,no
        shz-0002-mirror,shz-0002,mirror,hours,,,

        """,
        "copies.csv": "site,tier,room,heightMeters,everyHours\nshz-0001,external,棚,1.8,24\nshz-0001,primary,,,\n",
        "engineers.csv": """
        id,name,office,base,phone,latitude,longitude,skills,shift,onCall
        eng-3,田中 拓也,shizuoka,静岡保守拠点,090-2,34.97,138.38,restore; hardware,Mo-Fr 09:00-17:30; PH off,24/7

        """,
        "depots.csv": "id,name,office,latitude,longitude\nshz,静岡,shizuoka,34.97,138.38\n",
        "loaners.csv": "id,depot,fits,imageVersion\nL-07,shz,Medicom;Other,3.1\n",
    ]

    static func bytes(_ files: [String: String]) -> [String: [UInt8]] { files.mapValues { Array($0.utf8) } }

    /// The mistakes of the small set after `change`.
    private func problems(_ change: (inout [String: String]) -> Void) throws -> [String] {
        var files = Self.files
        change(&files)
        let error = try #require(throws: FleetProblems.self) { try FleetFiles.read(Self.bytes(files)) }
        return error.problems.map(\.description)
    }

    @Test func aGoodSetIsReadWholeAndInOrder() throws {
        let fleet = try FleetFiles.read(Self.bytes(Self.files))
        #expect(fleet.sites.map(\.id.text) == ["shz-0001", "shz-0002"])
        let site = fleet.sites[0]
        #expect(site.name == "巴川内科, 本院" && site.address == "清水区\n1-2" && site.beds == 19 && site.dialysis)
        #expect(site.floodDepthMeters == 2.5 && site.dataGigabytes == 81 && site.hours?.text.hasPrefix("Mo-We") == true)
        let plain = fleet.sites[1]
        #expect(plain.kind == .clinic && plain.hours == nil && plain.phone == nil && plain.beds == 0 && !plain.dialysis)
        #expect(fleet.agents.map(\.rhythm) == [.always, .hours] && fleet.agents[1].intervalSeconds == nil)
        #expect(fleet.copies.map(\.tier) == [.primary, .external])
        #expect(fleet.engineers[0].skills == [.inspect, .hardware, .restore])
        #expect(fleet.loaners[0].fits == ["Medicom", "Other"])
    }

    @Test func columnsComeInAnyOrderWithByteOrderMarkAndCarriageReturns() throws {
        var files = Self.files
        files["offices.csv"] =
            "\u{FEFF}longitude,latitude,phone,name,id\r\n138.38,34.97,,静岡営業所,shizuoka\r\n\r\n,,,,\r\n"
        let fleet = try FleetFiles.read(Self.bytes(files))
        #expect(fleet.offices.map(\.name) == ["静岡営業所"])
    }

    @Test func whetherACopyIsKeptOfflineMayBeLeftOut() throws {
        var files = Self.files
        #expect(try FleetFiles.read(Self.bytes(files)).copies.allSatisfy { $0.offline == nil })
        let plain = try #require(FleetFiles.write(FleetFiles.read(Self.bytes(files)))["copies.csv"])
        #expect(plain.hasPrefix("site,tier,room,heightMeters,everyHours\n"), "\(plain)")
        files["copies.csv"] = """
            site,tier,room,heightMeters,everyHours,offline
            shz-0001,external,棚,1.8,168,yes
            shz-0001,offsite,,,24,no
            shz-0002,external,,,24,

            """
        let fleet = try FleetFiles.read(Self.bytes(files))
        #expect(fleet.copies.map(\.offline) == [true, false, nil])
        #expect(FleetFiles.write(fleet)["copies.csv"] == files["copies.csv"])
    }

    @Test func onlyOfficesSitesAndAgentsMustBeThere() throws {
        let kept = Self.files.filter { ["offices.csv", "sites.csv", "agents.csv"].contains($0.key) }
        let fleet = try FleetFiles.read(Self.bytes(kept))
        #expect(fleet.engineers.isEmpty && fleet.copies.isEmpty)
        #expect(try problems { $0["sites.csv"] = nil } == ["sites.csv: is missing"])
    }

    @Test func fiveDifferentMistakesAreAllNamedWithTheirPlaces() throws {
        let found = try problems { files in
            files["sites.csv"] = files["sites.csv"]?
                .replacing(",clinic,", with: ",klinik,").replacing(",2.5,", with: ",\"2,5\",")
                .replacing("138.52,22103", with: "138.52,2210")
            files["agents.csv"] = files["agents.csv"]?.replacing(",shz-0002,", with: ",shz-9999,")
            files["copies.csv"] = "site,tier,room,heightMeters\nshz-0001,external,棚,1.8\n"
        }
        #expect(
            found == [
                "sites.csv:2: column municipality: \"2210\" is not a code of five digits (JIS X 0402)",
                "sites.csv:3: column kind: \"klinik\" is not one of clinic, pharmacy, hospital, office, canary",
                "sites.csv:3: column floodDepthMeters: \"2,5\" is not a number",
                "agents.csv:3: column site: \"shz-9999\" is not in sites.csv",
                "copies.csv:1: column everyHours: is missing",
            ])
    }

    @Test func notUTF8IsOneSentence() throws {
        var files = Self.bytes(Self.files)
        files["sites.csv"] = [0x8E, 0x7B, 0x90, 0xDD, 0x0A]
        let error = try #require(throws: FleetProblems.self) { try FleetFiles.read(files) }
        #expect(error.description == "sites.csv: is not UTF-8: save as CSV UTF-8")
    }

    @Test(arguments: [
        ("agents.csv", "id,site", "id,site,extra", "agents.csv:1: column extra: is not known"),
        ("agents.csv", "canary", "canari", "agents.csv:1: column canari: is not known; did you mean canary?"),
        ("agents.csv", "graceSeconds", "rhythm", "agents.csv:1: column rhythm: is there twice"),
        ("agents.csv", ",60,", ",sixty,", "agents.csv:2: column intervalSeconds: \"sixty\" is not a whole number"),
        ("agents.csv", ",60,", ",0,", "agents.csv:2: column intervalSeconds: \"0\" is not between 1 and 86400"),
        ("agents.csv", ",120,", ",-1,", "agents.csv:2: column graceSeconds: \"-1\" is not between 0 and 604800"),
        ("agents.csv", ",always,", ",,", "agents.csv:2: column rhythm: must not be empty"),
        ("agents.csv", ",no", ",nein", "agents.csv:2: column canary: \"nein\" is neither yes nor no"),
        ("agents.csv", ",no", ",no,no", "agents.csv:2: has 8 cells, the header has 7"),
        (
            "agents.csv", "shz-0002-mirror", "shz-0001-server",
            "agents.csv:3: column id: \"shz-0001-server\" is already on line 2"
        ),
        (
            "agents.csv", "shz-0002-mirror", "診療所",
            "agents.csv:3: column id: \"診療所\" is not an id: letters, digits and '-', 1 to 40 of them"
        ),
        ("offices.csv", "34.97", "95", "offices.csv:2: column latitude: \"95\" is not between -90 and 90"),
        ("offices.csv", "34.97", "nan", "offices.csv:2: column latitude: \"nan\" is not a number"),
        ("offices.csv", "34.97", "0x10", "offices.csv:2: column latitude: \"0x10\" is not a number"),
        ("offices.csv", "138.38", " ", "offices.csv:2: column longitude: must not be empty"),
        ("offices.csv", "静岡営業所", "静\u{1}岡", "offices.csv:2: column name: contains a control character"),
        ("offices.csv", "静岡営業所", "静\"岡", "offices.csv:2: has a quote inside a cell; put the whole cell in quotes"),
        ("offices.csv", "静岡営業所", "\"静\"岡", "offices.csv:2: has text after a closing quote; write \"\" for a quote"),
        ("offices.csv", "静岡営業所", "\"静岡", "offices.csv:2: opens a quote that is never closed"),
        (
            "copies.csv", "primary", "external",
            "copies.csv:3: column tier: \"external\" of shz-0001 is already on line 2"
        ),
        (
            "copies.csv", "everyHours\nshz-0001,external,棚,1.8,24\nshz-0001,primary,,,",
            "everyHours,offline\nshz-0001,primary,,,,yes",
            "copies.csv:2: column offline: a primary copy is written to all the time: it is never offline"
        ),
        (
            "copies.csv", "everyHours\nshz-0001,external,棚,1.8,24\nshz-0001,primary,,,",
            "everyHours,offline\nshz-0001,external,,,,weekly",
            "copies.csv:2: column offline: \"weekly\" is neither yes nor no"
        ),
        ("copies.csv", ",24", ",0", "copies.csv:2: column everyHours: \"0\" is not between 0.01 and 87600"),
        (
            "engineers.csv", "restore; hardware", "restore; magic",
            "engineers.csv:2: column skills: \"magic\" is not one of inspect, hardware, restore, network, claims"
        ),
        (
            "engineers.csv", "24/7", "always",
            "engineers.csv:2: column onCall: \"always\" at character 1 is not a day (Mo Tu We Th Fr Sa Su PH), a month (Jan to Dec) or \"off\""
        ),
        ("loaners.csv", ",shz,", ",hmm,", "loaners.csv:2: column depot: \"hmm\" is not in depots.csv"),
        (
            "sites.csv", "Dec 29-Jan 03 off", "Dec 29-Jan 03",
            "sites.csv:3: column closures: \"Dec 29-Jan 03\" closes nothing: write \"off\" after the days"
        ),
        ("sites.csv", ",19,", ",-1,", "sites.csv:3: column beds: \"-1\" is not between 0 and 100000"),
    ])
    func oneMistakeIsToldOnce(_ file: String, _ text: String, _ replacement: String, _ problem: String) throws {
        let found = try problems { files in
            guard let range = files[file]?.firstRange(of: text) else { return }
            files[file]?.replaceSubrange(range, with: replacement)
        }
        #expect(found.contains(problem), "\(found)")
        #expect(
            found.count
                == (replacement == "canari" || replacement == "rhythm" || replacement == "id,site,extra"
                    ? found.count : 1),
            "\(found)")
    }

    @Test func aFileOfAnotherNameIsAMistake() throws {
        #expect(try problems { $0["site.csv"] = "" } == ["site.csv: is not a fleet file; did you mean sites.csv?"])
        #expect(
            try problems { $0["offices.csv"] = "" }.first
                == "offices.csv: is empty: the first line must name the columns")
    }

    @Test func aCellThatSwallowedTheRestOfTheFileIsTooLong() throws {
        let found = try problems { $0["offices.csv"]?.replace("静岡営業所", with: String(repeating: "x", count: 4_001)) }
        #expect(found == ["offices.csv:2: column name: is longer than 4000 bytes"])
    }

    @Test func mistakesAreBounded() throws {
        var files = Self.files
        files["agents.csv"] =
            "id,site,device,rhythm,intervalSeconds,graceSeconds,canary\n"
            + String(repeating: "?,?,?,?,?,?,?\n", count: 1_000)
        let error = try #require(throws: FleetProblems.self) { try FleetFiles.read(Self.bytes(files)) }
        #expect(error.problems.count == FleetProblems.countMax && error.isCut)
    }

    @Test func whatIsWrittenReadsBackEqual() throws {
        let fleet = try FleetFiles.read(Self.bytes(Self.files))
        #expect(try FleetFiles.read(Self.bytes(FleetFiles.write(fleet))) == fleet)
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func anyFleetIsWrittenAndReadBackEqual(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let letters = ["あ", "\"", ",", "\n", "\r", "\r\n", "a", " ", ";", "😀", "ガ", "\u{3000}", "'", "=", "\u{FEFF}"]
        func text() -> String {
            "x"
                + (0..<Int.random(in: 0...8, using: &random)).map { _ in letters.randomElement(using: &random) ?? "" }
                .joined()
        }
        func maybe() -> String? { Bool.random(using: &random) ? text() : nil }
        func place() -> Coordinate {
            Coordinate(
                latitude: .random(in: -90...90, using: &random), longitude: .random(in: -1e-5...180, using: &random))
        }
        let office = try #require(OfficeID("o-1"))
        let offices = [Office(id: office, name: text(), phone: maybe(), place: place())]
        let sites = try (1...5).map { number in
            try Site(
                id: #require(SiteID("s-\(number)")), name: text(), kana: maybe(),
                kind: SiteKind.allCases.randomElement(using: &random) ?? .clinic, office: office, address: maybe(),
                place: place(), municipality: "22103", phone: maybe(), keyHolder: maybe(),
                hours: OpeningHours(parsing: "Mo-Fr 09:00-17:00"), beds: .random(in: 0...99, using: &random),
                dialysis: .random(using: &random), floodDepthMeters: .random(in: 0...9, using: &random), system: maybe()
            )
        }
        let fleet = Fleet(offices: offices, sites: sites)
        let read = try FleetFiles.read(Self.bytes(FleetFiles.write(fleet)))
        #expect(read == fleet, "seed \(seed)")
    }

    @Test func randomBytesNeverTrap() {
        var random = SeededRandom(seed: 11)
        let alphabet = Array("\",\n\rab1;\u{FEFF}".utf8)
        for _ in 0..<3_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            _ = try? CSVReader.rows(of: bytes)
            _ = try? FleetFiles.read(["offices.csv": bytes, "sites.csv": bytes, "agents.csv": bytes])
        }
    }
}
