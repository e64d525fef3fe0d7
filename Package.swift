// swift-tools-version: 6.2
import PackageDescription

/// Settings every target shares: the Swift 6 language mode is the default of this tools version; the
/// upcoming features keep async calls on their caller's executor (which the virtual clock relies on) and
/// make existentials and imports explicit.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "FailoverSim",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "simulate-failover", targets: ["simulate-failover"]),
    .library(name: "Failover", targets: ["Failover"]),
    .library(name: "FailoverSim", targets: ["FailoverSim"]),
    .library(name: "Scenarios", targets: ["Scenarios"]),
    // Everything that needs the network stack; the simulator does not.
    .executable(name: "simulate-failover-drill", targets: ["simulate-failover-drill"]),
    .library(name: "RealBackends", targets: ["RealBackends"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
  ],
  targets: [
    // The mathematics library only for its square root, which IEEE 754 has rounded exactly everywhere.
    .target(
      name: "Failover", swiftSettings: settings,
      linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    .target(
      name: "FailoverSim", dependencies: ["Failover"], swiftSettings: settings,
      linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    .target(
      name: "Scenarios",
      dependencies: [
        "Failover", "FailoverSim",
        .product(name: "Histogram", package: "hdrhistogram-swift"),
        .product(name: "Mustache", package: "swift-mustache"),
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: settings),
    .target(
      name: "RealBackends",
      dependencies: [
        "Compression", "Failover",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: settings),
    // Hosts, a marketplace, a compute provider, an object store and a model server, all on this machine.
    .target(
      name: "Lab",
      dependencies: [
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: settings),
    // Test hosts to try things on by hand; tests end it in every way there is.
    .executableTarget(
      name: "lab-hosts",
      dependencies: ["Lab", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      swiftSettings: settings),
    // A scenario played for real: on the lab, or on accounts of the user's.
    .target(
      name: "Drills",
      dependencies: [
        "Compression", "Failover", "FailoverSim", "Lab", "RealBackends", "Scenarios",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "simulate-failover-drill",
      dependencies: [
        "CommandSupport", "Drills", "Failover", "Lab", "Scenarios",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    // What all commands have in common: options, progress, how the program ends.
    .target(
      name: "CommandSupport",
      dependencies: ["Scenarios", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      swiftSettings: settings),
    .executableTarget(
      name: "simulate-failover",
      dependencies: [
        "CommandSupport", "LZ4Bench",
        "Scenarios",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "kernel-benchmark", dependencies: ["Failover", "FailoverSim"], swiftSettings: settings),
    // What a snapshot, its restore and a pass of rsync cost, beside the programs they consist of.
    .executableTarget(
      name: "snapshot-benchmark",
      dependencies: [
        "Failover", "Lab", "RealBackends", "Scenarios",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "month-benchmark", dependencies: ["Failover", "Scenarios"], swiftSettings: settings),

    // Compression and its benchmark. The C libraries are found by pkg-config (liblz4-dev, libzstd-dev).
    .systemLibrary(
      name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"]), .brew(["lz4"])]),
    .systemLibrary(
      name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
    .target(
      name: "Compression", dependencies: ["CLZ4", "CZstd"],
      swiftSettings: settings + [.enableExperimentalFeature("Lifetimes")]),
    .target(
      name: "LZ4Bench",
      dependencies: ["Compression", .product(name: "Subprocess", package: "swift-subprocess")],
      swiftSettings: settings),
    .testTarget(name: "CompressionTests", dependencies: ["Compression"], swiftSettings: settings),
    .testTarget(
      name: "LZ4BenchTests", dependencies: ["Compression", "LZ4Bench"], swiftSettings: settings),

    .testTarget(name: "FailoverTests", dependencies: ["Failover"], swiftSettings: settings),
    .testTarget(name: "FailoverSimTests", dependencies: ["FailoverSim"], swiftSettings: settings),
    .testTarget(name: "ScenariosTests", dependencies: ["Scenarios"], swiftSettings: settings),
    .testTarget(
      name: "LabTests",
      dependencies: [
        "Lab", "lab-hosts",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "DrillsTests", dependencies: ["Drills", "Failover", "Lab", "RealBackends", "Scenarios"],
      swiftSettings: settings),
    // One suite of behaviours for each port, against the simulated adapter and the real one.
    .testTarget(
      name: "ConformanceTests",
      dependencies: [
        "Failover", "FailoverSim", "Lab", "RealBackends",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "RealBackendsTests",
      dependencies: [
        "Compression", "Failover", "RealBackends",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: settings),
    .testTarget(name: "CommandTests", dependencies: ["simulate-failover"], swiftSettings: settings),
  ]
)
