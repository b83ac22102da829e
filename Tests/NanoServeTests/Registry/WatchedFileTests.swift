import Foundation
import Glibc
import NanoCore
import Testing

@testable import NanoServe

/// A file of operators' decisions while a gateway runs.
@Suite struct WatchedFileTests {
    private let folder: TemporaryFolder
    private let name = DeviceName(.esp32Pressure, "ESP32-001")

    init() throws {
        folder = try TemporaryFolder()
        _ = try RegistryFile(stateFolder: folder.path).perform(.approve(name))
    }

    private var path: String { folder.path + "/registry.json" }

    private func watched() throws -> WatchedFile<RegistryContent> {
        try WatchedFile(SharedFile(folder: folder.path))
    }

    @Test
    func `what is damaged changes nothing, is told once, and stays a fault until it is mended`()
        throws
    {
        let file = try watched()
        let before = file.content
        let whole = try Data(contentsOf: URL(filePath: path))
        try PrivateFile.write(Array("{".utf8), to: path)
        #expect(throws: KeystoreError.self) { try file.refresh() }
        #expect(try !file.refresh())
        #expect(file.fault?.contains("registry.json: not JSON") == true)
        #expect(file.content == before)
        try PrivateFile.write(Array(whole), to: path)
        #expect(try !file.refresh(), "it says what holds already")
        #expect(file.fault == nil)
    }

    @Test func `a file that others may use is a fault until its mode is right again`() throws {
        let file = try watched()
        #expect(chmod(path, 0o644) == 0)
        #expect(throws: KeystoreError.self) { try file.refresh() }
        #expect(file.fault?.contains("others may use it (mode 644)") == true)
        #expect(chmod(path, 0o600) == 0)
        #expect(try !file.refresh())
        #expect(file.fault == nil)
    }

    @Test func `a file that is gone is no fault, and what it said holds`() throws {
        let file = try watched()
        try PrivateFile.write(Array("{".utf8), to: path)
        #expect(throws: KeystoreError.self) { try file.refresh() }
        let before = file.content
        #expect(unlink(path) == 0)
        #expect(try !file.refresh())
        #expect(file.fault == nil && file.content == before)
    }

    @Test func `a running gateway has an alarm of each such file, until it is mended`() async throws
    {
        let names = [
            "registry.json": "registry not readable", "blocks.json": "blocks not readable",
        ]
        try await withGateway { gateway in
            func standing() -> Set<String> {
                Set(gateway.gateway.snapshot([]).alarms.map(\.title)).intersection(names.values)
            }
            for name in names.keys {
                try PrivateFile.write(Array("{".utf8), to: gateway.stateFolder + "/" + name)
            }
            let isTold = try await eventually { standing() == Set(names.values) }
            #expect(isTold)
            for name in names.keys { unlink(gateway.stateFolder + "/" + name) }
            let isOver = try await eventually { standing().isEmpty }
            #expect(isOver)
        }
    }
}
