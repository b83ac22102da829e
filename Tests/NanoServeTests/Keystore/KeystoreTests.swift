import Foundation
import NanoCore
import NanoServe
import Testing

@Suite struct KeystoreTests {
    static let hour: Int64 = 3_600_000
    static let secret = (0..<32).map { UInt8($0) &* 5 &+ 1 }
    let folder: TemporaryFolder
    let held: StateFolder

    init() throws {
        folder = try TemporaryFolder()
        held = try StateFolder(path: folder.path)
    }

    private func moment(_ hours: Int64) -> Moment {
        Moment(unixMilliseconds: 1_790_000_000_000 + hours * Self.hour, monotonicNanoseconds: 0)
    }

    private func keystore(
        _ secret: [UInt8]? = secret, fleet: Bool = false, at hours: Int64 = 0,
        intake: Settings.Intake = Settings.Intake()
    ) throws -> Keystore {
        var secrets = Settings.Secrets()
        if let secret {
            secrets.provided = [
                .init(
                    model: .esp32Pressure, variable: "NANOGRIDATA_ESP32_SECRET",
                    secret: Secret(secret))
            ]
        }
        return try Keystore(
            folder: held,
            key: KeystoreKey(environment: [:], folder: folder.path, mayMake: true),
            secrets: secrets, intake: intake, generatesMissing: fleet, now: moment(hours))
    }

    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? -1
    }

    private var file: String { folder.path + "/keystore.sealed" }

    /// Whether a frame signed with a secret would be accepted.
    private func accepts(_ table: KeyTable, _ secret: [UInt8]) -> Bool {
        let message = Array("message".utf8)
        let mac = HMACKey(secret: secret).authenticate(message.span, 0..<message.count).bytes
        let signed = message + mac
        return table[.esp32Pressure]?.keys.contains {
            $0.verifies(signed.span, 0..<message.count, mac: message.count..<signed.count)
        } ?? false
    }

    @Test func `the environment's secret is imported, sealed, and holds without the variable`()
        throws
    {
        let store = try keystore()
        #expect(accepts(store.keyTable(now: moment(0)), Self.secret))
        #expect(store.keyTable(now: moment(0)).models.count == 1)
        #expect(store.imports.contains { $0.contains("NANOGRIDATA_ESP32_SECRET") })
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(
            Set(files) == [
                "gateway.lock", "keystore.key", "keystore.lock", "keystore.sealed",
            ])
        #expect(store.snapshots(now: moment(0)).map(\.origin) == ["environment"])
        let later = try keystore(nil, at: 1)
        #expect(accepts(later.keyTable(now: moment(1)), Self.secret))
        #expect(later.notices.contains { $0.contains("0x10") && $0.contains("accepted still") })
    }

    @Test func `until the first rotation the environment wins over what was imported`() throws {
        _ = try keystore()
        let other = [UInt8](Self.secret.reversed())
        let second = try keystore(other, at: 1)
        #expect(accepts(second.keyTable(now: moment(1)), other))
        #expect(!accepts(second.keyTable(now: moment(1)), Self.secret))
        #expect(try keystore(other, at: 2).notices.isEmpty)
        _ = try second.rotateSecret(of: .esp32Pressure, now: moment(2))
        let third = try keystore(Self.secret, at: 3)
        #expect(!accepts(third.keyTable(now: moment(3)), Self.secret))
        #expect(third.notices.contains { $0.contains("NANOGRIDATA_ESP32_SECRET is not used") })
    }

    @Test func `a rotation makes a new secret and keeps the old one for the grace period`() throws {
        let store = try keystore()
        let rotation = try store.rotateSecret(of: .esp32Pressure, now: moment(1))
        #expect(rotation.generation == 2)
        let text = try String(contentsOfFile: rotation.secretFile, encoding: .utf8)
        let new = try SecretPolicy.decode(
            hexadecimal: text.trimmingCharacters(in: .whitespacesAndNewlines))
        #expect(new.count == 32 && new != Self.secret)
        #expect(accepts(store.keyTable(now: moment(72)), Self.secret))
        #expect(accepts(store.keyTable(now: moment(72)), new))
        #expect(!accepts(store.keyTable(now: moment(73)), Self.secret))
        #expect(accepts(store.keyTable(now: moment(73)), new))
        #expect(store.retiredKeys(now: moment(72)).isEmpty)
        #expect(store.retiredKeys(now: moment(73)).map(\.model) == [.esp32Pressure])
    }

    @Test func `files with secrets are for their owner alone`() throws {
        let rotation = try keystore().rotateSecret(of: .esp32Pressure, now: moment(0))
        #expect(try mode(file) == 0o600)
        #expect(try mode(rotation.secretFile) == 0o600)
        #expect(try mode(folder.path + "/secrets") == 0o700)
        #expect(rotation.secretFile == folder.path + "/secrets/0x10-gen2.hex")
    }

    @Test func `what a rotation says holds no secret`() throws {
        let store = try keystore()
        let said = try store.rotate(.esp32Pressure, now: moment(0))
        let kept = try #require(store.currentSecret(of: .esp32Pressure))
        #expect(said.contains("0x10-gen2.hex"))
        #expect(!said.contains(Hexadecimal.text(kept.bytes).prefix(8)))
        #expect("\(store.snapshots(now: moment(0)))".contains("fingerprint"))
        #expect(!"\(store.snapshots(now: moment(0)))".contains(Hexadecimal.text(kept.bytes)))
    }

    @Test func `after a restart the keystore wins over the environment, and says so`() throws {
        let first = try keystore()
        _ = try first.rotateSecret(of: .esp32Pressure, now: moment(0))
        let second = try keystore(at: 1)
        #expect(
            second.currentSecret(of: .esp32Pressure) == first.currentSecret(of: .esp32Pressure))
        #expect(accepts(second.keyTable(now: moment(1)), Self.secret))
        #expect(second.notices.count == 1)
        #expect(second.notices[0].contains("NANOGRIDATA_ESP32_SECRET is not used"))
        let third = try keystore(nil, at: 100)
        #expect(third.notices.isEmpty)
        #expect(!accepts(third.keyTable(now: moment(100)), Self.secret))
        #expect(third.retiredKeys(now: moment(100)).count == 1)
    }

    @Test func `generations count on over restarts, and few retired ones are kept`() throws {
        for round in 0..<9 {
            let rotation = try keystore(at: Int64(round) * 100).rotateSecret(
                of: .esp32Pressure, now: moment(Int64(round) * 100))
            #expect(rotation.generation == round + 2)
        }
        let store = try keystore(at: 900)
        #expect(store.snapshots(now: moment(900)).map(\.generation) == [10])
        // Four were kept at the last rotation; the one that it replaced has retired since.
        #expect(store.retiredKeys(now: moment(900)).count == 5)
    }

    @Test func `rotating without pause cannot pile up valid secrets`() throws {
        let store = try keystore()
        for _ in 0..<20 { _ = try store.rotateSecret(of: .esp32Pressure, now: moment(0)) }
        #expect(store.keyTable(now: moment(0))[.esp32Pressure]?.keys.count == 8)
        #expect(!accepts(store.keyTable(now: moment(0)), Self.secret))
    }

    @Test func `a former secret in its grace can't be another model's`() throws {
        _ = try keystore(nil).rotateSecret(of: .stm32Gas, now: moment(0))
        let former = try #require(try keystore(nil).currentSecret(of: .stm32Gas))
        _ = try keystore(nil).rotateSecret(of: .stm32Gas, now: moment(0))
        let error = #expect(throws: KeystoreError.self) { try keystore(former.bytes, at: 71) }
        #expect(
            error?.description.hasPrefix(
                "environment NANOGRIDATA_ESP32_SECRET: the secret is also that of 0x20") == true)
        #expect(throws: Never.self) { try keystore(former.bytes, at: 72) }
    }

    @Test(arguments: [0o640, 0o604, 0o660, 0o644])
    func `a keystore that others may read is refused with the remedy`(mode: Int) throws {
        _ = try keystore().rotateSecret(of: .esp32Pressure, now: moment(0))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        let error = #expect(throws: KeystoreError.self) { try keystore() }
        #expect(error?.description.hasSuffix("chmod 600 \(file)") == true)
    }

    @Test func `a torn or strange keystore is refused whole`() throws {
        let store = try keystore()
        _ = try store.rotateSecret(of: .esp32Pressure, now: moment(0))
        let whole = try Data(contentsOf: URL(filePath: file))
        let secret = try #require(store.currentSecret(of: .esp32Pressure))
        let hex = Hexadecimal.text(secret.bytes)
        for length in stride(from: 0, to: whole.count - 2, by: 7) {
            try whole.prefix(length).write(to: URL(filePath: file))
            let error = #expect(throws: KeystoreError.self) { try keystore() }
            #expect(error?.description.hasPrefix(file) == true)
            #expect(error?.description.contains(hex.prefix(8)) == false)
        }
        #expect(!String(decoding: whole, as: UTF8.self).contains(hex.prefix(8)))
        for index in whole.indices {
            var changed = whole
            changed[index] ^= 0x20
            try changed.write(to: URL(filePath: file))
            let error = #expect(throws: KeystoreError.self) { try keystore() }
            #expect(error?.description.hasPrefix(file) == true)
        }
    }

    @Test func `a link in the keystore's place is not followed`() throws {
        let target = folder.path + "/elsewhere.json"
        _ = try keystore().rotateSecret(of: .esp32Pressure, now: moment(0))
        try FileManager.default.moveItem(atPath: file, toPath: target)
        try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: target)
        #expect(throws: KeystoreError.self) { try keystore() }
    }

    @Test func `the minimum level of all holds for a model that only the keystore knows`() throws {
        let wind = ModelID(rawValue: 0x77)
        var intake = Settings.Intake()
        intake.models.append(.init(id: wind))
        _ = try keystore(nil, intake: intake).rotateSecret(of: wind, now: moment(0))
        #expect(try keystore().keyTable(now: moment(0))[wind]?.minimumLevel == .standard)
        for every in SecurityLevel.allCases {
            let settings = try load(nil, ["NANOGRIDATA_MINIMUM_LEVEL": every.name])
            let table = try keystore(intake: settings.intake).keyTable(now: moment(0))
            #expect(table.models.count == 2)
            #expect(table.models.allSatisfy { $0.minimumLevel == every })
        }
    }

    @Test func `a rotation that cannot be kept changes nothing`() throws {
        let store = try keystore()
        try FileManager.default.removeItem(atPath: file)
        try FileManager.default.createDirectory(
            atPath: file, withIntermediateDirectories: false)
        #expect(throws: KeystoreError.self) {
            try store.rotateSecret(of: .esp32Pressure, now: moment(0))
        }
        #expect(store.currentSecret(of: .esp32Pressure) == Secret(Self.secret))
        let left = try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/secrets")
        #expect(left ?? [] == [])
    }

    @Test func `a model without a secret can be given its first one`() throws {
        let store = try keystore(nil)
        #expect(store.keyTable(now: moment(0)).models.isEmpty)
        let rotation = try store.rotateSecret(of: .stm32Gas, now: moment(0))
        #expect(rotation.generation == 1 && rotation.formerValidUntilUnixMilliseconds == nil)
        #expect(store.keyTable(now: moment(0))[.stm32Gas]?.keys.count == 1)
        #expect(throws: KeystoreError.self) {
            try store.rotateSecret(of: ModelID(rawValue: 0x77), now: moment(0))
        }
    }

    @Test func `the age of a secret counts from when it became current, over restarts`() throws {
        var intake = Settings.Intake()
        intake.models = [.init(id: .esp32Pressure)]
        intake.models[0].rotateAfterSeconds = 90 * 86_400
        let store = try keystore(intake: intake)
        _ = try store.stage(.esp32Pressure, now: moment(24))
        #expect(
            store.snapshots(now: moment(48)).map { $0.ageSeconds(at: moment(48).unixMilliseconds) }
                == [48 * 3_600, 24 * 3_600])
        _ = try store.promote(.esp32Pressure, now: moment(72))
        let again = try keystore(at: 96, intake: intake)
        let now = moment(96).unixMilliseconds
        let current = try #require(again.snapshots(now: moment(96)).first)
        #expect(current.generation == 2 && current.ageSeconds(at: now) == 24 * 3_600)
        let left: Int64 = 89 * 86_400
        #expect(current.dueInSeconds(at: now) == left)
        let plain = try keystore(at: 96).snapshots(now: moment(96))
        #expect(plain.allSatisfy { $0.dueInSeconds(at: now) == nil })
    }

    @Test func `a grace is made longer, over restarts, and never shorter`() throws {
        let store = try keystore()
        _ = try store.rotateSecret(of: .esp32Pressure, now: moment(0))
        let end = moment(100).unixMilliseconds
        let said = try store.extend(
            .esp32Pressure, generation: 1, untilUnixMilliseconds: end, now: moment(1))
        #expect(
            said == "0x10: generation 1 is accepted until \(Timestamp.iso8601(end)), 4 d from now")
        let again = try keystore(at: 99)
        #expect(again.numbers(of: .esp32Pressure, now: moment(99)) == [2, 1])
        #expect(again.numbers(of: .esp32Pressure, now: moment(100)) == [2])
        let shorter = #expect(throws: KeystoreError.self) {
            try again.extend(
                .esp32Pressure, generation: 1, untilUnixMilliseconds: end, now: moment(2))
        }
        #expect(shorter?.description.contains("which is later") == true)
    }

    @Test(arguments: [(1, 100), (2, 1), (7, 1)])
    func `only a former secret in its grace is accepted for longer`(
        generation: Int, hours: Int64
    ) throws {
        let store = try keystore()
        _ = try store.rotateSecret(of: .esp32Pressure, now: moment(0))
        #expect(throws: KeystoreError.self) {
            try store.extend(
                .esp32Pressure, generation: generation,
                untilUnixMilliseconds: moment(1_000).unixMilliseconds, now: moment(hours))
        }
        let numbers = store.numbers(of: .esp32Pressure, now: moment(hours))
        #expect(numbers == (hours < 72 ? [2, 1] : [2]))
    }

    @Test func `a variable beside a secret that was made here is not used, and that is said`()
        throws
    {
        _ = try keystore(nil).rotateSecret(of: .esp32Pressure, now: moment(0))
        let store = try keystore(at: 1)
        #expect(!accepts(store.keyTable(now: moment(1)), Self.secret))
        #expect(store.notices.contains { $0.contains("NANOGRIDATA_ESP32_SECRET is not used") })
    }

    @Test
    func `what a new device needs is in a file for its owner alone, of a secret made if need be`()
        throws
    {
        var intake = Settings.Intake()
        intake.models = [.init(id: .stm32Gas)]
        intake.models[0].keying = .device
        let store = try keystore(nil, intake: intake)
        let said = try store.provision(
            .stm32Gas, device: "pump/7", host: "gw", port: 5_678, tls: nil, now: moment(0))
        let made = try #require(store.currentSecret(of: .stm32Gas))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/secrets")
        let name = try #require(names.first { $0.hasSuffix(".h") })
        let path = folder.path + "/secrets/" + name
        #expect(name.hasPrefix("0x20-device-") && said.contains(path))
        #expect(try mode(path) == 0o600)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let key = KeyDerivation(secret: made.bytes).key(
            for: .authentication, model: .stm32Gas, device: Array("pump/7".utf8))
        func digits(_ bytes: [UInt8]) -> String {
            bytes.map { "0x\(Hexadecimal.text([$0]))" }.joined(separator: ", ")
        }
        #expect(text.contains(digits(Array(key.bytes.prefix(8)))))
        #expect(!text.contains(digits(Array(made.bytes.prefix(4)))))
        #expect(!said.contains(Hexadecimal.text(key.bytes).prefix(8)))
        #expect(throws: KeystoreError.self) {
            try store.provision(
                .stm32Gas, device: nil, host: "gw", port: 1, tls: nil, now: moment(0))
        }
        _ = try store.stage(.stm32Gas, now: moment(1))
        let later = try store.provision(
            .stm32Gas, device: "pump-8", host: "gw", port: 1, tls: nil, now: moment(1))
        #expect(later.contains("0x20-pump-8.h, of generation 2"))
    }

    @Test func `a fleet's missing secrets are made once, and give way`() throws {
        let first = try keystore(fleet: true)
        #expect(first.keyTable(now: moment(0)).models.count == 5)
        #expect(first.currentSecret(of: .esp32Pressure) == Secret(Self.secret))
        let generated = try #require(first.currentSecret(of: .stm32Gas))
        #expect(try mode(folder.path + "/generated.json") == 0o600)
        #expect(try keystore(fleet: true).currentSecret(of: .stm32Gas) == generated)
        let without = try keystore(fleet: false).currentSecret(of: .stm32Gas)
        #expect(without == nil)
        _ = try first.rotateSecret(of: .stm32Gas, now: moment(0))
        let rotated = first.currentSecret(of: .stm32Gas)
        #expect(try keystore(fleet: true).currentSecret(of: .stm32Gas) == rotated)
        #expect(rotated != generated)
    }
}
