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
        #expect(store.imports.contains { $0.contains("sealed now") })
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
        let isUnchanged = try store.refresh(now: start)
        #expect(!isUnchanged)
        let editor = try KeystoreEditor(stateFolder: folder.path, environment: [:])
        _ = try editor.perform(
            .stage(.random(), .keystore), on: .esp32Pressure, graceHours: 0, now: start)
        try begin(.stm32Gas, editor)
        let isChanged = try store.refresh(now: start)
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
        #expect(throws: KeystoreError.self) { try store.refresh(now: start) }
        #expect(store.numbers(of: .esp32Pressure, now: start) == [1])
        // It is told once, not four times a second.
        let isToldAgain = try store.refresh(now: start)
        #expect(!isToldAgain)
    }

    @Test func `changes at one time are all kept`() async throws {
        _ = try keystore(key()).rotate(.esp32Pressure, now: start)
        let (path, start) = (folder.path, start)
        let made = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<48 {
                group.addTask {
                    let editor = try KeystoreEditor(stateFolder: path, environment: [:])
                    let model = ModelID(rawValue: UInt8(0x60 + number / 2))
                    let step = RotationStep.begin(.random(), .keystore)
                    return
                        (try? editor.perform(step, on: model, graceHours: 0, now: start)) != nil
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        // Of two that want to make a model's first secret one does.
        #expect(made == 24)
        let editor = try KeystoreEditor(stateFolder: path, environment: [:])
        #expect(try editor.verify(now: start) == (models: 25, generations: 25))
    }

    private func begin(
        _ model: ModelID, _ editor: KeystoreEditor, with secret: Secret = .random()
    ) throws {
        _ = try editor.perform(.begin(secret, .imported), on: model, graceHours: 0, now: start)
    }

    @Test func `no two models get one secret, whoever gives it`() throws {
        let store = try keystore(key())
        let editor = try KeystoreEditor(stateFolder: folder.path, environment: [:])
        let secret = Secret.random()
        try begin(.esp32Pressure, editor, with: secret)
        let error = #expect(throws: KeystoreError.self) {
            try begin(.stm32Gas, editor, with: secret)
        }
        #expect(error?.description.contains("also that of 0x10") == true)
        let again = #expect(throws: KeystoreError.self) {
            try editor.perform(
                .stage(secret, .imported), on: .esp32Pressure, graceHours: 0, now: start)
        }
        #expect(again?.description.contains("the secret of generation 1") == true)
        #expect(try editor.verify(now: start) == (models: 1, generations: 1))
        let isTaken = try store.refresh(now: start)
        #expect(isTaken)
    }

    @Test func `a revoked or aborted secret stays so when the clock is set back`() throws {
        let store = try keystore(key())
        _ = try store.rotate(.esp32Pressure, now: start)
        _ = try store.rotate(.esp32Pressure, now: start)
        _ = try store.revoke(.esp32Pressure, generation: 1, now: start)
        _ = try store.stage(.esp32Pressure, now: start)
        _ = try store.abort(.esp32Pressure, now: start)
        let before = Moment(
            unixMilliseconds: start.unixMilliseconds - 86_400_000, monotonicNanoseconds: 0)
        #expect(store.numbers(of: .esp32Pressure, now: before) == [2])
        #expect(try keystore(key()).numbers(of: .esp32Pressure, now: before) == [2])
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/secrets")
        #expect(files == ["0x10-gen2.hex"])
    }

    @Test func `a command line too takes over a keystore from before it was sealed`() throws {
        let secret = String(repeating: "0f1e", count: 16)
        let former = """
            {"models": [{"model": "0x10", "generations": [{"generation": 3, "secret": "\(secret)",
            "origin": "keystore", "created_unix_ms": 1780000000000}]}], "version": 1}
            """
        let path = try write(former, "keystore.json")
        let editor = try KeystoreEditor(stateFolder: folder.path, environment: [:], mayMake: true)
        #expect(try editor.generations(now: start).map(\.generation) == [3])
        try begin(.stm32Gas, editor)
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(try keystore(key()).numbers(of: .esp32Pressure, now: start) == [3])
    }

    @Test func `first runs at one time make one key`() async throws {
        let path = folder.path
        let keys = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<16 {
                group.addTask {
                    try KeystoreKey(environment: [:], folder: path, mayMake: true).fingerprint
                }
            }
            return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
        }
        #expect(keys.count == 1)
    }

    @Test func `a change that could not be read at first is taken when it can`() throws {
        let store = try keystore(key())
        _ = try store.rotate(.esp32Pressure, now: start)
        let editor = try KeystoreEditor(stateFolder: folder.path, environment: [:])
        try begin(.stm32Gas, editor)
        let file = folder.path + "/keystore.sealed"
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        #expect(throws: KeystoreError.self) { try store.refresh(now: start) }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        let isTaken = try store.refresh(now: start)
        #expect(isTaken)
        #expect(store.numbers(of: .stm32Gas, now: start) == [1])
    }

    @Test func `whoever looks at the secrets does not wait for another process`() async throws {
        let store = try keystore(key())
        _ = try store.rotate(.esp32Pressure, now: start)
        let lock = open(folder.path + "/keystore.lock", O_RDWR)
        try #require(flock(lock, LOCK_EX) == 0)
        let start = start
        let waiting = Task.detached { try store.rotate(.esp32Pressure, now: start) }
        // Nothing of this needs the lock that the rotation waits for.
        for _ in 0..<20 {
            #expect(store.numbers(of: .esp32Pressure, now: start) == [1])
            try await Task.sleep(for: .milliseconds(10))
        }
        flock(lock, LOCK_UN)
        close(lock)
        _ = try await waiting.value
        #expect(store.numbers(of: .esp32Pressure, now: start) == [2, 1])
    }
}
