import Foundation
import NanoCore
import Testing

@testable import NanoServe

/// The registry on disk.
@Suite struct RegistryFileTests {
    private let folder: TemporaryFolder
    private let file: RegistryFile
    private let name = DeviceName(.esp32Pressure, "ESP32-001")

    init() throws {
        folder = try TemporaryFolder()
        file = RegistryFile(stateFolder: folder.path)
    }

    private var path: String { folder.path + "/registry.json" }

    private func write(_ text: String) throws {
        try PrivateFile.write(Array(text.utf8), to: path)
    }

    @Test func `what was decided is read again, whatever is in an id`() throws {
        let hostile = DeviceName(.custom, "\u{1B}[2J\"\u{202E}\\")
        _ = try file.perform(.approve(name))
        _ = try file.perform(.reject(hostile))
        _ = try file.perform(.block(DeviceName(.stm32Gas, "")))
        #expect(
            try file.read() == [
                name: .known, hostile: .rejected, DeviceName(.stm32Gas, ""): .blocked,
            ])
        #expect(try !String(contentsOfFile: path, encoding: .utf8).contains("\u{1B}"))
    }

    @Test func `a step that makes no sense changes nothing and says why`() throws {
        _ = try file.perform(.approve(name))
        let before = try String(contentsOfFile: path, encoding: .utf8)
        let steps: [(RegistryStep, String)] = [
            (.reject(name), "0x10 ESP32-001 is known; block it, or remove it"),
            (.unblock(name), "0x10 ESP32-001 is not blocked"),
            (.remove(DeviceName(.stm32Gas, "X")), "0x20 X is not in the registry"),
        ]
        for (step, words) in steps {
            let fault = #expect(throws: KeystoreError.self) { try file.perform(step) }
            #expect(fault?.description == words)
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == before)
    }

    @Test(arguments: [nil, DeviceStanding.known, .rejected])
    func `a block that is lifted leaves the registry as it was`(standing: DeviceStanding?) throws {
        _ = try file.perform(.approve(DeviceName(.stm32Gas, "other")))
        if let standing {
            _ = try file.perform(standing == .known ? .approve(name) : .reject(name))
        }
        let before = try String(contentsOfFile: path, encoding: .utf8)
        _ = try file.perform(.block(name))
        #expect(
            try file.perform(.block(name))
                == "0x10 ESP32-001 is blocked already, until somebody unblocks it")
        #expect(try file.read()[name] == .blocked)
        #expect(
            try file.perform(.unblock(name))
                == "0x10 ESP32-001 is not blocked any more, and \(standing?.rawValue ?? "undecided") as before"
        )
        #expect(try String(contentsOfFile: path, encoding: .utf8) == before)
    }

    @Test func `a block that an earlier release wrote is lifted as that release did`() throws {
        try write(
            #"{"version": 1, "devices": [{"model": "0x10", "device": "ESP32-001", "#
                + #""standing": "blocked"}]}"#)
        _ = try file.perform(.block(name))
        #expect(
            try file.perform(.unblock(name))
                == "0x10 ESP32-001 is not blocked any more, and known: what it was before is not noted"
        )
        #expect(try file.read() == [name: .known])
    }

    @Test func `adopting leaves alone what was decided before`() throws {
        let blocked = DeviceName(.esp32Pressure, "ESP32-002")
        _ = try file.perform(.block(blocked))
        let new = DeviceName(.esp32Pressure, "ESP32-003")
        #expect(
            try file.perform(.adopt([name, blocked, new]))
                == "2 devices adopted as known; what was decided about 1 more stays")
        #expect(try file.read() == [name: .known, new: .known, blocked: .blocked])
    }

    @Test(arguments: [
        (#"{"version": 1, "devices": ["#, "not JSON: "),
        (#"{"devices": []}"#, "version is missing"),
        (#"{"version": 2, "devices": []}"#, "version is 2; this release reads 1"),
        (
            #"{"version": 1, "devices": [{"model": "0x10", "standing": "known"}]}"#,
            "devices[0].device is missing"
        ),
        (
            #"{"version": 1, "devices": [{"model": "0x10", "device": 7, "standing": "known"}]}"#,
            "devices[0].device has the wrong type"
        ),
        (
            #"{"version": 1, "devices": [{"model": "0x10", "device": "A", "standing": "fine"}]}"#,
            "devices[0].standing of 0x10 A is fine; use known, rejected, blocked"
        ),
        (
            #"{"version": 1, "devices": [{"model": "0x10", "device": "A", "#
                + #""standing": "blocked", "before": "fine"}]}"#,
            "devices[0].before of 0x10 A is fine; use known, rejected, undecided"
        ),
        (
            #"{"version": 1, "devices": [{"model": "esp", "device": "A", "standing": "known"}]}"#,
            "devices[0].model is esp; use two hexadecimal digits: 0x10"
        ),
        (
            #"{"version": 1, "devices": [{"model": "0x10", "device": "A", "standing": "known"}, "#
                + #"{"model": "10", "device": "A", "standing": "blocked"}]}"#,
            "devices[1] and devices[0] are the same device"
        ),
    ])
    func `a wrong file is named with the key at fault, and stays as it is`(
        text: String, words: String
    ) throws {
        try write(text)
        let fault = #expect(throws: KeystoreError.self) { try file.read() }
        #expect(fault?.description.hasPrefix("\(path): \(words)") == true, "\(fault!)")
        #expect(throws: KeystoreError.self) { try file.perform(.approve(name)) }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }

    @Test func `processes that change it at once lose nothing`() async throws {
        let file = file
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<16 {
                group.addTask {
                    _ = try file.perform(.approve(DeviceName(.esp32Pressure, "D\(number)")))
                }
            }
            try await group.waitForAll()
        }
        #expect(try file.read().count == 16)
    }

    @Test func `a gateway goes by what it had while the file is wrong, and says so once`() throws {
        _ = try file.perform(.approve(name))
        let registry = try DeviceRegistry(
            stateFolder: folder.path, rules: RegistryRules(), hash: SipHash(key: (1, 2)))
        #expect(try !registry.refresh())
        try write("[]")
        #expect(throws: KeystoreError.self) { try registry.refresh() }
        #expect(try !registry.refresh())
        #expect(registry.standings == [name: .known])
        try write(#"{"version": 1, "devices": []}"#)
        #expect(try registry.refresh())
        #expect(registry.standings.isEmpty)
    }

    @Test func `operators come before the configuration`() throws {
        var rules = RegistryRules()
        rules.known = [name, DeviceName(.esp32Pressure, "ESP32-002")]
        _ = try file.perform(.block(name))
        let registry = try DeviceRegistry(
            stateFolder: folder.path, rules: rules, hash: SipHash(key: (1, 2)))
        let snapshot = registry.snapshot(
            StrangerSum(), turnedAway: StrangerSum(), parts: [.devices])
        #expect(snapshot.known == 1 && snapshot.blocked == 1)
        #expect(snapshot.rows.map(\.name) == [name])
        // What it goes on to send says where it is.
        var table = StrangerTable()
        table.note(
            1, generation: 1, timestamp: 5, from: PeerReference(talker: 0, port: 7), at: 9_000
        ) { name }
        var heard = StrangerSum()
        heard.add(table) { _ in "10.0.0.1" }
        let rows = registry.snapshot(StrangerSum(), turnedAway: heard, parts: [.devices]).rows
        #expect(rows.map(\.address) == ["10.0.0.1:7"] && rows.map(\.standing) == [.blocked])
        #expect(rows.map(\.lastSeenUnixMilliseconds) == [9_000])
    }
}
