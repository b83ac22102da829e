import ArgumentParser
import NanoCore
import NanoServe

/// Puts another key in the place of the keystore's.
struct SecretsRekey: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rekey", abstract: "Seal the keystore with a new key.",
        discussion: """
            Without an option a new key is made in keystore.key in the state folder, if that has the \
            present one, and a running gateway takes it over; with --in-place also in another file, \
            which must be the key of no other keystore. A file that is named and not there is made. \
            Whenever this is \
            interrupted, the keystore can be opened with one of the two keys, which is in its place.

            Copies of the keystore from before can be opened with the former key still: remove them \
            if it is known to others, and rotate the secrets.
            """)

    @OptionGroup var keystore: KeystoreChoice
    @Option(help: "A file of mode 0600 with the new key; made when it is not there.")
    var newKeyFile: String?
    @Option(help: "The number of a descriptor to read the new key from.")
    var newKeyFd: String?
    @Flag(help: "Make the new key in the file of the present one, wherever that is.")
    var inPlace = false

    func validate() throws {
        let ways = [newKeyFile != nil, newKeyFd != nil, inPlace]
        guard ways.count(where: \.self) <= 1 else {
            throw ValidationError("--new-key-file, --new-key-fd and --in-place exclude each other")
        }
    }

    func run() throws {
        let editor = try keystore.open()
        let target =
            newKeyFile.map(NewKeystoreKey.file) ?? newKeyFd.map(NewKeystoreKey.descriptor)
            ?? .inPlace(alsoElsewhere: inPlace)
        print(
            try keystore.record(.rekeyKeystore, of: "keystore") {
                try editor.rekey(target)
            })
    }
}
