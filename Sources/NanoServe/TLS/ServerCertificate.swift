import Foundation
import NIOCore
import NIOSSL
import NanoCore

/// A server's certificate with its key, and the authorities it believes, read and checked.
struct ServerCertificate {
    private let chain: [NIOSSLCertificate]
    private let key: NIOSSLPrivateKey
    private let authorities: [NIOSSLCertificate]
    private let files: TLSFiles

    /// The largest file with certificates, in bytes.
    private static let maximumBytes = 4 << 20
    private static let maximumKeyBytes = 64 << 10

    /// - Parameter unixSeconds: Now; certificates have to be valid then.
    init(reading files: TLSFiles, unixSeconds: Int64) throws(TLSFault) {
        self.files = files
        let place = files.section + ".certificate"
        chain = try Self.certificates(files.certificate, place)
        for (index, certificate) in chain.enumerated() {
            guard let problem = certificate.problem(unixSeconds: unixSeconds) else { continue }
            let which = index == 0 ? "the certificate" : "certificate \(index + 1) in it"
            throw TLSFault(
                key: place, text: "\(Self.shown(files.certificate)): \(which) \(problem)")
        }
        key = try Self.key(files.key, files.section + ".key")
        guard let path = files.clientAuthorities else {
            authorities = []
            return
        }
        let authorityKey = files.section + ".client_ca"
        authorities = try Self.certificates(path, authorityKey)
        let problems = authorities.compactMap { $0.problem(unixSeconds: unixSeconds) }
        // A bundle keeps an old authority beside its successor for a while.
        if let problem = problems.first, problems.count == authorities.count {
            throw TLSFault(key: authorityKey, text: "\(Self.shown(path)): the authority \(problem)")
        }
    }

    /// What a listener speaks TLS with.
    ///
    /// - Throws: ``TLSFault`` when the key is not the certificate's.
    func context(_ policy: TLSPolicy) throws(TLSFault) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = policy.minimumVersion == .tls12 ? .tlsv12 : .tlsv13
        configuration.trustRoots = .certificates(authorities)
        configuration.certificateVerification =
            switch policy.clientCertificates {
            case .none: .none
            case .optional: .optionalVerification
            case .required: .noHostnameVerification
            }
        configuration.shutdownTimeout = Self.shutdownPatience
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw TLSFault(
                key: files.section + ".key",
                text: "\(Self.shown(files.key)): the key does not belong to the certificate in "
                    + "\(Self.shown(files.certificate)); put the two that belong together there")
        }
    }

    /// For the other end to say goodbye, once we have: whoever does not holds a place no longer.
    private static let shutdownPatience = TimeAmount.seconds(1)

    /// When the first certificate of each file is not valid any more.
    var snapshots: [CertificateSnapshot] {
        [("certificate", chain), ("client_ca", authorities)].compactMap { name, certificates in
            certificates.map(\.notValidAfter).min().map { end in
                CertificateSnapshot(
                    key: "\(files.section).\(name)",
                    validUntilUnixMilliseconds: Int64(end) * 1_000)
            }
        }
    }

    private static func certificates(
        _ path: String, _ key: String
    ) throws(TLSFault) -> [NIOSSLCertificate] {
        let bytes = try bytes(path, key)
        let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes)
        guard let certificates, !certificates.isEmpty else {
            throw TLSFault(
                key: key, text: "\(shown(path)): the file holds no certificate in PEM form")
        }
        return certificates
    }

    private static func bytes(_ path: String, _ key: String) throws(TLSFault) -> [UInt8] {
        do throws(PlainFile.Fault) {
            return try PlainFile.read(path, atMost: maximumBytes)
        } catch {
            let words =
                error.words.hasPrefix("cannot be opened")
                ? "cannot be read; look at its path and mode" : error.words
            throw TLSFault(key: key, text: "\(shown(path)): the file \(words)")
        }
    }

    private static func key(_ path: String, _ key: String) throws(TLSFault) -> NIOSSLPrivateKey {
        let bytes: [UInt8]?
        do {
            bytes = try PrivateFile.read(path, of: .userOrRoot, atMost: maximumKeyBytes)
        } catch {
            throw TLSFault(key: key, text: error.description)
        }
        guard let bytes else {
            throw TLSFault(key: key, text: "\(shown(path)): the file is not there")
        }
        guard let privateKey = try? NIOSSLPrivateKey(bytes: bytes, format: .pem) else {
            throw TLSFault(
                key: key,
                text: "\(shown(path)): the file holds no private key in PEM form without a "
                    + "passphrase")
        }
        return privateKey
    }

    private static func shown(_ path: String) -> String { SafeText.quotable(path, to: 4_096) }
}

extension NIOSSLCertificate {
    /// Why it is not valid now, in the middle of a sentence; nil when it is.
    fileprivate func problem(unixSeconds: Int64) -> String? {
        let (begin, end) = (Int64(notValidBefore), Int64(notValidAfter))
        if unixSeconds < begin {
            return "is not valid before \(Timestamp.iso8601(begin * 1_000)); wait, or look at the "
                + "clock"
        }
        if unixSeconds >= end {
            return "expired at \(Timestamp.iso8601(end * 1_000)); renew it"
        }
        return nil
    }
}
