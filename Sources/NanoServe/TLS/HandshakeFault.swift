import NIOSSL
import NanoCore

/// Why a TLS handshake came to nothing: what it is counted as, and what people read.
struct HandshakeFault: Error, Equatable {
    let reason: TurnedAwayReason
    let words: String

    init(_ reason: TurnedAwayReason, _ words: String) {
        self.reason = reason
        self.words = words
    }

    static let late = HandshakeFault(.handshake, "not done in time")
    static let bare = HandshakeFault(.certificate, "no client certificate")

    /// By what the library gives.
    init(_ error: any Error) {
        guard case NIOSSLError.handshakeFailed(let failure) = error else {
            self.init(.handshake, "the connection failed")
            return
        }
        let stack: NIOBoringSSLErrorStack =
            switch failure {
            case .sslError(let stack), .unknownError(let stack): stack
            default: []
            }
        guard !stack.contains(.eofDuringHandshake) else {
            self.init(.handshake, "closed in the middle of the handshake")
            return
        }
        self.init(codes: stack.flatMap { HandshakeCode.codes(in: $0.description) })
    }

    /// By the library's codes, as `NO_SHARED_CIPHER`. The first that is known tells the most.
    init(codes: [String]) {
        if let known = codes.lazy.compactMap({ Self.known[$0] }).first {
            self.init(known.0, known.1)
        } else {
            let code = codes.first ?? "unknown fault"
            self.init(
                .handshake,
                SafeText.shortened(code.lowercased().replacing("_", with: " "), to: 80))
        }
    }

    private static let known: [String: (TurnedAwayReason, String)] = [
        "UNSUPPORTED_PROTOCOL": (.handshake, "its version of TLS is too old"),
        "NO_SHARED_CIPHER": (.handshake, "it knows no cipher that we take"),
        "NO_COMMON_SIGNATURE_ALGORITHMS": (
            .handshake, "it takes no signature that our certificate makes"
        ),
        "TLSV1_ALERT_UNKNOWN_CA": (.handshake, "it does not know our certificate's authority"),
        "SSLV3_ALERT_CERTIFICATE_UNKNOWN": (.handshake, "it does not take our certificate"),
        "SSLV3_ALERT_BAD_CERTIFICATE": (.handshake, "it does not take our certificate"),
        "SSLV3_ALERT_CERTIFICATE_EXPIRED": (.handshake, "it finds our certificate expired"),
        "PEER_DID_NOT_RETURN_A_CERTIFICATE": (.certificate, "no client certificate"),
        "CERTIFICATE_VERIFY_FAILED": (
            .certificate, "its certificate is of no known authority, or not valid now"
        ),
    ]
}
