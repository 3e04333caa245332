import AnpiModel
import FoundationEssentials
import Testing

@testable import anpi

/// The store on a real file system.
@Suite struct FieldStoreTests {
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "anpi-field-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.path())
    }

    private func store(_ root: String, collector: String = "https://anpi.example.jp", _ engineer: String = "eng-3")
        -> FieldStore
    {
        FieldStore(root: root, collector: collector, engineer: engineer, files: .real)
    }

    private func note(_ key: String) -> FieldOperation {
        FieldOperation(key: key, task: "T-1", doneAt: Bench.now, work: .note(key, doneAt: Bench.now))
    }

    @Test func whatIsKeptIsReadBackByTheNextRun() async throws {
        try await withFolder { root in
            let body = Array(#"{"items":[],"next":null}"#.utf8)
            store(root).keep(FieldStore.queue, .init(at: Bench.now, body: body))
            #expect(store(root).kept(FieldStore.queue) == .init(at: Bench.now, body: body))
            #expect(store(root).kept(FieldStore.task("T-1")) == nil)
            try store(root).change { _ = $0.recorded(note("a")) }
            #expect(try store(root).outbox().operations == [note("a")])
            // Another engineer of the same machine, and another collector, have their own.
            #expect(try store(root, "eng-4").outbox() == FieldOutbox())
            #expect(try store(root, collector: "http://anpi.example.jp").outbox() == FieldOutbox())
        }
    }

    @Test func everythingIsForItsOwnerAlone() async throws {
        try await withFolder { root in
            try store(root).change { _ = $0.recorded(note("a")) }
            store(root).keep(FieldStore.queue, .init(at: Bench.now, body: []))
            let walker = try FileManager.default.subpathsOfDirectory(atPath: root)
            #expect(walker.count >= 4)
            for path in walker {
                let attributes = try FileManager.default.attributesOfItem(atPath: root + "/" + path)
                let mode = try #require(attributes[.posixPermissions] as? Int)
                #expect(mode & 0o077 == 0, "\(path)")
            }
        }
    }

    @Test func manyWritersAtOnceLoseNothing() async throws {
        try await withFolder { root in
            let store = store(root)
            await withTaskGroup { group in
                for writer in 0..<8 {
                    group.addTask {
                        for number in 0..<10 {
                            _ = try? store.change { $0.recorded(note("\(writer)-\(number)")) }
                        }
                    }
                }
            }
            let keys = try store.outbox().operations.map(\.key)
            #expect(keys.count == 80 && Set(keys).count == 80)
        }
    }

    @Test func aPhotoThatIsNoLongerWhatItWasIsNotSent() async throws {
        try await withFolder { root in
            let store = store(root)
            let digest = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
            try store.keepPhoto(Array("hello".utf8), digest: digest)
            #expect(store.photo(digest) == Array("hello".utf8))
            try store.keepPhoto(Array("hallo".utf8), digest: digest)
            #expect(store.photo(digest) == nil)
            store.removePhoto(digest)
            store.removePhoto(digest)
        }
    }

    @Test func tasksThatAreNoLongerOnesOwnAreForgotten() async throws {
        try await withFolder { root in
            let store = store(root)
            for name in [FieldStore.task("T-1"), FieldStore.row("T-1"), FieldStore.task("T-2"), FieldStore.queue] {
                store.keep(name, .init(at: Bench.now, body: []))
            }
            store.forgetTasks(but: ["T-2"])
            #expect(store.kept(FieldStore.task("T-1")) == nil && store.kept(FieldStore.row("T-1")) == nil)
            #expect(store.kept(FieldStore.task("T-2")) != nil && store.kept(FieldStore.queue) != nil)
        }
    }

    @Test func namesOfFilesAreNeverPathsAndNeverShared() {
        let texts = ["https://a/b", "https://a%2fb", "..", ".", "", "a.b", ".a", "eng-3", "施設"]
        let names = texts.map(FieldStore.name)
        #expect(Set(names).count == texts.count)
        for name in names { #expect(!name.contains("/") && !name.hasPrefix(".")) }
        #expect(FieldStore.name("http://127.0.0.1:8080") == "http%3a%2f%2f127.0.0.1%3a8080")
    }
}
