import Foundation
import NIOSSL
import TestProcesses

/// A certification authority made for one test, and a receiver's certificate from it.
struct TestAuthority {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let folder: TemporaryFolder
    private let newKey: String
    /// The authority's certificate, for those who are to believe it.
    var caFile: String { folder.path + "/ca.pem" }

    /// - Parameters:
    ///   - names: What the certificate is for: `DNS:localhost,IP:127.0.0.1`.
    ///   - days: Of all certificates.
    init(names: String = "DNS:localhost,IP:127.0.0.1", days: Int = 2) throws {
        newKey = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days \(days)"
        folder = try TemporaryFolder()
        try openssl("req -x509 \(newKey) -keyout ca.key -out ca.pem -subj /CN=Authority")
        try issue("leaf", subject: "receiver", names: names)
    }

    /// The receiver's certificate and key.
    var server: CertificateFiles { files("leaf") }

    /// Makes a certificate with its key.
    ///
    /// - Parameters:
    ///   - name: Of the files.
    ///   - subject: The common name; nil for none.
    ///   - names: Alternative names; empty for none.
    @discardableResult
    func issue(
        _ name: String, subject: String?, names: String = ""
    ) throws -> CertificateFiles {
        try openssl(
            "req -x509 \(newKey) -CA ca.pem -CAkey ca.key -keyout \(name).key -out \(name).pem "
                + "-subj \(subject.map { "/CN=\($0)" } ?? "/O=Plant") "
                + (names.isEmpty ? "" : "-addext subjectAltName=\(names) ")
                + "-addext basicConstraints=critical,CA:FALSE")
        return files(name)
    }

    private func files(_ name: String) -> CertificateFiles {
        CertificateFiles(
            certificate: "\(folder.path)/\(name).pem", key: "\(folder.path)/\(name).key")
    }

    /// For a receiver.
    func serverContext() throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(server.certificate)
        let key = try NIOSSLPrivateKey(file: server.key, format: .pem)
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key)))
    }

    /// For a device that believes this authority alone.
    func client(showing files: CertificateFiles? = nil) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(caFile)
        guard let files else { return configuration }
        configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(files.certificate).map {
            .certificate($0)
        }
        configuration.privateKey = .privateKey(
            try NIOSSLPrivateKey(file: files.key, format: .pem))
        return configuration
    }

    /// Runs openssl in the authority's folder.
    func openssl(_ arguments: String) throws {
        let path = "/usr/bin/openssl"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Failure(description: "openssl is missing; apt-get install openssl")
        }
        try ProgramRun(
            path, arguments.split(separator: " ").map(String.init), folder: folder.path
        ).succeeding()
    }
}

/// A certificate and its key, in PEM form.
struct CertificateFiles {
    let certificate: String
    let key: String

    /// Puts these in the place of others, each whole or not at all, as programs that renew do.
    func replace(_ others: CertificateFiles) throws {
        for (from, to) in [(certificate, others.certificate), (key, others.key)] {
            let next = to + ".next"
            try? FileManager.default.removeItem(atPath: next)
            try FileManager.default.copyItem(atPath: from, toPath: next)
            guard rename(next, to) == 0 else { throw CocoaError(.fileWriteUnknown) }
        }
    }
}
