// swift-tools-version: 6.2

import PackageDescription

/// What every target is held to: warnings are errors, imports are internal unless said otherwise.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
]

/// NanoCore judges hostile bytes, so it is also held to strict memory safety.
let safe = strict + [.strictMemorySafety()]

let package = Package(
    name: "nanogridata",
    platforms: [.macOS(.v26)],
    products: [
        .executable(name: "nanogridata", targets: ["nanogridata"]),
        .library(name: "NanoCore", targets: ["NanoCore"]),
        .library(name: "NanoServe", targets: ["NanoServe"]),
        .library(name: "NanoTUI", targets: ["NanoTUI"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(
            url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
    ],
    targets: [
        .systemLibrary(name: "CCrypto", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .systemLibrary(name: "CPrefetch"),
        .systemLibrary(name: "CReserve"),
        .systemLibrary(name: "CDumpable"),
        .systemLibrary(name: "CMemory"),
        .systemLibrary(name: "CAccessList"),
        .systemLibrary(name: "CTimex"),
        .systemLibrary(
            name: "CNcurses", providers: [.apt(["libncurses-dev"]), .brew(["ncurses"])]),
        .systemLibrary(
            name: "CQRencode", providers: [.apt(["libqrencode-dev"]), .brew(["qrencode"])]),
        .systemLibrary(name: "CPostgres", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .target(
            name: "NanoCore",
            dependencies: [
                "CCrypto", "CPrefetch", .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: safe),
        .target(
            name: "NanoServe",
            dependencies: [
                "NanoCore", "CPostgres", "CReserve", "CDumpable", "CMemory", "CTimex",
                "CAccessList",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Yams", package: "Yams"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        .target(name: "NanoTUI", dependencies: ["NanoCore", "CNcurses"], swiftSettings: strict),
        .target(
            name: "NanoSim",
            dependencies: [
                "NanoCore",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "nanogridata",
            dependencies: [
                "NanoCore", "NanoServe", "NanoTUI", "NanoSim", "CQRencode",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .systemLibrary(name: "CSpawn", path: "Tests/CSpawn"),
        .target(
            name: "TestProcesses", dependencies: ["CSpawn"], path: "Tests/TestProcesses",
            swiftSettings: strict),
        .executableTarget(
            name: "CrashingConsole", dependencies: ["NanoTUI", "NanoCore"],
            path: "Tests/CrashingConsole", swiftSettings: strict),
        .testTarget(name: "NanoCoreTests", dependencies: ["NanoCore"], swiftSettings: strict),
        .testTarget(
            name: "NanoServeTests",
            dependencies: [
                "NanoServe", "NanoCore", "NanoSim", "TestProcesses",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "NanoTUITests", dependencies: ["NanoTUI", "NanoCore", "TestProcesses"],
            exclude: ["Goldens"], swiftSettings: strict),
        .testTarget(
            name: "NanoSimTests",
            dependencies: [
                "NanoSim", "NanoCore",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "nanogridata", "CrashingConsole", "NanoCore", "NanoSim", "TestProcesses",
            ],
            swiftSettings: strict),
        .testTarget(name: "TidyTests", swiftSettings: strict),
    ]
)
