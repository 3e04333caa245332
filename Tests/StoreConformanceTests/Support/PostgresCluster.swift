import AnpiStore
import AnpiStorePostgres
import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// A PostgreSQL server of the tests' own: in a temporary folder, on a unix socket, as the user `postgres` where the
/// tests run as root (which the server refuses). It ends with this process, also when that is killed.
final class PostgresCluster: Sendable {
    /// The one that the conformance suite shares; faults that would hurt others get a cluster of their own.
    static let shared = Result { try PostgresCluster() }

    let folder: String
    private let programs: String
    private let server = Mutex<Server?>(nil)
    private let databases = Atomic<Int>(0)
    private let template = Mutex<String?>(nil)

    private struct Server {
        var shell: ChildProcess
        /// The shell stops the server when this end of its pipe closes.
        var leash: FileHandle
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Makes the cluster's files and starts it.
    ///
    /// Its collation is not that of bytes, so that an order which rests on the default collation shows.
    init(settings: [String] = []) throws {
        programs = try Self.findPrograms()
        folder = "/tmp/anpi-postgres-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        if getuid() == 0 { try Self.run("/bin/chown", ["postgres", folder]) }
        try Self.run(
            "/bin/sh",
            [
                "-c",
                """
                \(Self.asPostgres) \(programs)/initdb -D \(folder)/data -A trust -U postgres -E UTF8 --locale=C.UTF-8 \
                --locale-provider=icu --icu-locale=ja --no-sync --no-instructions
                """,
            ])
        try start(settings: settings)
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static var asPostgres: String {
        getuid() == 0 ? "setpriv --reuid=postgres --regid=postgres --init-groups" : ""
    }

    /// Starts the server and returns when it takes connections.
    func start(settings: [String] = []) throws {
        let given = ["listen_addresses=", "max_connections=60", "shared_buffers=64MB"] + settings
        let flags = given.map { "-c \($0)" }.joined(separator: " ")
        try Self.run(
            "/bin/sh", ["-c", "\(control) -l \(folder)/log -o '-k \(folder) \(flags)' start"])
        let pipe = Pipe()
        // Another child that held it would keep the server alive after us.
        _ = fcntl(pipe.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        let shell = try ChildProcess(
            "/bin/sh",
            ["-c", "read -r how; \(control) -m ${how:-immediate} stop; [ -n \"$how\" ] || rm -rf \(folder)"],
            input: pipe.fileHandleForReading.fileDescriptor)
        server.withLock { $0 = Server(shell: shell, leash: pipe.fileHandleForWriting) }
    }

    /// Stops the server (`fast` ends its sessions, `immediate` is as good as a crash) and returns when it is gone.
    func stop(_ mode: String = "immediate") {
        guard let server = server.withLock({ $0.take() }) else { return }
        server.leash.write(Data("\(mode)\n".utf8))
        _ = server.shell.wait()
    }

    private var control: String { "\(Self.asPostgres) \(programs)/pg_ctl -s -w -D \(folder)/data" }

    // MARK: Databases

    /// The address of a database of this cluster.
    func address(_ database: String, _ extra: String = "") -> String {
        "host=\(folder) user=postgres dbname=\(database) \(extra)"
    }

    /// Makes a database and returns its name. One with the newest schema is a copy of the first such, which costs less
    /// than the schema.
    func makeDatabase(migrated: Bool = true) throws -> String {
        let name = "t\(databases.add(1, ordering: .relaxed).newValue)"
        let template = try migrated ? migratedTemplate() : "template1"
        try administer("CREATE DATABASE \(name) TEMPLATE \(template)")
        return name
    }

    private func migratedTemplate() throws -> String {
        try template.withLock { template in
            if let template { return template }
            let name = "migrated"
            try administer("CREATE DATABASE \(name)")
            let database = try PostgresDatabase.open(address(name))
            try Migrations().migrate(database)
            database.close()
            template = name
            return name
        }
    }

    /// Runs a statement that takes no transaction, as the administrator does beside the program.
    @discardableResult
    func administer(_ sql: String, in database: String = "postgres") throws -> String {
        try Self.run(
            "\(programs)/psql", ["-X", "-q", "-A", "-t", "-h", folder, "-U", "postgres", "-d", database, "-c", sql])
    }

    // MARK: Programs

    /// The folder of the server's programs, which Debian keeps out of the path; the newest version there is.
    private static func findPrograms() throws -> String {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap { Int($0) }
        guard let newest = versions.max() else {
            throw Failure(description: "no PostgreSQL under \(root): apt-get install postgresql, or run deploy/test")
        }
        return "\(root)/\(newest)/bin"
    }

    /// What a program prints; throws with all it said where it fails.
    @discardableResult
    private static func run(_ program: String, _ arguments: [String]) throws -> String {
        let path = FileManager.default.temporaryDirectory.path + "/anpi-output-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let status = try ChildProcess(program, arguments, output: path).wait()
        let text = try String(contentsOfFile: path, encoding: .utf8)
        guard status == 0 else { throw Failure(description: "\(program) ended with \(status): \(text)") }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
