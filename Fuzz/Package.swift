// swift-tools-version: 6.2

import PackageDescription

/// Programs for libFuzzer, each with an entry of its own instead of a main function.
func fuzzer(_ name: String, of modules: String...) -> Target {
    .executableTarget(
        name: name,
        dependencies: modules.map { module in
            module.hasPrefix("NIO")
                ? .product(name: module, package: "swift-nio")
                : .product(name: module, package: "nanogridata")
        },
        swiftSettings: [
            .swiftLanguageMode(.v6),
            .treatAllWarnings(as: .error),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("ExistentialAny"),
            .unsafeFlags(["-parse-as-library"]),
        ])
}

// Apart from the gateway, whose users neither fetch nor build what only fuzzing needs.
let package = Package(
    name: "nanogridata-fuzz",
    platforms: [.macOS(.v26)],
    dependencies: [
        .package(name: "nanogridata", path: ".."),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        fuzzer("FuzzFrames", of: "NanoCore"),
        fuzzer("FuzzPayload", of: "NanoCore"),
        fuzzer("FuzzDump", of: "NanoCore"),
        fuzzer("FuzzCapture", of: "NanoCore"),
        fuzzer("FuzzGuard", of: "NanoCore"),
        fuzzer("FuzzLines", of: "NanoCore"),
        fuzzer("FuzzTheme", of: "NanoTUI"),
        fuzzer("FuzzSettings", of: "NanoServe"),
        fuzzer("FuzzAnswer", of: "NanoServe", "NanoCore", "NIOCore", "NIOHTTP1"),
        fuzzer("FuzzAdmin", of: "NanoServe", "NIOCore"),
        fuzzer("FuzzJournal", of: "NanoServe", "NanoCore"),
    ]
)
