import Glibc
import NanoCore
import NanoServe

/// Waits until a running gateway goes by what was changed in the keystore.
struct TakeOver {
    /// What a gateway makes of a change.
    enum Outcome {
        /// It goes by it, or none runs.
        case holds
        /// One runs that cannot be asked; why.
        case unknown(String)
        /// It had the time, and does not go by it, as far as it tells; why.
        case missing(String)

        /// What was done, as it is true now.
        func words(_ said: String) -> String {
            switch self {
            case .holds: said
            case .unknown, .missing:
                "in the keystore, and in force once the gateway goes by it: \(said)"
            }
        }
    }

    let folder: StateFolderOption

    /// Seconds that a gateway has for it: it looks every second.
    private static let patience = 3.0
    private static let pauseMicroseconds: UInt32 = 100_000

    /// - Throws: ``CommandFailure`` when the keystore cannot be read, or the file that says where the
    ///   gateway is.
    func outcome(
        of model: ModelID, _ editor: KeystoreEditor, now: Moment
    ) throws -> Outcome {
        let socket = try folder.adminSocket
        let gateway: AdminClient
        do {
            gateway = try AdminClient(path: socket, role: .observer, seconds: Int(Self.patience))
        } catch {
            guard try folder.isHeld else { return .holds }
            let why = "whether the gateway goes by it is not known: \(error)"
            // Without a socket nobody is meant to ask it.
            return access(socket, F_OK) == 0 ? .missing(why) : .unknown(why)
        }
        let wanted = try told { try editor.generations(now: now) }.filter { $0.model == model }
            .map(Facts.init)
        let clock = ContinuousClock()
        let end = clock.now + .seconds(Self.patience)
        var fault: String?
        while let found = try? gateway.snapshot([]) {
            if found.secrets.filter({ $0.model == model }).map(Facts.init) == wanted {
                return .holds
            }
            fault = found.gateway.keystoreFault
            guard clock.now < end else { break }
            usleep(Self.pauseMicroseconds)
        }
        let why =
            fault.map { ", since it cannot read the keystore: \($0)" }
            ?? " yet; its log says why, should it not do so soon"
        return .missing(
            "the gateway at \(SafeText.quotable(socket, to: 200)) does not go by it\(why)")
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
