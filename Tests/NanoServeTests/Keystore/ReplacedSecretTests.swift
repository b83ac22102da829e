import Foundation
import NanoCore
import NanoServe
import Testing

/// A secret of the environment that is another than at the last start.
@Suite struct ReplacedSecretTests {
    private let folder: TemporaryFolder
    private let held: StateFolder
    private static let secrets: [[UInt8]] = [5, 3].map { factor in
        (0..<32).map { UInt8($0) &* factor &+ 1 }
    }

    init() throws {
        folder = try TemporaryFolder()
        held = try StateFolder(path: folder.path)
    }

    private func moment(_ hours: Int64) -> Moment {
        Moment(unixMilliseconds: 1_790_000_000_000 + hours * 3_600_000, monotonicNanoseconds: 0)
    }

    /// A start with a secret in the environment.
    private func start(_ secret: [UInt8], at hours: Int64) throws -> Keystore {
        var secrets = Settings.Secrets()
        secrets.provided = [
            .init(
                model: .esp32Pressure, variable: "NANOGRIDATA_ESP32_SECRET", secret: Secret(secret))
        ]
        return try Keystore(
            folder: held,
            key: KeystoreKey(environment: [:], folder: folder.path, mayMake: true),
            secrets: secrets, intake: Settings.Intake(), generatesMissing: false,
            now: moment(hours))
    }

    @Test func `another secret is a generation of its own, and the one before is kept as retired`()
        throws
    {
        let first = try start(Self.secrets[0], at: 0)
        #expect(first.replacements.isEmpty)
        let before = try #require(first.snapshots(now: moment(0)).first)
        let second = try start(Self.secrets[1], at: 1)
        let rows = second.snapshots(now: moment(1))
        #expect(rows.map(\.generation) == [2] && rows.map(\.origin) == ["environment"])
        #expect(rows[0].ageSeconds(at: moment(2).unixMilliseconds) == 3_600)
        let retired = second.retiredKeys(now: moment(1))
        #expect(retired.map(\.name) == ["generation 1"] && retired[0].isPrevious)
        #expect(retired[0].replacedUnixMilliseconds == moment(1).unixMilliseconds)
        let sentence = try #require(second.replacements.first?.sentence)
        #expect(
            sentence == "0x10: the secret in NANOGRIDATA_ESP32_SECRET (generation 2, "
                + "\(rows[0].fingerprint)) takes the place of the one that was imported before "
                + "(generation 1, \(before.fingerprint)), and frames under that are refused")
        #expect(second.notices == [sentence] && second.imports.isEmpty)
        // The same again is nothing new.
        let third = try start(Self.secrets[1], at: 2)
        #expect(third.replacements.isEmpty && third.notices.isEmpty)
    }

    @Test func `a secret that comes back is a new generation, and not retired any more`() throws {
        for (hours, place) in [0, 1, 0].enumerated() {
            _ = try start(Self.secrets[place], at: Int64(hours))
        }
        let store = try start(Self.secrets[0], at: 3)
        #expect(store.snapshots(now: moment(3)).map(\.generation) == [3])
        #expect(store.retiredKeys(now: moment(3)).map(\.name) == ["generation 2"])
    }
}
