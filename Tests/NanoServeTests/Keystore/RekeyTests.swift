import Foundation
import NanoCore
import Testing

@testable import NanoServe

@Suite struct RekeyTests {
    private let folder: TemporaryFolder
    private let held: StateFolder
    private let start = Moment(unixMilliseconds: 1_790_000_000_000, monotonicNanoseconds: 0)

    init() throws {
        folder = try TemporaryFolder()
        held = try StateFolder(path: folder.path)
    }

    private var file: String { folder.path + "/keystore.key" }
    private var waiting: String { file + ".next" }
    private var sealed: String { folder.path + "/keystore.sealed" }

    private func keystore(_ environment: [String: String] = [:]) throws -> Keystore {
        try Keystore(
            folder: held,
            key: KeystoreKey(environment: environment, folder: folder.path, mayMake: true),
            secrets: Settings.Secrets(), intake: Settings.Intake(), generatesMissing: false,
            now: start)
    }

    /// A keystore with one secret.
    private func begin() throws -> Keystore {
        let store = try keystore()
        _ = try store.rotate(.esp32Pressure, now: start)
        return store
    }

    private func editor(_ environment: [String: String] = [:]) throws -> KeystoreEditor {
        try KeystoreEditor(stateFolder: folder.path, environment: environment)
    }

    /// Whether the keystore can be opened, and one secret is in it.
    private func opens(_ environment: [String: String] = [:]) -> Bool {
        (try? editor(environment).verify(now: start)).map { $0 == (models: 1, generations: 1) }
            ?? false
    }

    private func contents(_ path: String) throws -> Data {
        try Data(contentsOf: URL(filePath: path))
    }

    @Test func `a new key takes the place of the former one, which opens nothing any more`() throws
    {
        _ = try begin()
        let former = try contents(file)
        let said = try editor().rekey(.inPlace(alsoElsewhere: false))
        #expect(try contents(file) != former && opens())
        #expect(!said.contains(String(decoding: former, as: UTF8.self).prefix(16)))
        #expect(!said.contains(try String(contentsOfFile: file, encoding: .utf8).prefix(16)))
        #expect(!FileManager.default.fileExists(atPath: waiting))
        try former.write(to: URL(filePath: file))
        #expect(!opens())
    }

    @Test func `a running gateway takes a new key over, and goes on with changes`() throws {
        let store = try begin()
        _ = try editor().rekey(.inPlace(alsoElsewhere: false))
        let isTaken = try store.refresh(now: start)
        #expect(isTaken)
        _ = try store.stage(.esp32Pressure, now: start)
        #expect(store.numbers(of: .esp32Pressure, now: start) == [1, 2])
        #expect(try editor().verify(now: start) == (models: 1, generations: 2))
        #expect(try keystore().numbers(of: .esp32Pressure, now: start) == [1, 2])
    }

    @Test func `a change of the gateway right behind a new key is not lost`() throws {
        let store = try begin()
        _ = try editor().rekey(.inPlace(alsoElsewhere: false))
        // It has not looked since.
        _ = try store.stage(.esp32Pressure, now: start)
        #expect(try editor().verify(now: start) == (models: 1, generations: 2))
    }

    @Test func `whenever it is interrupted, one of two keys in their places opens the keystore`()
        throws
    {
        _ = try begin()
        let (formerKey, formerSealed) = (try contents(file), try contents(sealed))
        _ = try editor().rekey(.inPlace(alsoElsewhere: false))
        let (newKey, newSealed) = (try contents(file), try contents(sealed))
        func leave(key: Data, waiting next: Data?, sealed content: Data) throws {
            try key.write(to: URL(filePath: file))
            try content.write(to: URL(filePath: sealed))
            try? FileManager.default.removeItem(atPath: waiting)
            if let next { try next.write(to: URL(filePath: waiting)) }
            for path in [file, waiting, sealed] { chmod(path, 0o600) }
        }
        // Killed before the keystore was sealed anew, and behind it.
        for content in [formerSealed, newSealed] {
            try leave(key: formerKey, waiting: newKey, sealed: content)
            #expect(opens())
            _ = try keystore().stage(.esp32Pressure, now: start)
            #expect(try editor().verify(now: start) == (models: 1, generations: 2))
            try leave(key: formerKey, waiting: newKey, sealed: content)
            _ = try editor().rekey(.inPlace(alsoElsewhere: false))
            #expect(opens() && !FileManager.default.fileExists(atPath: waiting))
            #expect(try contents(file) != formerKey && contents(file) != newKey)
        }
    }

    @Test func `a key elsewhere is made or read, and the one in the state folder goes`() throws {
        _ = try begin()
        let elsewhere = folder.path + "/elsewhere/new.key"
        let missing = #expect(throws: KeystoreError.self) {
            try editor().rekey(.file(elsewhere))
        }
        #expect(missing?.isMisconfiguration == true)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/elsewhere"))
        try FileManager.default.createDirectory(
            atPath: folder.path + "/elsewhere", withIntermediateDirectories: false)
        let said = try editor().rekey(.file(elsewhere))
        #expect(said.contains(elsewhere))
        #expect(!FileManager.default.fileExists(atPath: file))
        let environment = ["NANOGRIDATA_KEYSTORE_KEY_FILE": elsewhere]
        #expect(opens(environment) && !opens())
        let same = #expect(throws: KeystoreError.self) {
            try editor(environment).rekey(.file(elsewhere))
        }
        #expect(same?.description.contains("sealed with already") == true)
        // Another keystore may be sealed with it.
        let shared = #expect(throws: KeystoreError.self) {
            try editor(environment).rekey(.inPlace(alsoElsewhere: false))
        }
        #expect(shared?.description.contains("may be the key of other keystores") == true)
        _ = try editor(environment).rekey(.inPlace(alsoElsewhere: true))
        #expect(opens(environment))
    }

    @Test func `a gateway whose key has moved keeps its secrets, and says so once`() throws {
        let store = try begin()
        _ = try editor().rekey(.file(folder.path + "/new.key"))
        let error = #expect(throws: KeystoreError.self) { try store.refresh(now: start) }
        #expect(error?.description.contains("sealed with key") == true)
        let isToldAgain = try store.refresh(now: start)
        #expect(!isToldAgain)
        #expect(throws: KeystoreError.self) { try store.stage(.esp32Pressure, now: start) }
        #expect(store.numbers(of: .esp32Pressure, now: start) == [1])
        #expect(store.fault == error?.description)
        // Sealed again with one that the gateway finds.
        _ = try editor(["NANOGRIDATA_KEYSTORE_KEY_FILE": folder.path + "/new.key"])
            .rekey(.file(file))
        let isTaken = try store.refresh(now: start)
        #expect(isTaken && store.fault == nil)
    }

    @Test func `a keystore that comes back as it was is no fault any more`() throws {
        let store = try begin()
        try FileManager.default.moveItem(atPath: sealed, toPath: sealed + ".kept")
        try Data("torn".utf8).write(to: URL(filePath: sealed))
        chmod(sealed, 0o600)
        #expect(throws: KeystoreError.self) { try store.refresh(now: start) }
        #expect(store.fault?.contains("not a sealed keystore") == true)
        try FileManager.default.removeItem(atPath: sealed)
        try FileManager.default.moveItem(atPath: sealed + ".kept", toPath: sealed)
        let isTaken = try store.refresh(now: start)
        #expect(!isTaken && store.fault == nil)
    }

    @Test func `what cannot be sealed changes nothing`() throws {
        _ = try begin()
        let former = try contents(file)
        let bytes = try contents(sealed)
        try FileManager.default.removeItem(atPath: sealed)
        let empty = #expect(throws: KeystoreError.self) {
            try editor().rekey(.inPlace(alsoElsewhere: false))
        }
        #expect(empty?.description.contains("no keystore yet") == true)
        try bytes.write(to: URL(filePath: sealed))
        chmod(sealed, 0o600)
        let bad = folder.path + "/bad.key"
        try Data("abcd".utf8).write(to: URL(filePath: bad))
        chmod(bad, 0o600)
        #expect(throws: KeystoreError.self) { try editor().rekey(.file(bad)) }
        #expect(throws: KeystoreError.self) { try editor().rekey(.descriptor("99")) }
        #expect(try opens() && contents(file) == former)
        #expect(!FileManager.default.fileExists(atPath: waiting))
    }
}
