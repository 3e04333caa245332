// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who builds Anpi builds what only measures it.
let package = Package(
    name: "anpi-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        // The agents' door without the collector behind it.
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        // The people's door without the collector behind it.
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        // Options and help of the two programs.
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    ],
    targets: [
        // epoll, which Glibc's module map leaves out.
        .target(name: "CEpoll"),
        // Closed-loop HTTP/1 load from prepared agents, on raw epoll; Linux only.
        .target(name: "LoadDriver", dependencies: ["CEpoll"]),
        .executableTarget(
            name: "anpi-load",
            dependencies: ["LoadDriver", .product(name: "ArgumentParser", package: "swift-argument-parser")]
        ),
        // Both doors' HTTP stacks answering an empty 204.
        .executableTarget(
            name: "anpi-empty-doors",
            dependencies: [
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ]
        ),
        .testTarget(name: "LoadDriverTests", dependencies: ["LoadDriver"]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.name != "CEpoll" {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
}
