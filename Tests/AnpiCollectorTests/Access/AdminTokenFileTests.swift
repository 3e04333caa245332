import AnpiModel
import Foundation
import Testing

@testable import AnpiCollector

struct AdminTokenFileTests {
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: TokenText.random(length: 20))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.appending(path: "admin-token").path)
    }

    @Test func theFirstStartMakesATokenThatOnlyTheOwnerReads() async throws {
        try await withFolder { path in
            let keeper = MemoryTokens()
            let table = TokenTable()
            let first = try await AdminTokenFile.ensure(path, keeper: keeper, table: table, at: DoorFixture.now)
            #expect(first == .made)
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(table.authenticate(text.utf8, at: DoorFixture.now)?.role == .admin)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let second = try await AdminTokenFile.ensure(path, keeper: keeper, table: table, at: DoorFixture.now)
            #expect(second == .kept)
            #expect(try await keeper.all().records.count == 1)
        }
    }

    @Test func aStartThatWasCutShortIsCompleted() async throws {
        try await withFolder { path in
            _ = try await AdminTokenFile.ensure(
                path, keeper: MemoryTokens(), table: TokenTable(), at: DoorFixture.now)
            let table = TokenTable()
            let again = try await AdminTokenFile.ensure(
                path, keeper: MemoryTokens(), table: table, at: DoorFixture.now)
            #expect(again == .adopted)
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(table.authenticate(text.utf8, at: DoorFixture.now)?.role == .admin)
        }
    }

    @Test func aFileThatOthersReadOrThatHoldsSomethingElseIsRefused() async throws {
        try await withFolder { path in
            try "hello\n".write(toFile: path, atomically: false, encoding: .utf8)
            for mode in [0o644, 0o600] {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
                await #expect(throws: CollectorError.self) {
                    try await AdminTokenFile.ensure(
                        path, keeper: MemoryTokens(), table: TokenTable(), at: DoorFixture.now)
                }
            }
        }
    }
}
