import Glibc

/// The files that a TLS server is made of, in PEM form. They are looked at again and again, so that
/// a new certificate holds without a restart.
public struct TLSFiles: Equatable, Sendable {
    /// The section that names them: `devices.tls`.
    public var section: String
    /// The server's certificate, and behind it those that lead to the authority. Key
    /// `<section>.certificate`.
    public var certificate: String
    /// The private key of the first certificate. Key `<section>.key`.
    public var key: String
    /// The authorities whose client certificates are believed; nil for none. Key
    /// `<section>.client_ca`.
    public var clientAuthorities: String?

    public init(
        section: String, certificate: String, key: String, clientAuthorities: String? = nil
    ) {
        self.section = section
        self.certificate = certificate
        self.key = key
        self.clientAuthorities = clientAuthorities
    }

    /// What tells that a file has changed, in the order of the files; all files that are not there
    /// are the same.
    var signatures: [FileSignature] {
        [certificate, key, clientAuthorities].compactMap(\.self).map(FileSignature.init)
    }
}

/// Which file is at a path, and which state it is in.
struct FileSignature: Equatable {
    private let numbers: [Int]

    init(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            numbers = []
            return
        }
        // The change time moves with the mode and the owner, too.
        numbers = [
            Int(status.st_dev), Int(status.st_ino), Int(status.st_size),
            status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
            status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
        ]
    }
}

/// What is wrong with a file of a TLS server, with the remedy.
public struct TLSFault: StartFault, Equatable {
    /// The key that names the file: `devices.tls.key`.
    let key: String
    /// The file and what is wrong with it; it never holds a part of a key.
    let text: String

    public var isMisconfiguration: Bool { true }
    public var description: String { "\(key): \(text)" }
}

/// What a TLS server wants of those who connect.
public struct TLSPolicy: Equatable, Sendable {
    /// The oldest version that is spoken. Key `devices.tls.minimum_version`.
    public enum Version: String, CaseIterable, Sendable {
        case tls12 = "1.2"
        case tls13 = "1.3"
    }

    /// Whether clients show certificates. Key `devices.tls.client_certificates`.
    public enum ClientCertificates: String, CaseIterable, Sendable {
        /// None is asked for.
        case none
        /// Who shows one is judged by it.
        case optional
        /// Nobody comes in without one.
        case required
    }

    public var minimumVersion = Version.tls12
    public var clientCertificates = ClientCertificates.none

    public init() {}
}
