// swift-tools-version: 6.2

import PackageDescription

func program(_ name: String) -> Target {
    .executableTarget(
        name: name,
        dependencies: [.product(name: "NanoCore", package: "nanogridata")],
        swiftSettings: [
            .swiftLanguageMode(.v6),
            .treatAllWarnings(as: .error),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("ExistentialAny"),
        ])
}

// Apart from the gateway, so that its users neither fetch nor build what only measuring needs.
let package = Package(
    name: "nanogridata-benchmarks",
    platforms: [.macOS(.v26)],
    dependencies: [.package(name: "nanogridata", path: "..")],
    targets: [program("IntakeBenchmark"), program("TimingTest")]
)
