import AnpiModel
import Foundation
import NIOSSL
import ServiceLifecycle
import Testing

@testable import AnpiCollector

/// The people's door with TLS of its own, as other programs see it.
struct TLSTests {
    /// A self-signed certificate in a folder of its own.
    private struct Certificate {
        let folder: URL
        var file: String { folder.appendingPathComponent("certificate.pem").path }
        var key: String { folder.appendingPathComponent("key.pem").path }

        init() async throws {
            folder = FileManager.default.temporaryDirectory.appendingPathComponent("anpi-tls-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let made = try await run(
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-keyout",
                key, "-out", file, "-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
            try #require(made.status == 0, "\(made.output)")
        }
    }

    @Test func theDoorSpeaksTLSAndNothingElse() async throws {
        let certificate = try await Certificate()
        defer { try? FileManager.default.removeItem(at: certificate.folder) }
        let chain = try NIOSSLCertificate.fromPEMFile(certificate.file).map { NIOSSLCertificateSource.certificate($0) }
        let tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain,
            privateKey: .privateKey(try NIOSSLPrivateKey(file: certificate.key, format: .pem)))
        let (ports, listening) = AsyncStream<Int>.makeStream()
        let door = try PeoplesDoor(
            parts: DoorFixture(hasTLS: true).parts, settings: .init(host: "127.0.0.1", port: 0, tls: tls),
            bodies: BodyReader(clock: NeverClock()), logger: .silent, onListening: { listening.yield($0) })
        let group = ServiceGroup(configuration: .init(services: [.init(service: door)], logger: .silent))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = try #require(await ports.first { _ in true })
            let address = "https://localhost:\(port)"

            let ready = try await run("curl", "-sS", "--cacert", certificate.file, "\(address)/-/ready")
            #expect(ready.status == 0)
            #expect(ready.output == "OK\n")
            let session = try await run(
                "curl", "-sS", "-i", "--cacert", certificate.file, "-d",
                #"{"token":"\#(DoorFixture.Tokens.viewer.text)"}"#, "\(address)/v1/session")
            #expect(session.output.contains("HttpOnly; SameSite=Strict; Secure"), "\(session.output)")
            let labels = try await run(
                "curl", "-sS", "--compressed", "--cacert", certificate.file, "\(address)/v1/labels")
            #expect(labels.output.contains("\"page.title\"") || labels.output.hasPrefix("{\"ja\":"))

            // Exit 60: the certificate is not known; 52 and above: no answer in the clear.
            #expect(try await run("curl", "-sS", "\(address)/-/ready").status == 60)
            #expect(try await run("curl", "-sS", "http://localhost:\(port)/-/ready").status != 0)
            let old = try await run(
                "curl", "-sS", "--tls-max", "1.1", "--cacert", certificate.file, "\(address)/-/ready")
            #expect(old.status != 0)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}

/// Runs a program that is found on the path to its end; its output and errors together.
private func run(_ words: String...) async throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    let (ends, ended) = AsyncStream<Int32>.makeStream()
    process.terminationHandler = { ended.yield($0.terminationStatus) }
    try process.run()
    let output = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    let status = await ends.first { _ in true } ?? -1
    return (status, output)
}
