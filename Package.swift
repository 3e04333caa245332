// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "anpi",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "anpi", targets: ["anpi"]),
        .executable(name: "anpi-agent", targets: ["anpi-agent"]),
        .executable(name: "anpi-collector", targets: ["anpi-collector"]),
    ],
    dependencies: [
        // The agents' door: event loops, sockets and the HTTP/1 pipeline.
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        // TLS of both doors when the collector terminates it itself.
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        // The people's door: router, middleware, streamed responses.
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        // The HTTP vocabulary that Hummingbird speaks.
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        // Ordered shutdown of the collector's parts on SIGTERM.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        // The embedded store: SQLite with a pool of readers and one writer.
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        // Deadline queue of the engine (heap); queues of the shells (deque).
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        // Structured log lines of the collector.
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        // Commands, options and help of anpi and anpi-collector; the agent parses its four by itself, for size.
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    ],
    targets: [
        // C doors: each is a header with fixed-arity functions, wrapped by exactly one Swift target.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        // PostgreSQL's own client library; wrapped by AnpiStorePostgres alone.
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        // Giving freed memory back after a fleet import, and measuring it; no library of its own.
        .systemLibrary(name: "CMalloc"),
        .target(
            name: "CCrypto",
            linkerSettings: [.linkedLibrary("crypto")]
        ),
        .target(
            name: "CCurl",
            linkerSettings: [.linkedLibrary("curl")]
        ),

        // Vocabulary and wire types; no I/O.
        .target(name: "AnpiModel"),
        // SHA-256 and HMAC through libcrypto (docs/decisions/0002).
        .target(name: "AnpiDigest", dependencies: ["CCrypto"]),
        // The decisions, pure.
        .target(
            name: "AnpiEngine",
            dependencies: ["AnpiModel", .product(name: "HeapModule", package: "swift-collections")]
        ),
        // CAP and JMA XML in, hazard areas out; XML through FoundationXML.
        .target(name: "AnpiHazards", dependencies: ["AnpiModel"]),
        // One portable SQL repository over the small protocol SQLDatabase.
        .target(name: "AnpiStore", dependencies: ["AnpiModel", "AnpiDigest"]),
        // That protocol on GRDB.
        .target(
            name: "AnpiStoreSQLite",
            dependencies: [
                "AnpiModel", "AnpiStore",
                .product(name: "GRDB", package: "GRDB.swift"),
                // SQLite's own functions, for stepping statements without a copy of every row.
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),
        // The same protocol on libpq.
        .target(name: "AnpiStorePostgres", dependencies: ["AnpiStore", "CLibpq"]),
        // Feeds through the engine; the fleet simulator with its truth, which knows nothing of the engine; scoring.
        .target(name: "AnpiReplay", dependencies: ["AnpiModel", "AnpiDigest", "AnpiEngine", "AnpiHazards"]),
        // Typed client of the API on libcurl.
        .target(name: "AnpiClient", dependencies: ["AnpiModel", "CCurl"]),
        // Probes, spool, sender.
        .target(name: "AnpiAgent", dependencies: ["AnpiModel", "AnpiClient", "AnpiDigest"]),
        // The office web app, as files beside the program.
        .target(name: "AnpiDashboards", path: "Dashboards", exclude: ["README.md"], resources: [.copy("office")]),
        // Both doors, engine host, deliveries, live stream, metrics.
        .target(
            name: "AnpiCollector",
            dependencies: [
                "AnpiModel", "AnpiEngine", "AnpiHazards", "AnpiStore", "AnpiClient", "AnpiDashboards", "AnpiDigest",
                // Drills: a feed's lines as inputs.
                "AnpiReplay",
                "CMalloc",
                "CZlib",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
            ],
            resources: [.copy("API/openapi.json")]
        ),

        // Programs: parse, compose, run, nothing else.
        .executableTarget(
            name: "anpi",
            dependencies: [
                "AnpiModel", "AnpiClient", "AnpiEngine", "AnpiReplay",
                // Photos are called by their SHA-256.
                "AnpiDigest",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        .executableTarget(
            name: "anpi-agent",
            dependencies: ["AnpiModel", "AnpiAgent", "AnpiClient"]
        ),
        .executableTarget(
            name: "anpi-collector",
            dependencies: [
                "AnpiModel", "AnpiCollector", "AnpiDigest", "AnpiStore", "AnpiStoreSQLite", "AnpiStorePostgres",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),

        // Measures the engine alone (Benchmarks/run-engine). In this package because `package` declarations end with it;
        // no product, so that no program is built with it.
        .executableTarget(
            name: "anpi-engine-benchmark",
            dependencies: [
                "AnpiModel", "AnpiEngine", "AnpiReplay", "AnpiStore", "AnpiStoreSQLite", "CMalloc",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/engine/Sources"
        ),
        // Plays simulated worlds through the engine and scores it (Benchmarks/run-detection); no product either.
        .executableTarget(
            name: "anpi-detection-benchmark",
            dependencies: [
                "AnpiModel", "AnpiEngine", "AnpiReplay",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/detection/Sources"
        ),
        // Writes simulated days into a database and says how it grows (Benchmarks/run-scaling); no product either.
        .executableTarget(
            name: "anpi-growth-benchmark",
            dependencies: [
                "AnpiModel", "AnpiEngine", "AnpiReplay", "AnpiStore", "AnpiStoreSQLite", "AnpiStorePostgres",
                "AnpiCollector", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/growth/Sources"
        ),
        // Plans seeded days of dispatch and times it (Benchmarks/run-dispatch); no product either.
        .executableTarget(
            name: "anpi-dispatch-benchmark",
            dependencies: [
                "AnpiModel", "AnpiEngine", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/dispatch/Sources"
        ),
        // Measures the PostgreSQL store against bare statements (Benchmarks/run-postgres); no product either.
        .executableTarget(
            name: "anpi-postgres-benchmark",
            dependencies: [
                "AnpiModel", "AnpiStore", "AnpiStorePostgres",
                // The floor is libpq alone.
                "CLibpq",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/postgres/Sources"
        ),

        .testTarget(name: "AnpiModelTests", dependencies: ["AnpiModel"]),
        .testTarget(
            // The engine for what it believes in the middle of a scenario.
            name: "AnpiReplayTests", dependencies: ["AnpiModel", "AnpiEngine", "AnpiReplay"], exclude: ["Snapshots"]),
        .testTarget(name: "AnpiDigestTests", dependencies: ["AnpiDigest"]),
        .testTarget(
            name: "AnpiEngineTests",
            // The agent for its real retry rule.
            dependencies: ["AnpiModel", "AnpiEngine", "AnpiAgent"],
            exclude: ["Snapshots"]),
        .testTarget(
            // The engine for its ledger of what is in force.
            name: "AnpiHazardsTests", dependencies: ["AnpiModel", "AnpiHazards", "AnpiEngine"], exclude: ["Fixtures"]),
        .testTarget(
            name: "StoreConformanceTests",
            // The engine for checkpoints as large as real ones.
            dependencies: [
                "AnpiModel", "AnpiDigest", "AnpiEngine", "AnpiStore", "AnpiStoreSQLite", "AnpiStorePostgres",
            ]),
        .testTarget(
            name: "AnpiAgentTests", dependencies: ["AnpiModel", "AnpiDigest", "AnpiClient", "AnpiAgent", "anpi-agent"]),
        .testTarget(
            name: "AnpiCollectorTests",
            dependencies: [
                "AnpiModel", "AnpiDigest", "AnpiEngine", "AnpiHazards", "AnpiStore", "AnpiStoreSQLite", "AnpiClient",
                "AnpiCollector",
                // To play what was recorded, and to hold a drill against a replay of its feed.
                "AnpiReplay",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "AnpiCommandLineTests", dependencies: ["AnpiModel", "AnpiClient", "AnpiDigest", "anpi"],
            exclude: ["Fixtures", "Snapshots"]),
    ],
    swiftLanguageModes: [.v6]
)

/// Targets whose job is to wrap C; there every unsafe use must be marked.
let wrappersOfC: Set = ["AnpiDigest", "AnpiClient", "AnpiStorePostgres"]

for target in package.targets where target.type != .system && !["CCrypto", "CCurl"].contains(target.name) {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
    if wrappersOfC.contains(target.name) {
        target.swiftSettings?.append(.strictMemorySafety())
    }
}
