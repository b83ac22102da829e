import Foundation
import NanoCore
import Testing

@testable import NanoServe

@Suite struct SealedKeystoreTests {
    private let folder: TemporaryFolder
    private let held: StateFolder
    private let start = Moment(unixMilliseconds: 1_790_000_000_000, monotonicNanoseconds: 0)

    init() throws {
        folder = try TemporaryFolder()
        held = try StateFolder(path: folder.path)
    }

    private func key(_ environment: [String: String] = [:], mayMake: Bool = true) throws
        -> KeystoreKey
    {
        try KeystoreKey(environment: environment, folder: folder.path, mayMake: mayMake)
    }

    private func keystore(_ key: KeystoreKey) throws -> Keystore {
        try Keystore(
            folder: held, key: key, secrets: Settings.Secrets(), intake: Settings.Intake(),
            generatesMissing: false, now: start)
    }

    private func write(_ text: String, _ name: String, mode: Int = 0o600) throws -> String {
        let path = folder.path + "/" + name
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    @Test func `the first run makes a key that later ones find`() throws {
        let first = try key()
        #expect(try key().fingerprint == first.fingerprint)
        #expect(first.source == folder.path + "/keystore.key")
        let attributes = try FileManager.default.attributesOfItem(atPath: first.source)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }

    @Test func `without its key a keystore is not opened, and no new key takes its place`() throws {
        _ = try keystore(key()).rotate(.esp32Pressure, now: start)
        try FileManager.default.removeItem(atPath: folder.path + "/keystore.key")
        let missing = #expect(throws: KeystoreError.self) { try key(mayMake: false) }
        #expect(missing?.description.contains("keystore.key is missing") == true)
        try FileManager.default.removeItem(atPath: folder.path + "/keystore.sealed")
        let none = #expect(throws: KeystoreError.self) { try key(mayMake: false) }
        #expect(none?.description.contains("no keystore in \(folder.path) yet") == true)
        _ = try keystore(key()).rotate(.esp32Pressure, now: start)
        try FileManager.default.removeItem(atPath: folder.path + "/keystore.key")
        let other = #expect(throws: KeystoreError.self) { try key() }
        #expect(other?.description.contains("keystore.key is missing") == true)
    }

    @Test func `another key is told from the right one by fingerprints`() throws {
        _ = try keystore(key()).rotate(.esp32Pressure, now: start)
        let file = try write(String(repeating: "ab", count: 32), "other.hex")
        let other = try key(["NANOGRIDATA_KEYSTORE_KEY_FILE": file])
        let error = #expect(throws: KeystoreError.self) { try keystore(other) }
        #expect(error?.description.contains("sealed with key") == true)
        #expect(error?.description.contains(file) == true)
        #expect(error?.description.contains("abab") == false)
    }

    @Test
    func `a key comes from a file, a credential of systemd or a descriptor, as bytes or digits`()
        throws
    {
        let bytes = (0..<32).map { UInt8($0) &* 3 &+ 65 }
        let digits = Hexadecimal.text(bytes)
        let file = try write(digits + "\n", "key.hex")
        let raw = folder.path + "/credentials"
        try FileManager.default.createDirectory(atPath: raw, withIntermediateDirectories: false)
        try Data(bytes).write(to: URL(filePath: raw + "/nanogridata.keystore-key"))
        let expected = try key(["NANOGRIDATA_KEYSTORE_KEY_FILE": file]).fingerprint
        #expect(try key(["CREDENTIALS_DIRECTORY": raw]).fingerprint == expected)
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data(digits.utf8))
        try pipe.fileHandleForWriting.close()
        let descriptor = dup(pipe.fileHandleForReading.fileDescriptor)
        let inherited = try key(["NANOGRIDATA_KEYSTORE_KEY_FD": "\(descriptor)"])
        #expect(inherited.fingerprint == expected)
        // A folder of credentials without this one: the default holds.
        #expect(try key(["CREDENTIALS_DIRECTORY": folder.path]).fingerprint != expected)
    }

    @Test(arguments: [
        ("abcd", 0o600, "no key"), ("", 0o600, "no key"),
        (String(repeating: "zz", count: 32), 0o600, "64 hexadecimal digits"),
        (String(repeating: "ab", count: 32), 0o640, "chmod 600"),
    ])
    func `a key that is none, or that others may read, is refused with the remedy`(
        text: String, mode: Int, words: String
    ) throws {
        let file = try write(text, "key.hex", mode: mode)
        let error = #expect(throws: KeystoreError.self) {
            try key(["NANOGRIDATA_KEYSTORE_KEY_FILE": file])
        }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains(file) == true)
    }

    @Test(arguments: ["2", "x", "-1", "99"])
    func `a descriptor that is none is refused`(number: String) throws {
        let error = #expect(throws: KeystoreError.self) {
            try key(["NANOGRIDATA_KEYSTORE_KEY_FD": number])
        }
        #expect(error?.description.contains(number) == true)
    }

    @Test func `a keystore from before it was sealed is taken over and leaves no copy`() throws {
        let secret = String(repeating: "0f1e", count: 16)
        let former = """
            {"models": [{"model": "0x10", "generations": [{"generation": 3, "secret": "\(secret)",
            "origin": "keystore", "created_unix_ms": 1780000000000}]}], "version": 1}
            """
        let path = try write(former, "keystore.json")
        let store = try keystore(key())
        #expect(store.numbers(of: .esp32Pressure, now: start) == [3])
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(store.notices.contains { $0.contains("sealed now") })
        #expect(try keystore(key()).numbers(of: .esp32Pressure, now: start) == [3])
        let sealed = try Data(contentsOf: URL(filePath: folder.path + "/keystore.sealed"))
        #expect(sealed.range(of: Data(secret.utf8)) == nil)
    }

    @Test func `a staged secret outlives a restart, and is tried behind the current one`() throws {
        let store = try keystore(key())
        _ = try store.rotate(.esp32Pressure, now: start)
        _ = try store.rotate(.esp32Pressure, now: start)
        _ = try store.stage(.esp32Pressure, now: start)
        let again = try keystore(key())
        #expect(again.numbers(of: .esp32Pressure, now: start) == [2, 3, 1])
        _ = try again.promote(.esp32Pressure, now: start)
        #expect(again.numbers(of: .esp32Pressure, now: start) == [3, 2, 1])
        _ = try again.revoke(.esp32Pressure, generation: 1, now: start)
        #expect(try keystore(key()).numbers(of: .esp32Pressure, now: start) == [3, 2])
        #expect(throws: KeystoreError.self) { try again.stage(.stm32Gas, now: start) }
    }

    @Test func `a running gateway takes over what a command line changes`() throws {
        let store = try keystore(key())
        _ = try store.rotate(.esp32Pressure, now: start)
        let isUnchanged = try store.refresh()
        #expect(!isUnchanged)
        let editor = try KeystoreEditor(stateFolder: folder.path, environment: [:])
        _ = try editor.perform(
            .stage(.random(), .keystore), on: .esp32Pressure, graceHours: 0, now: start)
        _ = try editor.initialise([.stm32Gas], now: start)
        let isChanged = try store.refresh()
        #expect(isChanged)
        #expect(store.numbers(of: .esp32Pressure, now: start) == [1, 2])
        #expect(store.numbers(of: .stm32Gas, now: start) == [1])
        // And the other way round: nothing of it is lost by the gateway's own next change.
        _ = try store.promote(.esp32Pressure, now: start)
        #expect(try editor.verify(now: start) == (models: 2, generations: 3))
    }

    @Test func `a keystore that cannot be read any more leaves the secrets from before`() throws {
        let store = try keystore(key())
        _ = try store.rotate(.esp32Pressure, now: start)
        try Data("rubbish".utf8).write(to: URL(filePath: folder.path + "/keystore.sealed"))
        #expect(throws: KeystoreError.self) { try store.refresh() }
        #expect(store.numbers(of: .esp32Pressure, now: start) == [1])
        // It is told once, not four times a second.
        let isToldAgain = try store.refresh()
        #expect(!isToldAgain)
    }

    @Test func `changes at one time are all kept`() async throws {
        _ = try keystore(key()).rotate(.esp32Pressure, now: start)
        let (path, start) = (folder.path, start)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<24 {
                group.addTask {
                    let editor = try KeystoreEditor(stateFolder: path, environment: [:])
                    _ = try editor.initialise([ModelID(rawValue: UInt8(0x60 + number))], now: start)
                }
            }
            try await group.waitForAll()
        }
        let editor = try KeystoreEditor(stateFolder: path, environment: [:])
        #expect(try editor.verify(now: start) == (models: 25, generations: 25))
    }
}
