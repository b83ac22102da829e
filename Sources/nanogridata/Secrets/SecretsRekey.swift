import ArgumentParser
import NanoCore
import NanoServe

/// Puts another key in the place of the keystore's.
struct SecretsRekey: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rekey", abstract: "Seal the keystore with a new key.",
        discussion: """
            Without an option a new key is made in the file that has the present one, and a running \
            gateway takes it over. A file that is named and not there is made. Whenever this is \
            interrupted, the keystore can be opened with one of the two keys, which is in its place.

            Copies of the keystore from before can be opened with the former key still: remove them \
            if it is known to others, and rotate the secrets.
            """)

    @OptionGroup var keystore: KeystoreChoice
    @Option(help: "A file of mode 0600 with the new key; made when it is not there.")
    var newKeyFile: String?
    @Option(help: "The number of a descriptor to read the new key from.")
    var newKeyFd: String?

    func validate() throws {
        guard newKeyFile == nil || newKeyFd == nil else {
            throw ValidationError("--new-key-file and --new-key-fd exclude each other")
        }
    }

    func run() throws {
        let editor = try keystore.open()
        let target =
            newKeyFile.map(NewKeystoreKey.file) ?? newKeyFd.map(NewKeystoreKey.descriptor)
            ?? .inPlace
        print(
            try keystore.record(.rekeyKeystore, of: "keystore") {
                try editor.rekey(target)
            })
    }
}
