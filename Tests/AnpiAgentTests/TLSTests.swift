import AnpiClient
import AnpiModel
import Glibc
import Testing

@testable import AnpiAgent

/// A collector with a certificate that it signed itself, as a small office makes it: openssl makes it, Python serves.
private final class TLSCollector {
    let folder = TemporaryFolder()
    let port: Int
    private let process: pid_t

    var certificate: String { folder.path + "/certificate.pem" }

    init() throws {
        let made = try ChildProcess(
            command: [
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=anpi.example",
                "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder.path + "/key.pem", "-out",
                folder.path + "/certificate.pem",
            ], environment: ProbeEnvironment.values, timeout: .seconds(30)
        ).run()
        try #require(made.end == .exited(0), "openssl is needed")
        mkfifo(folder.path + "/begun", 0o600)
        let begun = open(folder.path + "/begun", O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        defer { close(begun) }
        let script = folder.write("serve.py", Self.script(folder.path))
        _ = Thread.start {
            _ = try? ChildProcess(
                command: ["python3", script], environment: ProbeEnvironment.values, timeout: .seconds(60)
            ).run()
        }
        var watched = pollfd(fd: begun, events: Int16(POLLIN), revents: 0)
        try #require(poll(&watched, 1, 30_000) == 1, "Python is needed")
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(begun, &bytes, bytes.count)
        let numbers = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(whereSeparator: \.isWhitespace)
        process = try #require(numbers.first.flatMap { pid_t($0) })
        port = try #require(numbers.last.flatMap { Int($0) })
    }

    deinit { kill(process, SIGKILL) }

    private static func script(_ folder: String) -> String {
        """
        import http.server, os, ssl
        class Door(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                answer = b'{"acknowledged":9000000000,"rejected":[],"interval":60,"directives":[]}'
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
            def log_message(self, *words): pass
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain("\(folder)/certificate.pem", "\(folder)/key.pem")
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        with open("\(folder)/begun", "w") as begun: begun.write(f"{os.getpid()} {server.server_port}")
        server.serve_forever()
        """
    }
}

@Suite(.serialized) struct TLSTests {
    private static func code(_ url: String, _ options: HTTPClient.Options) -> ClientError.Code? {
        do {
            let client = try HTTPClient(options: options)
            _ = try client.perform(HTTPRequest(.post, url, body: []))
            return nil
        } catch {
            return error.code
        }
    }

    @Test func onlyACertificateThatTheConfigurationNamesIsTrustedAndOnlyForItsName() throws {
        let collector = try TLSCollector()
        let other = try TLSCollector()
        let url = "https://127.0.0.1:\(collector.port)/v1/heartbeats"
        #expect(Self.code(url, .init(caFile: collector.certificate)) == nil)
        #expect(Self.code(url, .init()) == .untrusted)
        #expect(Self.code(url, .init(caFile: other.certificate)) == .untrusted)
        #expect(Self.code("https://localhost:\(collector.port)/", .init(caFile: collector.certificate)) == .untrusted)
        #expect(Self.code(url, .init(caFile: collector.folder.path + "/key.pem")) == .untrusted)
    }

    @Test(.enabled(if: ProgramTests.program != nil)) func theProgramReportsThroughTLSAndDoctorSaysWhenItCannot() throws
    {
        let collector = try TLSCollector()
        let folder = TemporaryFolder()
        let plain = """
            agent = "shz-0041-server"
            token = "anpi_agent_1_secret"
            collectors = ["https://127.0.0.1:\(collector.port)"]
            state = "\(folder.path)/state"
            """
        let trusting = folder.write("trusting.toml", plain + "\nca_file = \"\(collector.certificate)\"\n")
        let doubting = folder.write("doubting.toml", plain)
        let program = try #require(ProgramTests.program)
        func run(_ command: String, _ file: String) throws -> (ChildProcess.End, String) {
            let outcome = try ChildProcess(
                command: [program, command, "--config", file], environment: ProbeEnvironment.values,
                timeout: .seconds(30)
            ).run()
            return (outcome.end, String(decoding: outcome.output + outcome.errors, as: UTF8.self))
        }
        let (trusted, accepted) = try run("once", trusting)
        #expect(trusted == .exited(0) && accepted.contains("accepted up to"), "\(accepted)")
        let (healthy, good) = try run("doctor", trusting)
        #expect(healthy == .exited(0) && good.contains("reached, the token is accepted"), "\(good)")
        let (doubted, refused) = try run("once", doubting)
        #expect(doubted == .exited(1) && refused.contains("no trusted TLS connection"), "\(refused)")
        let (ill, words) = try run("doctor", doubting)
        #expect(ill == .exited(1) && words.contains("set ca_file"), "\(words)")
    }
}
