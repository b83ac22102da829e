// swift-tools-version: 6.2

import PackageDescription

/// Programs for libFuzzer, each with an entry of its own instead of a main function.
func fuzzer(_ name: String) -> Target {
    .executableTarget(
        name: name,
        dependencies: [.product(name: "NanoCore", package: "nanogridata")],
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
    dependencies: [.package(name: "nanogridata", path: "..")],
    targets: [
        fuzzer("FuzzFrames"), fuzzer("FuzzPayload"), fuzzer("FuzzDump"), fuzzer("FuzzGuard"),
    ]
)
