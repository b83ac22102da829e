import Testing

/// Which module may import what (docs/architecture.md, "Who may import what").
@Suite struct ImportTests {
    static let allowed: [(module: String, imports: Set<String>)] = [
        ("NanoCore", ["CCrypto", "CPrefetch", "Crypto", "Synchronization"]),
        (
            "NanoServe",
            [
                "NanoCore", "CPostgres", "CReserve", "CDumpable", "CMemory", "CTimex",
                "CAccessList", "Crypto",
                "Foundation",
                "FoundationEssentials",
                "Glibc",
                "Synchronization",
                "Dispatch", "GRDB", "CYaml", "NIOCore", "NIOPosix", "NIOConcurrencyHelpers",
                "NIOHTTP1",
                "NIOFoundationCompat", "Logging", "Yams", "Hummingbird",
                "HummingbirdCore", "NIOSSL", "NIOTLS", "HTTPTypes", "ServiceLifecycle",
                "Subprocess",
                "SystemPackage",
            ]
        ),
        ("NanoTUI", ["NanoCore", "CNcurses", "Foundation", "Glibc", "Synchronization"]),
        (
            "NanoSim",
            [
                "NanoCore", "NIOCore", "NIOPosix", "NIOSSL", "NIOTLS", "Foundation", "Glibc",
                "Synchronization",
            ]
        ),
        (
            "nanogridata",
            [
                "NanoCore", "NanoServe", "NanoTUI", "NanoSim", "CQRencode", "ArgumentParser",
                "Foundation", "Glibc", "Synchronization", "Logging", "NIOPosix", "ServiceLifecycle",
                "UnixSignals",
            ]
        ),
    ]

    @Test(arguments: allowed.map(\.module))
    func `a module imports only what it may`(module: String) throws {
        let rule = try #require(Self.allowed.first { $0.module == module })
        let files = SourceTree.files(in: "Sources/" + module)
        #expect(!files.isEmpty)
        for file in files {
            let forbidden = Set(file.imports).subtracting(rule.imports)
            #expect(forbidden.isEmpty, "\(file.path) imports \(forbidden.sorted())")
        }
    }

    @Test func `only the Curses folder speaks to ncurses`() {
        for file in SourceTree.files(in: "Sources/NanoTUI") where file.imports.contains("CNcurses")
        {
            #expect(file.path.hasPrefix("Sources/NanoTUI/Curses/"), "\(file.path)")
        }
    }

    @Test func `libcrypto is called in one file of NanoCore`() {
        let files = SourceTree.files(in: "Sources/NanoCore").filter {
            $0.imports.contains("CCrypto")
        }
        #expect(files.map(\.path) == ["Sources/NanoCore/Security/KeyedHash.swift"])
    }

    @Test func `only one file of NanoCore asks the processor to fetch`() {
        let files = SourceTree.files(in: "Sources/NanoCore").filter {
            $0.imports.contains("CPrefetch")
        }
        #expect(files.map(\.path) == ["Sources/NanoCore/Security/Prefetch.swift"])
    }
}
