import NIOSSL
import NanoCore
import Synchronization

/// What a listener speaks TLS with, now: the newest certificate that was found fit.
///
/// Connections keep the one that they began with.
public final class ServerTLS: Sendable {
    /// What a look at the files has changed.
    enum Change: Equatable {
        /// A new set holds from now on.
        case renewed
        /// The files are others and cannot be used; the set from before holds.
        case refused(TLSFault)
    }

    private struct State {
        var context: NIOSSLContext
        var snapshots: [CertificateSnapshot]
        var signatures: [FileSignature]
    }

    let files: TLSFiles
    private let policy: TLSPolicy
    private let state: Mutex<State>

    /// - Throws: ``TLSFault`` when the files cannot be used.
    init(
        _ files: TLSFiles, _ policy: TLSPolicy = TLSPolicy(), unixSeconds: Int64
    ) throws(TLSFault) {
        self.files = files
        self.policy = policy
        state = Mutex(try Self.load(files, policy, unixSeconds))
    }

    /// For a connection that begins.
    var context: NIOSSLContext { state.withLock { $0.context } }

    /// Whether nobody comes in without a certificate.
    var requiresCertificates: Bool { policy.clientCertificates == .required }

    var snapshots: [CertificateSnapshot] { state.withLock { $0.snapshots } }

    /// Takes over what is in the files, if it has changed and can be used.
    ///
    /// - Returns: Nil when nothing has come of it that was not told before.
    func refresh(unixSeconds: Int64) -> Change? {
        let signatures = files.signatures
        let (isSame, isRefused) = state.withLock { state in
            (state.signatures == signatures, !state.snapshots[0].fault.isEmpty)
        }
        // What is not valid yet becomes so with time, while its file stays the same.
        guard !isSame || isRefused else { return nil }
        do {
            let loaded = try Self.load(files, policy, unixSeconds)
            state.withLock { $0 = loaded }
            return .renewed
        } catch {
            state.withLock { state in
                // What was read may be older than what is there now, and is then read again.
                state.signatures = signatures
                state.snapshots[0].fault = "\(error)"
            }
            return isSame ? nil : .refused(error)
        }
    }

    private static func load(
        _ files: TLSFiles, _ policy: TLSPolicy, _ unixSeconds: Int64
    ) throws(TLSFault) -> State {
        // Taken first: a change in the middle of the reading is seen by the next look.
        let signatures = files.signatures
        let certificate = try ServerCertificate(reading: files, unixSeconds: unixSeconds)
        return State(
            context: try certificate.context(policy), snapshots: certificate.snapshots,
            signatures: signatures)
    }
}
