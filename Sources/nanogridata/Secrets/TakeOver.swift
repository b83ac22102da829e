import Glibc
import NanoCore
import NanoServe

/// Waits until a running gateway goes by what was changed in the keystore.
struct TakeOver {
    let folder: StateFolderOption

    /// Seconds that a gateway has for it: it looks every second.
    private static let patience = 3.0
    private static let pauseMicroseconds: UInt32 = 100_000

    /// Why a step does not count yet; nil when it does, or where no gateway runs.
    ///
    /// - Throws: ``CommandFailure`` when the keystore cannot be read, or the file that says where the
    ///   gateway is.
    func doubt(
        about model: ModelID, _ editor: KeystoreEditor, now: Moment
    ) throws -> String? {
        let socket = try folder.adminSocket
        guard
            let gateway = try? AdminClient(
                path: socket, role: .observer, seconds: Int(Self.patience))
        else { return nil }
        let wanted = try told { try editor.generations(now: now) }.filter { $0.model == model }
            .map(Facts.init)
        let clock = ContinuousClock()
        let end = clock.now + .seconds(Self.patience)
        while let found = try? gateway.snapshot([]).secrets {
            if found.filter({ $0.model == model }).map(Facts.init) == wanted { return nil }
            guard clock.now < end else { break }
            usleep(Self.pauseMicroseconds)
        }
        return
            "the gateway at \(SafeText.quotable(socket, to: 200)) does not go by it yet; its log "
            + "says why, should it not do so soon"
    }

    /// What a gateway and the keystore have to agree on.
    private struct Facts: Equatable {
        let generation: Int
        let state: SecretSnapshot.State
        let fingerprint: String
        let validUntil: Int64?

        init(_ secret: SecretSnapshot) {
            (generation, state) = (secret.generation, secret.state)
            (fingerprint, validUntil) = (secret.fingerprint, secret.validUntilUnixMilliseconds)
        }
    }
}
